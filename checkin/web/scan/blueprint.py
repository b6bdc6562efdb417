"""The blueprint that all pages at a poster share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors

bp = Blueprint("scan", __name__)

errors.sentences(
    end_not_possible=_l("Choose a time after you checked in and before the shift was closed"),
)
