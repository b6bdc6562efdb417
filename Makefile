# Thin names for run.py, which does the work on every system.
PYTHON ?= python3

.PHONY: help run test coverage check format

help:    ## show these names
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

run:     ## set up and serve the demo
	$(PYTHON) run.py

test:    ## set up and run every check and test
	$(PYTHON) run.py test

coverage: ## which lines and branches the tests run
	$(PYTHON) run.py coverage

check:   ## lint and types only
	$(PYTHON) run.py check

format:  ## put the Python into one style
	$(PYTHON) run.py format
