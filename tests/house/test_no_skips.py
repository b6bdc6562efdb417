"""Where CI is set a skip is a failure that keeps its reason; elsewhere it stays a skip."""

import os
import re
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

SKIPPED_TEST = """
import pytest

def test_it():
    pytest.skip("no such machine")
"""

SKIPPED_FILE = """
import pytest

pytest.importorskip("no_such_machine")
"""

EXPECTED_FAILURE = """
import pytest

@pytest.mark.xfail(reason="known")
def test_it():
    assert False
"""


def outcome(folder, text: str, ci: str) -> tuple[int, str]:
    (folder / "test_it.py").write_text(text)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-p", "no:cacheprovider", "."],
        cwd=folder,
        env={**kept, "CI": ci, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    return result.returncode, result.stdout


@pytest.mark.parametrize("text", [SKIPPED_TEST, SKIPPED_FILE])
def test_a_skip_fails_in_ci_only(tmp_path, text):
    code, output = outcome(tmp_path, text, ci="true")
    assert code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert "Nothing may be skipped here" in output
    assert re.search("no.such.machine", output)

    code, output = outcome(tmp_path, text, ci="")
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert "1 skipped" in output


def test_an_expected_failure_is_not_a_skip(tmp_path):
    code, output = outcome(tmp_path, EXPECTED_FAILURE, ci="true")
    assert code == pytest.ExitCode.OK
    assert "1 xfailed" in output
