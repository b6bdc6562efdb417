"""Kinds of files a list can be taken out as, in words."""

from typing import Any

from flask_babel import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "xlsx": _l("Excel workbook"),
    "csv": _l("CSV text"),
    "jsonl": _l("JSON lines, for programs"),
}
