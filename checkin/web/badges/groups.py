"""Whose badges: people one by one, a shift's roster, a site's coming shifts, or a partner."""

from collections.abc import Callable
from datetime import datetime

from flask_login import current_user
from sqlalchemy import Select, select
from werkzeug.datastructures import MultiDict

from checkin.database import db
from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Partner, Person, Shift, Site
from checkin.operations import badges
from checkin.operations.permissions import Reach, people_within, shifts_within, sites_within
from checkin.web.fields import row_number

MAKE = Permission.MANAGE_BADGES
MOST = 200
"""Badges in one go: twenty sheets; more is a slip of the finger."""

Chosen = MultiDict[str, str]


def reach() -> Reach:
    return current_user.reach(MAKE)


def person_within(person_id: int, now: datetime) -> Person:
    """Somebody whose badge this person makes; else nobody is there."""
    within = people_within(reach(), now)
    found = db.session.scalar(within.where(Person.id == person_id))
    if found is None:
        raise NotFound("person")
    return found


def chosen(given: Chosen, now: datetime) -> Select[Person]:
    """The people an address or a form names by `person`, `shift`, `site` or `partner`."""
    within = people_within(reach(), now)
    ids = given.getlist("person", type=row_number)[:MOST]
    if ids:
        return within.where(Person.id.in_(ids))
    for name, people in _GROUPS.items():
        wanted = given.get(name, type=row_number)
        if wanted is not None:
            return within.where(people(wanted, now))
    raise NotFound("person")


def named(given: Chosen) -> dict[str, list[str]]:
    """The same choice as parts of an address."""
    wanted = {name: given.getlist(name)[:MOST] for name in ("person", *_GROUPS)}
    return {name: values for name, values in wanted.items() if values}


def _on(shift_id: int, _now: datetime):
    if db.session.scalar(shifts_within(reach()).where(Shift.id == shift_id)) is None:
        raise NotFound("shift")
    return Person.id.in_(badges.people_on(shift_id))


def _at(site_id: int, now: datetime):
    if db.session.scalar(sites_within(reach()).where(Site.id == site_id)) is None:
        raise NotFound("site")
    return Person.id.in_(badges.people_at(site_id, now))


def _of(partner_id: int, _now: datetime):
    """Whoever makes badges everywhere sees partners whole; a supervisor knows rosters only."""
    partner = select(Partner.id).where(Partner.id == partner_id)
    if not reach().everywhere or db.session.scalar(partner) is None:
        raise NotFound("partner")
    return Person.partner_id == partner_id


_GROUPS: dict[str, Callable[[int, datetime], object]] = {"shift": _on, "site": _at, "partner": _of}
