"""Six digits typed from a screen: right within two minutes, and nobody guesses for long."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.models import Display, Site
from checkin.operations import limits
from checkin.operations.displays.codes import Shown, typed

TRIES = 5
TRIES_AT_SITE = 40
WITHIN = timedelta(minutes=15)


def enter(
    digits: str, site_id: int, volunteer_id: int, touched_at: datetime, *, now: datetime
) -> Shown:
    """The screen whose digits these are, judged at the moment they were typed.

    Only wrong ones stay counted. Raises Problem `digits_wrong`, `too_many` for a volunteer after
    five wrong ones in a quarter of an hour, and `digits_paused` (both with `seconds`) for all of
    a site after forty: the picture goes on working there.
    """
    own, shared = f"digits:{volunteer_id}", f"digits.site:{site_id}"
    limits.take(own, TRIES, WITHIN, now)
    try:
        limits.take(shared, TRIES_AT_SITE, WITHIN, now)
    except Problem as problem:
        limits.give_back(own, WITHIN, now)
        raise Problem("digits_paused", seconds=problem.facts["seconds"]) from problem
    shown = typed(digits, site_id, touched_at)
    if shown is None:
        raise Problem("digits_wrong")
    limits.give_back(own, WITHIN, now)
    limits.give_back(shared, WITHIN, now)
    return shown


def sites_at_work() -> Sequence[Site]:
    """Open sites where some screen shows a code."""
    at_work = select(Display.site_id).where(
        Display.credential_sha.is_not(None), Display.revoked_at.is_(None)
    )
    query = select(Site).where(Site.id.in_(at_work), Site.closed_at.is_(None))
    return db.session.scalars(query.order_by(Site.name_ar, Site.id)).all()
