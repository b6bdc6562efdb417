"""A pytest plugin: in which order the tests begin, and which of them stay together on one worker.

A test in a browser often waits for a page. So that the machine need not, such tests go one by one
to whichever worker is free, between the files of the others; those share what their file has set
up, and the longest come first, so that no worker begins one of them when the others are done.
"""

from itertools import chain, groupby
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

PAGES = "tests/browser/"
LONGEST = (
    "house/test_checks.py",
    *("operations/test_demo.py", "operations/test_demo_association.py", "test_races.py"),
    *("operations/test_machine.py", "house/test_packaging.py", "web/test_matrix.py"),
    *("web/test_security_get.py", "web/test_security_headers.py", "web/test_security_forms.py"),
    *("web/test_approvals.py", "test_cli.py", "test_cli_importing.py", "domain/test_fold.py"),
    *("operations/importing/test_importing.py", "operations/test_merging.py"),
    *("house/test_translations.py", "browser/test_access.py"),
)
Unit = list[pytest.Item]


def unit_of(nodeid: str) -> str:
    """What one worker gets as a whole: a file, or a test in a browser."""
    return nodeid if nodeid.startswith(PAGES) else nodeid.partition("::")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    units = [list(some) for _, some in groupby(items, lambda item: unit_of(item.nodeid))]
    pages = [unit for unit in units if unit[0].nodeid.startswith(PAGES)]
    items[:] = chain(*mixed(pages, [unit for unit in units if unit not in pages]))


def mixed(*kinds: list[Unit]) -> list[Unit]:
    """Each kind in its order, and at any time as far on as the others."""
    placed = [(place / len(kind), unit) for kind in kinds for place, unit in enumerate(kind)]
    return [unit for _, unit in sorted(placed, key=lambda pair: pair[0])]


class ByUnit(LoadScopeScheduling):
    """Hands out the units in their order."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByUnit | None:
    """Whoever asks for another way of spreading gets that."""
    if config.getoption("dist") != "load":
        return None
    config.option.loadscopereorder = False
    return ByUnit(config, log)
