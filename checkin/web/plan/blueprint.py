"""The blueprint that all pages of the plan share, with what they all show and say."""

from datetime import date

from flask import Blueprint, current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day, week_of
from checkin.domain.roles import Permission
from checkin.operations.plan.proposals import Proposal, proposals
from checkin.web import clock, errors
from checkin.web.fields import planned_day, row_number

bp = Blueprint("plan", __name__, url_prefix="/plan")

errors.sentences(
    too_many_at_once=_l("Plan at most %(most)s shifts at once. Choose fewer sites or days"),
    template_closed=_l("This template is closed. Choose another"),
)


def today() -> date:
    return local_day(clock.now(), current_app.config["ZONE"])


def proposed() -> list[Proposal]:
    """What could become a template."""
    return proposals(current_user.reach(Permission.PLAN), today())


def asked_week() -> date:
    """The Sunday of the week in the address or the form; this week's without one."""
    return week_of(request.values.get("week", type=planned_day) or today())


def asked_site() -> int | None:
    return request.values.get("site", type=row_number)
