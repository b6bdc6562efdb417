"""Lists that are taken out, and the kinds of files, in words."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "xlsx": _l("Excel workbook"),
    "csv": _l("CSV text"),
    "jsonl": _l("JSON lines, for programs"),
    "pdf": _l("PDF, for paper"),
}
OF_LISTS = ("xlsx", "csv", "jsonl")
"""For lists of records, which have more columns than paper has room for."""
OF_FIGURES = ("pdf", "xlsx", "csv", "jsonl")
OF_PLATFORM = ("xlsx", "csv")
"""What the platform's pages and people take."""
LISTS: dict[str, Any] = {
    "attendances": _l("Records"),
    "new_and_returning": _l("New and returning volunteers"),
    "dashboard": _l("Figures"),
    "report": _l("Report"),
    "platform": _l("National platform"),
    "platform_differences": _l("Comparison with the platform’s list"),
}
"""What there is to take out."""
ABOUT = "checkin_export_about"
"""Where rooms put what a list's address is about, among the app's extensions: by `what`, a
function from what is asked to words."""
ONLY: dict[str, Sequence[str]] = dict.fromkeys(("platform", "platform_differences"), OF_PLATFORM)
"""The kinds of lists that are not of every kind."""
NAMELESS = ("dashboard", "report")
"""Lists that name nobody."""


def kinds(of: Sequence[str]) -> dict[str, Any]:
    return {kind: KINDS[kind] for kind in of}
