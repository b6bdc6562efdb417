"""The blueprint that all pages about badges share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors

bp = Blueprint("badges", __name__)

errors.sentences(
    badge_unknown=_l("Badge not recognised"),
    badge_revoked=_l("This badge was replaced or stopped"),
    badge_not_current=_l("Somebody replaced or stopped this badge meanwhile"),
    badge_other_shift=_l("This volunteer is not on the shift you lead"),
)
