"""Coverage rests while a test runs that measures nothing new, and only then."""

import os
import re
import subprocess
import sys

from tests.house.tree import ROOT

SUBJECT = """
def once():
    return 1

def twice():
    return 2
"""
TESTS = """
import pytest
import subject

@pytest.mark.measured_elsewhere
def test_again():
    assert subject.twice() == 2

def test_first():
    assert subject.once() == 1
"""


def test_only_what_is_marked_is_not_measured(tmp_path):
    (tmp_path / "subject.py").write_text(SUBJECT)
    (tmp_path / "test_it.py").write_text(TESTS)
    # neither the settings nor the workers of the run that this one stands in
    foreign = ("PYTEST", "COV_", "COVERAGE")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
    asked = ("-p", "tests.measuring", "--cov=subject", "--cov-branch", "--cov-report=term-missing")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *asked, "."],
        cwd=tmp_path,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert "2 passed" in result.stdout
    assert re.search(r"^subject\.py .* 75% +6$", result.stdout, re.MULTILINE), result.stdout
