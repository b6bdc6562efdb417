"""Words of the room: columns of the file, how hours are said, what may be missing."""

from typing import Any

from flask_babel import lazy_gettext as _l

from checkin.operations.platform import Hours, Part
from checkin.web import errors
from checkin.web.digits import clock_hours
from checkin.web.opportunities_forms import TYPES

_LEFT_TO_RIGHT, _POP = "\u2066", "\u2069"

errors.sentences(
    platform_columns_missing=_l("Keep the hours, and the name or the mobile of the volunteer"),
    platform_heading_twice=_l(
        "Two columns are called “%(heading)s”. Give one of them another name"
    ),
    platform_nobody=_l("Neither a name nor a mobile stands here"),
    platform_hours_unreadable=_l("This is no number of hours, like 4, 4.5 or 4:30"),
    platform_too_many=_l("More than %(most)s rows of ours fall into these days. Choose fewer days"),
    platform_failed=_l("The list could not be compared. Try again, or ask for help"),
)
COLUMNS: dict[Part, Any] = {
    Part.NAME: _l("Name as on the identity card"),
    Part.NAME_LATIN: _l("Name in English"),
    Part.MOBILE: _l("Mobile"),
    Part.GENDER: _l("Gender"),
    Part.OPPORTUNITY: _l("Opportunity"),
    Part.SERVICE: _l("Service"),
    Part.CAMPAIGN: _l("Campaign"),
    Part.TYPE: _l("Type of volunteering"),
    Part.FIRST_ON: _l("First day"),
    Part.LAST_ON: _l("Last day"),
    Part.HOURS: _l("Hours"),
    Part.ATTENDANCES: _l("Times attended"),
}
"""The heading of each column where nobody gave it another."""
WORDS: dict[str, Any] = {**TYPES, "man": _l("Man"), "woman": _l("Woman")}
HOURS: dict[Hours, Any] = {
    Hours.DECIMAL: _l("As a decimal number, like 4.08"),
    Hours.WHOLE: _l("Whole hours, like 4; half an hour counts as one"),
    Hours.CLOCK: _l("Hours and minutes, like 4:05"),
}
LACKS: dict[str, Any] = {
    "name": _l("Name of fewer than three parts"),
    "mobile": _l("No mobile"),
    "gender": _l("Gender not said"),
}
"""What the platform asks for and a person's page may lack."""

DIFFERENCES: dict[str, Any] = {
    "hours": _l("Hours differ"),
    "here": _l("Only here"),
    "there": _l("Only on the platform"),
    "names": _l("Names differ"),
    "faulty": _l("Rows with problems"),
}
FAULTS = (
    *("platform_nobody", "platform_hours_unreadable"),
    *("mobile_invalid", "mobile_shortened", "mobile_several"),
)
"""Why a row of the platform's file was held against nothing."""
STATES = {
    "mapping": ("note", "list", _l("Columns to name")),
    "comparing": ("info", "clock", _l("Being compared")),
    "ready": ("ok", "check", _l("Compared")),
    "failed": ("bad", "alert", _l("Could not be read")),
    "dropped": ("plain", "x", _l("Removed")),
}
"""The tag of a list: kind, icon, words."""


def signed(minutes: int) -> str:
    """+4:05 or −0:30; the sign stays at its side among Arabic words."""
    sign = "+" if minutes > 0 else "\u2212" if minutes < 0 else ""
    return f"{_LEFT_TO_RIGHT}{sign}{clock_hours(abs(minutes))}{_POP}"
