"""The list a coordinator pastes, and what each line's outcome is called."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from checkin.operations.roster import Found
from checkin.web.fields import Form, Required

OUTCOMES = {
    Found.ONE: ("ok", "check", _l("Found")),
    Found.SEVERAL: ("note", "users", _l("Choose who it is")),
    Found.NEW: ("info", "plus", _l("New person")),
    Found.UNKNOWN: ("bad", "alert", _l("Not found")),
    Found.BAD_MOBILE: ("bad", "alert", _l("Wrong mobile")),
    Found.NAME_MISSING: ("bad", "alert", _l("Name missing")),
    Found.BAD_NAME: ("bad", "alert", _l("Check the name")),
    Found.ALREADY: ("plain", "check", _l("On the roster already")),
    Found.REPEATED: ("plain", "copy", _l("In the list twice")),
    Found.SUSPENDED: ("bad", "lock", _l("Suspended")),
}
"""The tag of a line: kind, icon, words."""
ADVICE = {
    Found.UNKNOWN: _l("Nobody has this name. Add a mobile to enter a new person"),
    Found.BAD_MOBILE: _l("The mobile number is not complete"),
    Found.NAME_MISSING: _l("Nobody has this mobile. Add a name to enter a new person"),
    Found.BAD_NAME: _l("The name is too long, or holds characters that cannot be shown"),
}
"""What to do about a line that means nobody."""


class RosterForm(Form):
    people = TextAreaField(
        _l("Names or mobiles, one per line"),
        validators=[Required()],
        description=_l("Paste from a sheet or a chat, like: Noura Alqahtani 0501234567"),
    )
