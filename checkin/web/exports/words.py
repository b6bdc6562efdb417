"""Words of exports: kinds of files, how far they are, what went wrong."""

from typing import Any

from flask_babel import lazy_gettext as _l

from checkin.web import errors

STATES: dict[str, tuple[str, str, Any]] = {
    "waiting": ("plain", "clock", _l("Begins in a moment")),
    "writing": ("info", "clock", _l("Being written")),
    "ready": ("ok", "check", _l("Ready")),
    "failed": ("bad", "x", _l("Did not work")),
    "gone": ("plain", "history", _l("Removed")),
}
"""Kind and icon of the tag, and its words."""

errors.sentences(
    export_kind=_l("Please choose one of the kinds of files"),
    exports_under_way=_l("Several files are still being written. Please wait for one of them"),
    export_not_yours=_l("Your role no longer takes lists out"),
    export_too_wide=_l(
        "This list has more columns than paper has room for. Please take it as Excel"
    ),
    export_too_long=_l("This list is too long for paper. Please take it as Excel"),
    export_failed=_l("The file could not be written. Please try once more"),
)
