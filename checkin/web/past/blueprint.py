"""The room's addresses begin here; only who may send a file may send so much."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for

from checkin.domain.errors import Conflict
from checkin.domain.roles import Permission
from checkin.operations import importing
from checkin.web import errors
from checkin.web.uploads import take_files

bp = Blueprint("past", __name__, url_prefix="/figures/past")

take_files(bp, "new", Permission.ENTER_PAST, importing.MOST_BYTES)


@bp.errorhandler(Conflict)
def _gone_on(problem: Conflict) -> Any:
    """A file that somebody looks at again after it was entered is no missing page."""
    flash(errors.sentence(problem), "look")
    return redirect(url_for("past.index"), 303)
