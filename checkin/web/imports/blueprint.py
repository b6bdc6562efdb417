"""The room's addresses begin here, and whose imports somebody may see."""

from flask import Blueprint
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Import, Shift
from checkin.operations import importing, shifts
from checkin.web.uploads import take_files

bp = Blueprint("imports", __name__, url_prefix="/imports")

take_files(bp, "create", Permission.MANAGE_PEOPLE, importing.MOST_BYTES)


def found(import_id: int) -> Import:
    """An import this person may see: a roster only with its shift."""
    row = importing.find(import_id)
    if row.shift_id is not None:
        shift_of(row.shift_id)
    return row


def shift_of(shift_id: int) -> Shift:
    if not current_user.may(Permission.PLAN):
        raise NotFound("shift")
    return shifts.find(shift_id, current_user.reach(Permission.PLAN))
