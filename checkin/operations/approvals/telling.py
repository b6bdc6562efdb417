"""News of decisions for volunteers who want messages; what was approved, once a day."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from checkin.database import AnyRow, db
from checkin.domain.days import local_time
from checkin.domain.errors import Problem
from checkin.models import Attendance, Decision, Message, Person, Site
from checkin.operations import messages
from checkin.operations.approvals.reasons import OTHER
from checkin.operations.prayers import quiet

APPROVED, ASKED, REJECTED, ANSWERED = (
    "hours_approved",
    "hours_asked",
    "hours_rejected",
    "appeal_decided",
)
"""The templates."""
HOLD = timedelta(minutes=10)
"""What is undone within this was never said."""
DAILY_AT = time(20, 0)
"""By the site's clock: everything approved until then is one message."""
LIFETIME = timedelta(hours=24)
COUNTS = ("approve", "adjust", "confirm")


def tell(attendance_id: int, action: str, seq: int, *, now: datetime) -> None:
    """Put the news of decision `seq` into the outbox, in the decision's own transaction.

    Nobody is told who does not want it or has no mobile, and what was not sent yet about an
    earlier decision is taken back. Messages that are spent for today never stop a decision. Facts
    hold no names and no words of the supervisor's own: those stand on the receipt.
    """
    reader = _reader(attendance_id)
    if reader is None:
        return
    _take_back(reader)
    news = _NEWS.get(action)
    if news is not None:
        news(reader, seq, now)


def _reader(attendance_id: int) -> AnyRow | None:
    """Who is to be told, in which language, and what the attendance is called."""
    a, p, s = Attendance, Person, Site
    return db.session.execute(
        select(
            *(a.id, a.volunteer_id, a.work_on, a.approved_minutes, p.mobile),
            *(s.name_ar, s.name_en, s.zone, s.quiet_windows, s.latitude, s.longitude),
            messages.language_last_used().label("language"),
        )
        .join(p, p.id == a.volunteer_id)
        .join(s, s.id == a.site_id)
        .where(a.id == attendance_id, p.mobile.is_not(None))
        .where(p.news_wanted_at.is_not(None))
    ).first()


# --- one decision, one message -------------------------------------------------------------


def _asked(reader: AnyRow, seq: int, now: datetime) -> None:
    """At once: the volunteer may still be near."""
    _queue(_key(reader, seq), ASKED, reader, _about(reader), now, now)


def _rejected(reader: AnyRow, seq: int, now: datetime) -> None:
    appealed, reason = _appealed(reader.id), _reason(reader.id, seq)
    template = ANSWERED if appealed else REJECTED
    facts = _about(reader) | {"reason": "" if reason == OTHER else reason}
    _queue(_key(reader, seq), template, reader, facts, now + HOLD, now)


def _counts(reader: AnyRow, seq: int, now: datetime) -> None:
    if _appealed(reader.id):
        facts = _about(reader) | {"minutes": reader.approved_minutes}
        _queue(_key(reader, seq), ANSWERED, reader, facts, now + HOLD, now)
    else:
        _add_to_the_day(reader, now)


_NEWS: dict[str, Callable[[AnyRow, int, datetime], None]] = {
    "return": _asked,
    "reject": _rejected,
    **dict.fromkeys(COUNTS, _counts),
}


def _about(reader: AnyRow) -> dict[str, Any]:
    return {
        "attendance": reader.id,
        "site_ar": reader.name_ar,
        "site_en": reader.name_en,
        "work_on": reader.work_on.isoformat(),
    }


def _appealed(attendance_id: int) -> bool:
    return _decision(attendance_id, Decision.action == "appeal") is not None


def _reason(attendance_id: int, seq: int) -> str:
    """The code of the list alone."""
    kept = _decision(attendance_id, Decision.seq == seq)
    return kept.reason.partition(":")[0] if kept else ""


def _decision(attendance_id: int, which: Any) -> AnyRow | None:
    wanted = select(Decision.reason).where(Decision.attendance_id == attendance_id, which)
    return db.session.execute(wanted).first()


# --- what was approved, once a day ---------------------------------------------------------


def _add_to_the_day(reader: AnyRow, now: datetime) -> None:
    due_at = _daily(now, reader.zone)
    once = f"approved:{reader.volunteer_id}:{local_time(due_at, reader.zone).date().isoformat()}"
    kept = db.session.execute(
        select(Message.id, Message.facts).where(Message.once == once, *_not_leaving())
    ).first()
    minutes = {str(reader.id): reader.approved_minutes}
    if kept is None:
        _queue(once, APPROVED, reader, {"minutes": minutes}, due_at, now)
    else:
        _rewrite(kept.id, kept.facts["minutes"] | minutes)


def _daily(now: datetime, zone: str) -> datetime:
    """The next time of day at which what was approved is told."""
    here = local_time(now, zone)
    today = here.replace(hour=DAILY_AT.hour, minute=DAILY_AT.minute, second=0, microsecond=0)
    due_at = today if here < today else today + timedelta(days=1)
    return due_at.astimezone(UTC)


def _rewrite(message_id: int, minutes: dict[str, int]) -> None:
    changing = update(Message).where(Message.id == message_id, *_not_leaving())
    db.session.execute(changing.values(facts={"minutes": minutes}))


# --- the outbox ----------------------------------------------------------------------------


def _key(reader: AnyRow, seq: int) -> str:
    return f"decision:{reader.id}:{seq}"


def _queue(
    once: str, template: str, reader: AnyRow, facts: dict[str, Any], due_at: datetime, now: datetime
) -> None:
    """For when no quiet time of the site is on; without budget nothing of it stays."""
    try:
        with db.session.begin_nested():
            messages.queue(
                once,
                template,
                reader.mobile,
                facts,
                language=reader.language or "ar",
                now=now,
                due_at=quiet.after_quiet(reader, due_at),
                lifetime=LIFETIME,
            )
    except Problem:  # the day's messages are spent, which has been said in the log
        return


def _take_back(reader: AnyRow) -> None:
    """Forget what waits to be said about this attendance: it holds no longer."""
    waiting = db.session.execute(
        select(Message.id, Message.once, Message.template, Message.facts)
        .where(Message.mobile == reader.mobile, *_not_leaving())
        .where(Message.template.in_((APPROVED, ASKED, REJECTED, ANSWERED)))
    ).all()
    for message in waiting:
        if message.template != APPROVED:
            if message.facts["attendance"] == reader.id:
                _forget(message.id)
        elif str(reader.id) in message.facts["minutes"]:
            _leave_out(message, str(reader.id))


def _leave_out(message: AnyRow, attendance: str) -> None:
    rest = {one: n for one, n in message.facts["minutes"].items() if one != attendance}
    if rest:
        _rewrite(message.id, rest)
    else:
        _forget(message.id)


def _forget(message_id: int) -> None:
    db.session.execute(delete(Message).where(Message.id == message_id, *_not_leaving()))


def _not_leaving() -> tuple[Any, ...]:
    """Neither sent nor given up, nor in a sender's hands."""
    return (
        Message.sent_at.is_(None),
        Message.failed_at.is_(None),
        Message.leased_until.is_(None),
    )
