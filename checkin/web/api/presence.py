"""Who is on site now, ticks of a roll call, and the mobiles a tablet keeps for an evacuation."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from flask import request
from flask_login import current_user
from msgspec import Meta, Struct

from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Shift, Site
from checkin.operations import floor, presence, receipts
from checkin.operations.groups import Standing
from checkin.operations.presence import Present
from checkin.web import clock, errors
from checkin.web.api import shapes
from checkin.web.api.blueprint import bp
from checkin.web.api.description import FACTS, READING_FAULTS, SENDING_FAULTS, described
from checkin.web.filters import plain_label
from checkin.web.guard import requires

CALL, ENTER = Permission.CALL_ROLL, Permission.ENTER_ATTENDANCE
LAST_DIGITS = 4
MOST_LOOKS = 50


class Lane(Struct, kw_only=True, frozen=True):
    """A shift that people are in now, by its lane where it has one."""

    id: int
    name: str
    starts_at: shapes.Instant
    ends_at: shapes.Instant


class Here(Struct, kw_only=True, frozen=True):
    """Somebody who is in, and the latest look of this roll call."""

    id: int
    name: str
    last_digits: str
    shift_id: int
    in_at: shapes.Instant
    is_seen: bool
    seen_at: Annotated[shapes.Instant | None, Meta(description="Of the latest look, either way")]


class Crowd(Struct, kw_only=True, frozen=True):
    """A group that is here: so many came with its leader, and so many of them are among `people`
    or were."""

    id: int
    name: str
    headcount: int
    entered: int
    arrived_at: shapes.Instant


class OnSite(Struct, kw_only=True, frozen=True):
    """Everybody on site, by name, who came with a group, and the roll call under way."""

    server_time: shapes.Instant
    until: Annotated[shapes.Instant, Meta(description="No longer may this be kept")]
    begun_at: shapes.Instant | None
    shifts: list[Lane]
    people: list[Here]
    groups: list[Crowd]


class Look(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Somebody was seen at a roll call, or the tick was taken back."""

    uid: Annotated[UUID, Meta(description="Made before anything is sent; names this look")]
    site_id: shapes.Id
    person_id: shapes.Id
    was_seen: bool
    device_at: Annotated[shapes.Instant, Meta(description="The device's clock at the look")]
    begun_at: (
        Annotated[shapes.Instant, Meta(description="When its call began, by our clock")] | None
    ) = None
    receipt: shapes.Receipt | None = None


class Looks(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Looks that are sent together; each is kept by itself."""

    sent_at: Annotated[shapes.Instant, Meta(description="The device's clock at sending")]
    looks: Annotated[list[Look], Meta(min_length=1, max_length=MOST_LOOKS)]


class Looked(Struct, kw_only=True, frozen=True):
    """What became of one look."""

    uid: str
    status: Annotated[
        Literal[200, 409, 422],
        Meta(description="200: kept. 409: the id came before with other content. 422: show it"),
    ]
    outcome: str
    sentence: str


class LooksAnswer(Struct, kw_only=True, frozen=True):
    """One answer for each look, in the order they were sent."""

    results: list[Looked]


class Taking(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What the mobiles are taken for."""

    why: Literal["evacuation"]


class Number(Struct, kw_only=True, frozen=True):
    """The mobile of somebody on site."""

    id: int
    mobile: str


class Numbers(Struct, kw_only=True, frozen=True):
    """To call them when the network is down. That they were taken is noted."""

    server_time: shapes.Instant
    until: shapes.Instant
    numbers: list[Number]


@bp.get("/sites/<int:site_id>/present")
@requires(CALL)
@described(FACTS, OnSite, faults=READING_FAULTS)
def present(site_id: int) -> Any:
    """Everybody on site now

    For roll calls and evacuations, by tablets that may lose the network. Has an ETag.
    """
    site, now = _site(site_id, CALL), clock.now()
    told = presence.on_site(site, current_user.reach(CALL), now)
    known = OnSite(
        server_time=now,
        until=current_user.device.expires_at,
        begun_at=told.begun_at,
        shifts=[_lane(shift) for shift in told.shifts],
        people=[_here(one) for one in told.people],
        groups=[_crowd(one) for one in told.groups],
    )
    response = shapes.answer(known)
    content = msgspec.structs.replace(known, server_time=datetime.min.replace(tzinfo=UTC))
    response.set_etag(hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:32])
    return response.make_conditional(request)


