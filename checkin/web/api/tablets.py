"""What a tablet loads to go on without a network: today's people, badges and shifts of a site."""

from typing import Annotated, Any

from flask import Blueprint
from flask_login import current_user
from msgspec import Meta, Struct

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Shift, Site
from checkin.operations import floor, tablet
from checkin.operations.permissions import Reach
from checkin.operations.tablet import Known
from checkin.web import clock
from checkin.web.api import shapes
from checkin.web.api.description import FACTS, READING_FAULTS, described
from checkin.web.filters import plain_label
from checkin.web.guard import requires

bp = Blueprint("tablets", __name__, url_prefix="/api/v1")

LAST_DIGITS = 4
"""All that a tablet is told of a mobile: enough to find somebody by it."""


class Place(Struct, kw_only=True, frozen=True):
    """A site, and the zone of its days."""

    id: int
    name: str
    zone: str


class Period(Struct, kw_only=True, frozen=True):
    """One of its shifts today."""

    id: int
    name: str
    starts_at: shapes.Instant
    ends_at: shapes.Instant


class Expected(Struct, kw_only=True, frozen=True):
    """Somebody who is expected there today, or has come."""

    id: int
    name: str
    key: Annotated[str, Meta(description="The name as it is searched")]
    last_digits: Annotated[str, Meta(description="Of the mobile")]
    badge: Annotated[str | None, Meta(description="SHA-256 of the badge's code")]
    shift_ids: list[int]
    is_in: bool
    shift_id: Annotated[int | None, Meta(description="Of the latest attendance today")]
    in_at: shapes.Instant | None
    out_at: shapes.Instant | None


class Today(Struct, kw_only=True, frozen=True):
    """The day of one site, until when it may be kept."""

    server_time: shapes.Instant
    until: shapes.Instant
    site: Place
    shifts: list[Period]
    people: list[Expected]


@bp.get("/sites/<int:site_id>/today")
@requires(Permission.READ_BADGES)
@described(FACTS, Today, faults=READING_FAULTS)
def today(site_id: int) -> Any:
    """The day of a site

    For a tablet of somebody who reads badges there: it goes on without a network.
    """
    now, reach = clock.now(), current_user.reach(Permission.READ_BADGES)
    site = _site(site_id, reach)
    known = tablet.today(site, reach, now)
    return shapes.answer(
        Today(
            server_time=now,
            until=current_user.device.expires_at,
            site=Place(id=site.id, name=plain_label(site), zone=site.zone),
            shifts=[_shift(shift) for shift in known.shifts],
            people=[_person(one) for one in known.people],
        )
    )


def _site(site_id: int, reach: Reach) -> Site:
    """The site, where this person reads badges; else it is not there at all."""
    for site in floor.sites_of(reach):
        if site.id == site_id:
            return site
    raise NotFound("site")


def _shift(shift: Shift) -> Period:
    return Period(
        id=shift.id,
        name=plain_label(shift.opportunity),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )


def _person(known: Known) -> Expected:
    came = known.attendance
    return Expected(
        id=known.person.id,
        name=known.person.name,
        key=known.person.name_folded,
        last_digits=(known.person.mobile or "")[-LAST_DIGITS:],
        badge=known.badge_sha,
        shift_ids=known.shift_ids,
        is_in=known.is_in,
        shift_id=came.shift_id if came else None,
        in_at=came.in_at if came else None,
        out_at=came.out_at if came else None,
    )
