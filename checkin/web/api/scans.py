"""Scans in batches: every one is answered by itself, and only after it was kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from flask import current_app, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError

from checkin.database import db
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.roles import Permission
from checkin.domain.scanning import Verdict
from checkin.operations import badges, limits, receipts, sync, welfare
from checkin.operations.attendance import Answer
from checkin.operations.permissions import Reach
from checkin.web import clock, concern_words, errors
from checkin.web.api import shapes, words
from checkin.web.api.blueprint import bp
from checkin.web.api.description import SCANS, described
from checkin.web.filters import plain_label
from checkin.web.guard import requires

BATCHES = 30
STAFF_BATCHES = 600
"""How many a minute from one phone, and from one tablet, desk or program."""
RETRY_SECONDS = 5
_ABOUT_OTHERS = {sync.Act.BADGE, sync.Act.MANUAL_IN, sync.Act.MANUAL_OUT}


@bp.post("/scans")
@requires(Permission.OWN_ATTENDANCE)
@described(SCANS, shapes.Results, takes=shapes.Scans)
def create() -> Any:
    """Send scans

    From one to fifty. One that is refused, or cannot be read, holds up none of the others.
    """
    batch, now = shapes.read(shapes.Batch), clock.now()
    _count(now)
    results = _with_concerns(_results(batch, now), now)
    body = shapes.Results(results=results, server_time=now, time_receipt=receipts.of_time(now))
    response = shapes.answer(body)
    if any(result.status == 503 for result in results):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


@bp.post("/scans/known")
@requires(Permission.OWN_ATTENDANCE)
@described(SCANS, shapes.Unknown, takes=shapes.Uids)
def known() -> Any:
    """Offer scans again

    A phone asks now and then whether what was answered is still here: after a restore from an
    older copy it is not, and the phone sends it again.
    """
    offered, now = shapes.read(shapes.Uids), clock.now()
    _count(now)
    uids = [str(uid) for uid in offered.uids]
    unknown = sync.unknown(uids, _sender(for_others=True), now=now)
    return shapes.answer(shapes.Unknown(unknown=unknown))


def _count(now: datetime) -> None:
    device = current_user.device
    most = BATCHES if device.kind == "phone" else STAFF_BATCHES
    limits.take(f"api:{current_user.id}:{device.device_id}", most, timedelta(minutes=1), now)


def _sender(*, for_others: bool) -> sync.Sender:
    """Who is signed in; where they may act for others is asked only when they do."""
    reach = current_user.reach if for_others else lambda _permission: Reach()
    return sync.Sender(
        current_user.id,
        current_user.device.device_id,
        reads=reach(Permission.READ_BADGES),
        enters=reach(Permission.ENTER_ATTENDANCE),
    )


# --- one after the other -------------------------------------------------------------------


def _results(batch: shapes.Batch, now: datetime) -> list[shapes.Result]:
    """In the order they were made, so that an undo follows what it takes back."""
    read = [_read(raw, batch, now) for raw in batch.scans]
    acts = {one.act for one in read if isinstance(one, sync.Sent)}
    sender = _sender(for_others=bool(acts & _ABOUT_OTHERS))
    answered: dict[int, shapes.Result] = {}
    gone: OperationalError | TimeoutError | None = None
    for place in sorted(range(len(read)), key=lambda place: _made_at(read[place])):
        sent = read[place]
        if isinstance(sent, shapes.Result):
            answered[place] = sent
        elif gone is not None:
            answered[place] = _again(sent.uid)
        else:
            try:
                answered[place] = _judged(sent, sender, now)
            except (OperationalError, TimeoutError) as fault:
                gone, answered[place] = fault, _again(sent.uid)
    if gone is not None and all(result.status == 503 for result in answered.values()):
        raise gone
    return [answered[place] for place in range(len(read))]


def _made_at(one: sync.Sent | shapes.Result) -> datetime:
    return one.clock.device_at if isinstance(one, sync.Sent) else datetime.max.replace(tzinfo=UTC)


def _judged(sent: sync.Sent, sender: sync.Sender, now: datetime) -> shapes.Result:
    try:
        return _kept(sync.record(sent, sender, now=now))
    except Problem as problem:
        return _refused(sent.uid, problem)
    except (OperationalError, TimeoutError):
        raise
    except DBAPIError:
        # one scan the database refuses must not hold up the others; the phone keeps it
        current_app.logger.exception("a scan could not be kept")
        db.session.rollback()
        return _again(sent.uid)


# --- in ------------------------------------------------------------------------------------


def _read(raw: msgspec.Raw, batch: shapes.Batch, now: datetime) -> sync.Sent | shapes.Result:
    """One act, or why it cannot be read."""
    try:
        return _sent(shapes.decode(raw, shapes.Scan), batch, now)
    except Problem as problem:
        return _refused(shapes.uid_of(raw), problem)


def _sent(scan: shapes.Scan, batch: shapes.Batch, now: datetime) -> sync.Sent:
    return sync.Sent(
        uid=str(scan.uid),
        act=scan.act,
        clock=DeviceClock(
            device_at=shapes.in_utc("device_at", scan.device_at),
            sent_at=shapes.in_utc("sent_at", batch.sent_at),
            elapsed_ms=scan.elapsed_ms,
            receipt_at=receipts.read_time(scan.receipt or batch.receipt, now),
        ),
        code=_code(scan.code or ""),
        volunteer=scan.volunteer or "",
        beneficiaries=scan.beneficiaries,
        joins=scan.joins,
        moves=scan.moves,
        undoes=str(scan.undoes or ""),
        site_id=scan.site_id,
        person_id=scan.person_id,
        shift_id=scan.shift_id,
        reason=scan.reason or "",
        distance_m=scan.distance_m,
        accuracy_m=scan.accuracy_m,
    )


def _code(text: str) -> str:
    """`S/…` out of whatever was read: that alone, or the whole address around it."""
    try:
        path = urlsplit(text.strip()).path
    except ValueError:
        return text
    return "/".join(path.strip("/").split("/")[-2:])


# --- out -----------------------------------------------------------------------------------


def _kept(kept: sync.Kept) -> shapes.Result:
    answer, scan = kept.answer, kept.scan
    own = scan.volunteer_id == current_user.id
    page = url_for("attendances.show", attendance_id=answer.attendance_id or 0)
    return shapes.Result(
        uid=answer.uid,
        status=200,
        outcome=answer.verdict.value,
        sentence=_sentence(answer, scan.volunteer_id, own),
        act=scan.kind,
        attendance_id=answer.attendance_id,
        address=page if own and answer.attendance_id else None,
        site=plain_label(scan) if scan.name_ar else None,
        name=scan.name,
        effective_at=answer.effective_at,
        in_at=scan.in_at,
        out_at=scan.out_at,
        evidence=scan.evidence,
        flags=scan.flags,
        receipt=kept.receipt,
        replayed=answer.replayed,
    )


def _with_concerns(results: list[shapes.Result], now: datetime) -> list[shapes.Result]:
    """Told to who stands before the volunteer, once all are kept: no scan waits for it."""
    others = {
        one.attendance_id: one
        for one in results
        if one.outcome == Verdict.CHECKED_IN and one.attendance_id and one.address is None
    }
    told = welfare.unallowed(list(others), now)
    return [
        msgspec.structs.replace(one, concerns=[concern_words.about(it) for it in told[number]])
        if (number := one.attendance_id) in told and one is others[number]
        else one
        for one in results
    ]


def _sentence(answer: Answer, volunteer_id: int, own: bool) -> str:
    """A supervisor is told where somebody is in who is not in here."""
    if answer.verdict is Verdict.OPEN_ELSEWHERE and not own:
        site = badges.open_at(volunteer_id, clock.now())
        if site is not None:
            return _("Still checked in at %(site)s", site=plain_label(site))
    return words.about(answer.verdict, own=own)


def _refused(uid: str, problem: Problem) -> shapes.Result:
    status = 409 if isinstance(problem, Conflict) else 422
    if problem.code == "other_volunteer":
        status = 403
    said = words.MISSING if isinstance(problem, NotFound) else errors.sentence(problem)
    return shapes.Result(uid=uid, status=status, outcome=problem.code, sentence=str(said))


def _again(uid: str) -> shapes.Result:
    sentence = errors.sentence(Problem("unavailable"))
    return shapes.Result(uid=uid, status=503, outcome="unavailable", sentence=sentence)
