"""The room's addresses begin here; only who may send a file may send so much."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from checkin.domain.errors import Conflict
from checkin.domain.roles import Permission
from checkin.operations import importing
from checkin.web import errors

bp = Blueprint("past", __name__, url_prefix="/figures/past")

_SENDING = "past.new"
_AROUND_THE_FILE = 64 * 1024
_BUFFER = 256 * 1024


@bp.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: Any) -> None:
    may_send = current_user.is_authenticated and current_user.may(Permission.ENTER_PAST)
    if endpoint == _SENDING and may_send:
        request.max_content_length = 2 * importing.MOST_BYTES + _AROUND_THE_FILE
        request.max_form_memory_size = _BUFFER


@bp.errorhandler(Conflict)
def _gone_on(problem: Conflict) -> Any:
    """A file that somebody looks at again after it was entered is no missing page."""
    flash(errors.sentence(problem), "look")
    return redirect(url_for("past.index"), 303)
