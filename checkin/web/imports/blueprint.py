"""The room's addresses begin here, and whose imports somebody may see."""

from typing import Any

from flask import Blueprint, request
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Import, Shift
from checkin.operations import importing, shifts

bp = Blueprint("imports", __name__, url_prefix="/imports")

_SENDING = "imports.create"
_AROUND_THE_FILE = 64 * 1024
_BUFFER = 256 * 1024


@bp.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: Any) -> None:
    """A list is larger than any form; only who may send one may send so much."""
    may_send = current_user.is_authenticated and current_user.may(Permission.MANAGE_PEOPLE)
    if endpoint == _SENDING and may_send:
        request.max_content_length = 2 * importing.MOST_BYTES + _AROUND_THE_FILE
        # the parser's buffer counts as memory too, and holds 64 KB and what was left before
        request.max_form_memory_size = _BUFFER


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
