"""A pytest plugin: where CI is set, a skipped test is a failed test."""

import os
from collections.abc import Generator

import pytest


def _strict() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that repeats the skip's reason; an expected failure stays."""
    if not _strict() or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{reason}\nNothing may be skipped here: give the machine what is missing."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse(report)
    return report
