"""Coverage rests only while a test measures nothing new; acts are timed from their beginning."""

import os
import re
import subprocess
import sys

from checkin.database import standalone_engine
from tests.house.tree import ROOT
from tests.load.imports import Longest

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


def test_the_longest_transaction_is_one_whose_beginning_was_seen():
    engine = standalone_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        longest = Longest(engine)
        connection.commit()
        assert longest.wall == 0
        connection.exec_driver_sql("SELECT 1")
        connection.commit()
        assert 0 < longest.wall < 60
    engine.dispose()
