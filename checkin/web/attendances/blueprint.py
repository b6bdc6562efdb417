"""The blueprint that all pages about one's own attendance share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors

bp = Blueprint("attendances", __name__)
errors.sentences(
    undo_too_late=_l("It can’t be undone any more. The supervisor can correct it"),
    answer_missing=_l("Write an answer"),
    request_missing=_l("Write why the time is not right"),
    request_too_late=_l("This record was decided meanwhile. Please see what was decided"),
    time_not_possible=_l("Give a time near the shift that has passed already"),
    nothing_asked=_l("This question needs no answer any more"),
    uid_reused=_l("This answer was sent before. Load the page again"),
    appealed_already=_l("You have objected once already. A decision about that is final"),
    appeal_too_late=_l("Objections are possible for 14 days after the decision"),
    not_appealable=_l("There is nothing to object to: all that was recorded counts"),
    relief_over=_l("That volunteer is no longer checked in at your post"),
)
