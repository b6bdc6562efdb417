"""The outbox as staff see it: what waits, left and failed; another try; a test of the sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import Select, case, func, select, update

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.models import Message, Person
from checkin.operations import audit, limits, messages, senders
from checkin.operations.senders import NotSent

PER_PAGE = 50
TESTS_AN_HOUR = 5
SHOWN_OF_MOBILE = 4
HIDDEN_CODE = "••••••"
"""Stands for a code wherever a message is shown: it opens somebody's account."""


class State(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


_m = Message
_WHICH = {
    State.WAITING: (_m.sent_at.is_(None), _m.failed_at.is_(None)),
    State.SENT: (_m.sent_at.is_not(None),),
    State.FAILED: (_m.failed_at.is_not(None), _m.sent_at.is_(None)),
}


@dataclass(frozen=True)
class Found:
    """A part of the outbox, the newest first; `before` asks for what follows, if anything."""

    messages: list[AnyRow]
    before: int | None


@dataclass(frozen=True)
class Setup:
    """How messages leave, without anything secret."""

    kind: str
    host: str
    name: str


# --- questions -----------------------------------------------------------------------------


def page_of(state: State, before: int | None = None, per_page: int = PER_PAGE) -> Found:
    """Those older than the message numbered `before`, so that new ones move no page."""
    asked = _rows().where(*_WHICH[state]).order_by(_m.id.desc()).limit(per_page + 1)
    if before is not None:
        asked = asked.where(_m.id < before)
    rows = list(db.session.execute(asked))
    shown = rows[:per_page]
    return Found(shown, shown[-1].id if len(rows) > per_page else None)


def counts() -> dict[State, int]:
    """How many messages are in each state."""
    which = case(
        (_m.sent_at.is_not(None), State.SENT.value),
        (_m.failed_at.is_not(None), State.FAILED.value),
        else_=State.WAITING.value,
    )
    found = db.session.execute(select(which, func.count()).group_by(which)).all()
    return dict.fromkeys(State, 0) | {State(state): number for state, number in found}


def ways_left() -> set[str]:
    """By which senders those left that did, as SENDER named them then."""
    return set(db.session.scalars(select(_m.sender).where(_m.sent_at.is_not(None)).distinct()))


def shown_facts(message: AnyRow) -> dict[str, Any]:
    """What the message says, its code hidden."""
    return {**message.facts, "code": HIDDEN_CODE} if _has_code(message) else dict(message.facts)


def may_try_again(message: AnyRow, now: datetime) -> bool:
    """Not once it is too late to say it, and a code is forgotten when it fails."""
    is_failed = message.failed_at is not None and message.sent_at is None
    return is_failed and message.expires_at > now and not _has_code(message)


def setup() -> Setup:
    config = current_app.config
    host = urlsplit(config["SENDER_URL"]).hostname if config["SENDER"] == "http" else None
    return Setup(config["SENDER"], host or "", config["SENDER_NAME"])


def _has_code(message: AnyRow) -> bool:
    return message.template in messages.WITH_CODE


def _rows() -> Select[Any]:
    return select(
        *(_m.id, _m.template, _m.language, _m.mobile, _m.facts, _m.created_at, _m.due_at),
        *(_m.expires_at, _m.attempts, _m.sent_at, _m.sender, _m.failed_at, _m.fault),
    )


# --- acts ----------------------------------------------------------------------------------


@transaction
def try_again(message_id: int, *, by: int, now: datetime) -> None:
    """Let a failed message wait once more; it was paid for already.

    Raises Problem `message_too_late` when there is nothing to try again.
    """
    message = db.session.execute(_rows().where(_m.id == message_id)).first()
    if message is None:
        raise NotFound("message")
    if not may_try_again(message, now):
        raise Problem("message_too_late")
    db.session.execute(
        update(_m)
        .where(_m.id == message_id)
        .values(failed_at=None, due_at=now, attempts=0, fault="", leased_until=None)
    )
    audit.note("outbox.retry", "message", message_id, by=by, at=now)


def send_test(
    person_id: int,
    render: messages.Renderer,
    *,
    to: str | None = None,
    language: str,
    now: datetime,
) -> NotSent | None:
    """Send `to`, or else one's own mobile, a message right away; the fault when it did not leave.

    Raises Problem `mobile_missing`, `too_many` (fact `seconds`) and `messages_spent`.
    """
    mobile = to or db.session.scalar(select(Person.mobile).where(Person.id == person_id))
    if mobile is None:
        raise Problem("mobile_missing")
    _allow_test(person_id, mobile, now)
    text = render(messages.TEST, language, {}) or ""
    settings: Mapping[str, Any] = current_app.config
    try:
        senders.chosen(settings)(mobile, text, f"test:{person_id}:{int(now.timestamp())}")
    except NotSent as fault:
        return fault
    return None


@transaction
def _allow_test(person_id: int, mobile: str, now: datetime) -> None:
    """Of the number the audit keeps its end, as this page shows it."""
    limits.take(f"test-message:{person_id}", TESTS_AN_HOUR, timedelta(hours=1), now)
    messages.spend(now)
    end = mobile[-SHOWN_OF_MOBILE:]
    audit.note("outbox.test", "person", person_id, by=person_id, at=now, ends_in=end)