@bp.post("/sightings")
@requires(CALL)
@described(FACTS, LooksAnswer, takes=Looks)
def look() -> Any:
    """Send ticks of a roll call

    From one to fifty, in the order they were made; one that is refused holds up no other.
    """
    batch, now = shapes.read(Looks), clock.now()
    results = [_looked(one, batch.sent_at, now) for one in batch.looks]
    return shapes.answer(LooksAnswer(results=results))


@bp.post("/sites/<int:site_id>/numbers")
@requires(ENTER)
@described(FACTS, Numbers, takes=Taking, faults=(*SENDING_FAULTS, "HTTP_404"))
def numbers(site_id: int) -> Any:
    """Take the mobiles of everybody on site

    For supervisors, to call people during an evacuation without a network.
    """
    site, now = _site(site_id, ENTER), clock.now()
    shapes.read(Taking)
    reach = current_user.reach(ENTER)
    taken = presence.take_numbers(site.id, reach=reach, by=current_user.id, now=now)
    return shapes.answer(
        Numbers(
            server_time=now,
            until=current_user.device.expires_at,
            numbers=[Number(id=id_, mobile=mobile) for id_, mobile in taken.items()],
        )
    )


def _site(site_id: int, permission: Permission) -> Site:
    """The site, where this person may do that; else it is not there at all."""
    for site in floor.sites_of(current_user.reach(permission)):
        if site.id == site_id:
            return site
    raise NotFound("site")


def _lane(shift: Shift) -> Lane:
    return Lane(
        id=shift.id,
        name=plain_label(shift.lane or shift.opportunity),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )


def _here(one: Present) -> Here:
    return Here(
        id=one.row.volunteer_id,
        name=one.row.name,
        last_digits=(one.row.mobile or "")[-LAST_DIGITS:],
        shift_id=one.row.shift_id,
        in_at=one.row.in_at,
        is_seen=one.is_seen,
        seen_at=one.look.at if one.look else None,
    )


def _crowd(one: Standing) -> Crowd:
    return Crowd(
        id=one.group.id,
        name=plain_label(one.body) if one.body else one.leader_name or "",
        headcount=one.group.headcount,
        entered=one.entered,
        arrived_at=one.group.arrived_at,
    )


def _looked(one: Look, sent_at: datetime, now: datetime) -> Looked:
    uid = str(one.uid)
    try:
        told = _told(one, sent_at, now)
        presence.sight(told, reach=current_user.reach(CALL), by=current_user.id, now=now)
    except Problem as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        said = str(errors.sentence(problem))
        return Looked(uid=uid, status=status, outcome=problem.code, sentence=said)
    return Looked(uid=uid, status=200, outcome="kept", sentence="")


def _told(one: Look, sent_at: datetime, now: datetime) -> presence.Look:
    return presence.Look(
        uid=str(one.uid),
        site_id=one.site_id,
        person_id=one.person_id,
        was_seen=one.was_seen,
        clock=DeviceClock(
            device_at=_utc(one.device_at),
            sent_at=_utc(sent_at),
            receipt_at=receipts.read_time(one.receipt, now),
        ),
        begun_at=_utc(one.begun_at) if one.begun_at else None,
    )


def _utc(at: datetime) -> datetime:
    """A tablet whose battery died says 1970, but nothing says the year 9999."""
    if not 1970 <= at.year <= 2200:
        raise Problem("unreadable", fault=f"device_at: {at.year}")
    return at.astimezone(UTC)
