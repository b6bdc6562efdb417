"""A lane's taps in batches, and the tally as several tablets see it."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from flask import request
from flask_login import current_user
from msgspec import Meta, Struct
from sqlalchemy.exc import OperationalError, TimeoutError

from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.plausibility import MOST_BENEFICIARIES
from checkin.domain.roles import Permission
from checkin.operations import limits, tally
from checkin.operations.permissions import Reach
from checkin.web import clock, errors
from checkin.web.api import shapes, words
from checkin.web.api.blueprint import bp
from checkin.web.api.description import READING_FAULTS, TALLIES, described
from checkin.web.guard import requires

MOST_TAPS = 100
BATCHES = 180
"""How many a minute from one tablet or phone: somebody who taps all the time sends one a second."""
RETRY_SECONDS = 5


class Tap(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One press on a tablet, as it was kept before it was sent."""

    uid: Annotated[UUID, Meta(description="Made before anything is sent; names this tap for ever")]
    shift_id: shapes.Id
    amount: Annotated[
        int,
        Meta(
            ge=-MOST_BENEFICIARIES,
            le=MOST_BENEFICIARIES,
            description="People served; below zero to correct, never zero",
        ),
    ]
    device_at: Annotated[shapes.Instant, Meta(description="The tablet's clock at the press")]


class Taps(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Taps that are sent together; each is judged by itself, in the order given."""

    taps: Annotated[list[Tap], Meta(min_length=1, max_length=MOST_TAPS)]
    sent_at: Annotated[shapes.Instant, Meta(description="The tablet's clock at sending")] | None = (
        None
    )


class Batch(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The same, its taps not read yet: one that cannot be read must not hold up the others."""

    taps: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_TAPS)]
    sent_at: shapes.Instant | None = None


class Counted(Struct, kw_only=True, frozen=True):
    """What became of one tap; asked again with the same content, the same answer."""

    uid: str
    status: Annotated[
        Literal[200, 409, 422, 503],
        Meta(
            description="200: counted. 409: the same id came before with other content. 422: "
            "not counted; show why. 503: send it again"
        ),
    ]
    outcome: Annotated[str, Meta(description="`counted`, or the problem's code")]
    sentence: Annotated[str, Meta(description="Why it was not counted, in the reader's language")]
    total: Annotated[int | None, Meta(description="The shift's tally with this tap")] = None
    replayed: bool = False


class Answers(Struct, kw_only=True, frozen=True):
    """One answer for each tap, in the order they were sent."""

    results: list[Counted]
    server_time: shapes.Instant


class LastTap(Struct, kw_only=True, frozen=True):
    """A tap as the page lists it."""

    uid: str
    amount: int
    name: Annotated[str, Meta(description="Of whoever tapped")]
    at: shapes.Instant
    is_undone: bool


class Tapping(Struct, kw_only=True, frozen=True):
    """Somebody who taps, and what it adds up to in this shift; whoever tapped last comes first."""

    name: str
    amount: int


class Tally(Struct, kw_only=True, frozen=True):
    """A shift's tally, its last taps, and who else taps."""

    shift_id: int
    total: int
    is_open: Annotated[bool, Meta(description="Whether tapping still counts")]
    server_time: shapes.Instant
    last: list[LastTap]
    tapping: list[Tapping]


@bp.post("/tallies")
@requires(Permission.OWN_ATTENDANCE)
@described(TALLIES, Answers, takes=Taps)
def tap() -> Any:
    """Send taps

    From one to a hundred, of any lanes. One that is refused holds up none of the others.
    """
    batch, now = shapes.read(Batch), clock.now()
    key = f"tally:{current_user.id}:{current_user.device.device_id}"
    limits.take(key, BATCHES, timedelta(minutes=1), now)
    results = _results(batch, now)
    response = shapes.answer(Answers(results=results, server_time=now))
    if any(result.status == 503 for result in results):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


@bp.get("/tallies/<int:shift_id>")
@requires(Permission.TALLY)
@described(TALLIES, Tally, faults=READING_FAULTS)
def tally_now(shift_id: int) -> Any:
    """A lane's tally

    With an ETag: asked again with it, 304 says that nobody tapped since.
    """
    shift = tally.lane_within(shift_id, current_user.reach(Permission.TALLY))
    now, seen = clock.now(), tally.seen(shift.id)
    is_open = tally.why_not(shift, now) is None
    told = Tally(
        shift_id=shift.id,
        total=seen.total,
        is_open=is_open,
        server_time=now,
        last=[
            LastTap(
                uid=one.uid, amount=one.amount, name=one.name, at=one.at, is_undone=one.is_undone
            )
            for one in seen.last
        ],
        tapping=[Tapping(name=name, amount=amount) for name, amount in seen.tapping],
    )
    response = shapes.answer(told)
    response.set_etag(f"{shift.id}-{seen.count}-{is_open:d}")
    return response.make_conditional(request)


def reach_of_taps(now: datetime) -> Reach:
    """Where this person may tap, and the shifts they led until lately: what comes late counts."""
    reach, led = current_user.reach(Permission.TALLY), tally.lead_reach(current_user.id, now)
    return Reach(
        reach.everywhere, reach.site_ids, reach.partner_ids, reach.shift_ids | led.shift_ids
    )


def _results(batch: Batch, now: datetime) -> list[Counted]:
    """In the order they were made, so that a correction follows what it corrects."""
    reach, found = reach_of_taps(now), []
    gone: OperationalError | TimeoutError | None = None
    for raw in batch.taps:
        try:
            one = _read(raw, batch.sent_at)
        except Problem as problem:
            found.append(_refused(shapes.uid_of(raw), problem))
            continue
        if gone is None:
            try:
                found.append(_counted(one, reach, now))
                continue
            except (OperationalError, TimeoutError) as fault:
                gone = fault
        found.append(_again(one.uid))
    if gone is not None and all(result.status == 503 for result in found):
        raise gone
    return found


def _counted(one: tally.Tap, reach: Reach, now: datetime) -> Counted:
    try:
        kept = tally.tap(one, by=current_user.id, reach=reach, now=now)
    except Problem as problem:
        return _refused(one.uid, problem)
    return Counted(
        uid=one.uid,
        status=200,
        outcome="counted",
        sentence="",
        total=kept.total,
        replayed=kept.replayed,
    )


def _read(raw: msgspec.Raw, sent_at: datetime | None) -> tally.Tap:
    tapped = shapes.decode(raw, Tap)
    told = DeviceClock(
        device_at=shapes.in_utc("device_at", tapped.device_at),
        sent_at=shapes.in_utc("sent_at", sent_at) if sent_at else None,
    )
    device = current_user.device.device_id
    return tally.Tap(str(tapped.uid), tapped.shift_id, tapped.amount, told, device)


def _refused(uid: str, problem: Problem) -> Counted:
    status: Literal[409, 422] = 409 if isinstance(problem, Conflict) else 422
    said = words.MISSING if isinstance(problem, NotFound) else errors.sentence(problem)
    total = problem.facts.get("total")
    return Counted(
        uid=uid,
        status=status,
        outcome=problem.code,
        sentence=str(said),
        total=total if isinstance(total, int) else None,
    )


def _again(uid: str) -> Counted:
    sentence = errors.sentence(Problem("unavailable"))
    return Counted(uid=uid, status=503, outcome="unavailable", sentence=sentence)
