"""The room's addresses begin here, and who may enter it."""

from flask import Blueprint
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.operations.permissions import Reach

bp = Blueprint("platform", __name__, url_prefix="/figures/platform")


def reach() -> Reach:
    """Everything: who sees the figures of some places only has no business with the platform."""
    found = current_user.reach(Permission.SEE_FIGURES)
    if not found.everywhere:
        raise NotFound("platform")
    return found
