"""The blueprint that all pages about one's own attendance share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors

bp = Blueprint("attendances", __name__)
errors.sentences(
    undo_too_late=_l("It can’t be undone any more. The supervisor can correct it"),
    relief_over=_l("That volunteer is no longer checked in at your post"),
)
