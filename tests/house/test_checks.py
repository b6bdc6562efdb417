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


@pytest.mark.parametrize(("there", "asked"), [("chromium", [2, 0]), ("", [3, 3])])
def test_a_lighter_browser_that_debian_has_not_is_asked_for_once(
    monkeypatch, tmp_path, there, asked
):
    commands: list[list[str]] = []
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(run, "ASKED", tmp_path / "asked")
    monkeypatch.setattr(run.os, "geteuid", lambda: 0)
    monkeypatch.setattr(run.shutil, "which", lambda name: name in ("apt-get", there) and name)
    monkeypatch.setattr(run.subprocess, "run", commands.append)
    told = []
    for _ in range(2):
        run._install_browser()
        told.append(len(commands))
        commands.clear()
    assert told == asked
