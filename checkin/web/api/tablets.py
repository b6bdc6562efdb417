"""What a tablet loads to go on without a network: today's people, badges and shifts of a site."""

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Shift, Site
from checkin.operations import floor, tablet
from checkin.operations.permissions import Reach
from checkin.operations.tablet import Known
from checkin.web import clock
from checkin.web.filters import plain_label
from checkin.web.guard import requires

bp = Blueprint("tablets", __name__, url_prefix="/api/v1")

LAST_DIGITS = 4
"""All that a tablet is told of a mobile: enough to find somebody by it."""


@bp.get("/sites/<int:site_id>/today")
@requires(Permission.READ_BADGES)
def today(site_id: int):
    """The day of a site where this person reads badges, until when it may be kept."""
    now, reach = clock.now(), current_user.reach(Permission.READ_BADGES)
    site = _site(site_id, reach)
    known = tablet.today(site, reach, now)
    return jsonify(
        server_time=now.isoformat(),
        until=current_user.device.expires_at.isoformat(),
        site={"id": site.id, "name": plain_label(site), "zone": site.zone},
        shifts=[_shift(shift) for shift in known.shifts],
        people=[_person(one) for one in known.people],
    )


def _site(site_id: int, reach: Reach) -> Site:
    """The site, where this person reads badges; else it is not there at all."""
    for site in floor.sites_of(reach):
        if site.id == site_id:
            return site
    raise NotFound("site")


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "id": shift.id,
        "name": plain_label(shift.opportunity),
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
    }


def _person(known: Known) -> dict[str, Any]:
    came = known.attendance
    return {
        "id": known.person.id,
        "name": known.person.name,
        "key": known.person.name_folded,
        "last_digits": (known.person.mobile or "")[-LAST_DIGITS:],
        "badge": known.badge_sha,
        "shift_ids": known.shift_ids,
        "is_in": known.is_in,
        "shift_id": came.shift_id if came else None,
        "in_at": _iso(came.in_at if came else None),
        "out_at": _iso(came.out_at if came else None),
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
