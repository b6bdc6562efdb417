"""Lint, format and types: the same as `python3 run.py check`, beside the other tests."""

import subprocess
import sys

import pytest

import run
from tests.house.tree import ROOT


@pytest.mark.parametrize("command", run.CHECKS, ids=" ".join)
def test_the_source_passes(command):
    asked = [sys.executable, "-m", *command]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
