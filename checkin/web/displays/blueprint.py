"""The blueprint that all pages about screens share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors

bp = Blueprint("displays", __name__)

errors.sentences(
    display_site_closed=_l("This site is closed. Open it again to show its code"),
    display_revoked=_l("This display was stopped. Add a new one"),
    pairing_unknown=_l("Code not recognised. It works once, for 10 minutes. Ask for a new one"),
    pin_invalid=_l("Choose 4 digits"),
    pin_wrong=_l("That PIN is not right"),
)
