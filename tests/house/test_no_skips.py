"""Where CI is set a skip is a failure that keeps its reason; elsewhere it stays a skip."""

import os
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

SKIPPING = """
import pytest

def test_skipped():
    pytest.skip("no such machine")

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


@pytest.mark.parametrize(
    "text", [SKIPPING, "import pytest\npytest.importorskip('no_such_machine')"]
)
def test_a_skip_fails_in_ci_only(tmp_path, text):
    code, output = outcome(tmp_path, text, ci="true")
    assert code != 0
    assert "Nothing may be skipped here" in output
    assert "no such machine" in output or "no_such_machine" in output

    code, output = outcome(tmp_path, text, ci="")
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert "1 skipped" in output


def test_an_expected_failure_is_not_a_skip(tmp_path):
    code, output = outcome(tmp_path, SKIPPING.partition("def test_skipped")[0] + (
        "@pytest.mark.xfail(reason='known')\ndef test_it():\n    assert False\n"
    ), ci="true")  # fmt: skip
    assert (code, "1 xfailed" in output) == (0, True)
