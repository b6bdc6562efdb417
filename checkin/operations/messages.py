"""The outbox: messages are kept in the act's own transaction and sent right after it.

What a message says is decided when it leaves, by the renderer that the web floor hands in;
down here it is a template's name, a language and facts.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from checkin.database import AnyRow, db, transaction, upsert
from checkin.domain.days import local_time
from checkin.domain.errors import Problem
from checkin.models import Message, Person
from checkin.operations import limits, settings
from checkin.operations.senders import NotSent, Sender

Renderer = Callable[[str, str, Mapping[str, Any]], str | None]
"""The text of a message, from its template, its language and its facts; none for no template."""

log = logging.getLogger(__name__)

BATCH = 8
"""Sent side by side; each may take a gateway's whole time-out."""
LEASE = timedelta(seconds=60)
PATIENCE = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900))
"""How long to wait after each failure; after the last one the message is given up."""
_SECRET = "code"
WITH_CODE = frozenset({"sign_in_code", "guardian_code"})
"""Templates that say a code."""
TEST = "test_message"
_BUDGET, _A_DAY = "messages", timedelta(days=1)


@transaction
def queue(
    once: str,
    template: str,
    mobile: str,
    facts: Mapping[str, Any],
    *,
    language: str,
    now: datetime,
    due_at: datetime | None = None,
    lifetime: timedelta = timedelta(hours=12),
) -> None:
    """Keep a message to be sent from `due_at` (now), for no longer than `lifetime` after that.

    Asking twice with the same `once` sends one message. A code goes under the fact `code`, which
    is removed once the message has left. Raises Problem `messages_spent` when today's budget
    (MESSAGES_PER_DAY) is used up.
    """
    due_at = due_at or now
    adding = upsert(Message).values(
        once=once,
        template=template,
        language=language,
        mobile=mobile,
        facts=dict(facts),
        created_at=now,
        due_at=due_at,
        expires_at=due_at + lifetime,
        attempts=0,
    )
    added = db.session.scalar(
        adding.on_conflict_do_nothing(index_elements=[Message.once]).returning(Message.id)
    )
    if added is not None:
        spend(now)


def is_kept(once: str) -> bool:
    """Whether the message asked for with this `once` waits or has left."""
    return db.session.scalar(select(Message.id).where(Message.once == once)) is not None


def language_last_used() -> Any:
    """The language in which a person's mobile was last written to, as a column of a question."""
    earlier = select(Message.language).where(Message.mobile == Person.mobile)
    return earlier.order_by(Message.id.desc()).limit(1).correlate(Person).scalar_subquery()


def spent_today(now: datetime) -> int:
    """How many of the day's messages are used up."""
    return limits.taken(_BUDGET, _A_DAY, now, ahead=_ahead(now))


def spend(now: datetime) -> None:
    """A flood of messages costs money; half of the budget is worth a look."""
    budget = settings.value("messages_per_day")
    try:
        spent = limits.take(_BUDGET, budget, _A_DAY, now, ahead=_ahead(now))
    except Problem:
        log.error("the day's %d messages are spent; sign-in goes through supervisors", budget)
        raise Problem("messages_spent") from None
    if spent == budget // 2:
        log.warning("half of the day's %d messages are spent", budget)


def _ahead(now: datetime) -> timedelta:
    """The budget's day begins at the organisation's midnight."""
    return local_time(now, settings.value("zone")).utcoffset() or timedelta()


# --- sending -------------------------------------------------------------------------------


def deliver(sender: Sender, render: Renderer, *, way: str = "", now: datetime) -> int:
    """Send what is due, at most one batch; how many were taken up. `way` is what SENDER calls it.

    A lease keeps two workers from sending one message; it outlasts a gateway's time-out. The
    sending itself happens outside any transaction.
    """
    batch = _lease(now)
    if not batch:
        return 0

    texts = [render(one.template, one.language, one.facts) for one in batch]
    with ThreadPoolExecutor(max_workers=len(batch)) as lines:
        faults = list(lines.map(lambda one, text: _send(sender, one, text), batch, texts))
    _record(list(zip(batch, faults, strict=True)), way, now)
    return len(batch)


def _send(sender: Sender, message: AnyRow, text: str | None) -> NotSent | None:
    if text is None:
        return NotSent(f"no words for {message.template}", final=True)
    try:
        sender(message.mobile, text, message.once)
    except NotSent as fault:
        return fault
    return None


def _lease(now: datetime) -> list[AnyRow]:
    if db.session.scalar(_due(now).limit(1)) is None:
        return []  # nobody waits, so nobody is made to wait for a write either
    return _take_lease(now)


def _due(now: datetime) -> Any:
    return (
        select(Message.id)
        .where(Message.sent_at.is_(None), Message.failed_at.is_(None))
        .where(Message.due_at <= now, Message.expires_at > now)
        .where(or_(Message.leased_until.is_(None), Message.leased_until <= now))
    )


@transaction
def _take_lease(now: datetime) -> list[AnyRow]:
    ids = list(
        db.session.scalars(
            _due(now).order_by(Message.due_at).limit(BATCH).with_for_update(skip_locked=True)
        )
    )
    db.session.execute(
        update(Message)
        .where(Message.id.in_(ids))
        .values(leased_until=now + LEASE, attempts=Message.attempts + 1)
    )
    m = Message
    leased = select(m.id, m.once, m.template, m.language, m.mobile, m.facts, m.attempts)
    return list(db.session.execute(leased.where(m.id.in_(ids))))


@transaction
def _record(outcomes: list[tuple[AnyRow, NotSent | None]], way: str, now: datetime) -> None:
    for message, fault in outcomes:
        db.session.execute(
            update(Message)
            .where(Message.id == message.id, Message.sent_at.is_(None))
            .values(leased_until=None, **_outcome(message, fault, way, now))
        )


def _outcome(message: AnyRow, fault: NotSent | None, way: str, now: datetime) -> dict[str, Any]:
    if fault is None:
        left = {"sent_at": now, "sender": way, "fault": ""}
        return {**left, "facts": _without_code(message.facts)}
    log.warning("message %d not sent: %s", message.id, fault.reason)
    said = {"fault": fault.reason[:200]}
    if fault.final or message.attempts > len(PATIENCE):
        return {**said, "failed_at": now, "facts": _without_code(message.facts)}
    return {**said, "due_at": now + PATIENCE[message.attempts - 1]}


def _without_code(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != _SECRET}


# --- letting go ----------------------------------------------------------------------------


@transaction
def forget_passed(now: datetime) -> int:
    """Give up what is too late to send, and remove what is old; how many."""
    late = list(
        db.session.scalars(
            select(Message)
            .where(Message.sent_at.is_(None), Message.failed_at.is_(None))
            .where(Message.expires_at <= now)
            .limit(500)
        )
    )
    for message in late:
        message.failed_at = now
        message.fault = message.fault or "expired"
        message.facts = _without_code(message.facts)
    kept_for = settings.period("message_days")
    old = db.session.execute(
        delete(Message).where(Message.created_at <= now - kept_for).returning(Message.id)
    )
    return len(late) + len(old.all())
