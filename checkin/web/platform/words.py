"""Words of the room: columns of the file, how hours are said, what may be missing."""

from typing import Any

from flask_babel import lazy_gettext as _l

from checkin.operations.platform import Hours, Part
from checkin.web import errors
from checkin.web.opportunities_forms import TYPES

errors.sentences(
    platform_columns_missing=_l("Keep the hours, and the name or the mobile of the volunteer"),
    platform_heading_twice=_l(
        "Two columns are called “%(heading)s”. Give one of them another name"
    ),
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
