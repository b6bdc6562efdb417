"""The blueprint that all pages about joining share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors

bp = Blueprint("openings", __name__)

errors.sentences(
    called_off=_l("This shift was cancelled"),
    shift_begun=_l("This shift has begun. Please see the supervisor"),
    opening_closed=_l("This opportunity is not open for joining"),
    account_held=_l("Joining isn’t available for your account. Please see the coordinator"),
    for_women=_l("This opportunity is for women"),
    for_men=_l("This opportunity is for men"),
    too_young=_l("This opportunity is for volunteers from the age of %(least)s"),
    clash=_l("You are expected on another shift at the same time"),
    shift_full=_l("All places are taken, and there is no waiting list"),
    came_already=_l("You have checked in for this shift already"),
    tell_first=_l("Please read what is said about this shift, then confirm"),
)
