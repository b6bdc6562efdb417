"""What a screen shows, made and read: keys of a day, tokens, six digits to type."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select

from checkin.database import AnyRow, ask, db
from checkin.domain import rotating
from checkin.domain.evidence import Flag
from checkin.domain.scanning import Code
from checkin.models import Display
from checkin.operations.keys import key_for, keys_for

UNSYNCED_AFTER = timedelta(hours=12)
"""A screen that has not asked for the time for so long may be wrong about it."""
EPOCHS_KNOWN = 5
"""A screen that was set up anew knows codes of its lives before as its own, and old."""

_NUMBERED = select(
    *(Display.id, Display.number, Display.site_id, Display.epoch),
    *(Display.seen_at, Display.revoked_at),
)
_BY_NUMBER = _NUMBERED.where(Display.number == bindparam("number"))
"""Asked at every scan of a screen, so built once."""


class DayKey(NamedTuple):
    """What a screen must know to show the codes of one UTC day."""

    day: date
    key: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """A code that one of our screens did show."""

    display_id: int
    site_id: int
    window: int
    """Half minutes since 1970."""
    is_old: bool
    """The screen was stopped or set up anew since; nobody checks in with what it showed."""
    seen_at: datetime | None

    def judged(self, touched_at: datetime) -> Code:
        """Whether the code counts for somebody who opened it at that instant."""
        if self.is_old:
            return Code.REVOKED
        fresh = rotating.accepted(self.window, touched_at)
        return Code.ACTIVE if fresh else Code.EXPIRED

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What to look at because of the screen itself, at the time it showed the code."""
        start, _ = rotating.bounds(self.window)
        synced = self.seen_at is not None and start - self.seen_at <= UNSYNCED_AFTER
        return () if synced else (Flag.DISPLAY_UNSYNCED,)


class Live(NamedTuple):
    """What a screen of a site shows at one instant."""

    display_id: int
    token: str
    digits: str
    until: datetime
    """When the next token takes over."""


def key_id() -> str:
    """The first character of every token made now."""
    return rotating.key_id(key_for("rotating"))


def keys_of(display: Display, now: datetime) -> list[DayKey]:
    """Today's and tomorrow's keys, so that a night without a network does not end at midnight."""
    root, today = key_for("rotating"), rotating.day_of(rotating.window_of(now))
    days = (today, today + timedelta(days=1))
    place = display.number, display.site_id, display.epoch
    return [DayKey(day, rotating.key_of_day(root, *place, day)) for day in days]


def shown(text: str) -> Shown | None:
    """The screen and the half minute of a token; None when none of our screens made it.

    Whether it still counts is another question: `judged` answers it for the first touch, and a
    scan that is uploaded later is bounded by its window.
    """
    token = rotating.read_token(text)
    row = ask(_BY_NUMBER, {"number": token.number}).first() if token else None
    if token is None or row is None:
        return None
    for age in range(EPOCHS_KNOWN):
        epoch = row.epoch - age
        if any(_is_made_with(root, token, row, epoch) for root in _roots(token.key_id)):
            return _shown(row, token.window, is_old=age > 0 or row.revoked_at is not None)
    return None


def shown_by(display_id: int, window: int) -> Shown | None:
    """The same, for a code that was judged before and is known by its screen and half minute."""
    row = db.session.execute(_NUMBERED.where(Display.id == display_id)).first()
    return _shown(row, window, is_old=row.revoked_at is not None) if row else None


def typed(digits: str, site_id: int, at: datetime) -> Shown | None:
    """The screen of a site that showed these six digits in the minute of `at` or the one before."""
    at_work = _NUMBERED.where(Display.site_id == site_id, Display.credential_sha.is_not(None))
    rows = db.session.execute(at_work.where(Display.revoked_at.is_(None)).order_by(Display.id))
    minute = rotating.minute_of(at)
    for row in rows:
        for count in (minute, minute - 1):
            if digits in (_digits(root, row, count) for root in keys_for("rotating")):
                return _shown(row, _first_window(count), is_old=False)
    return None


def live_at(site_id: int, now: datetime) -> Live | None:
    """What the newest screen at work at a site shows; None where there is none."""
    row = db.session.execute(
        _NUMBERED.where(Display.site_id == site_id, Display.credential_sha.is_not(None))
        .where(Display.revoked_at.is_(None))
        .order_by(Display.paired_at.desc(), Display.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    root, window = key_for("rotating"), rotating.window_of(now)
    place = row.number, row.site_id, row.epoch
    key = rotating.key_of_day(root, *place, rotating.day_of(window))
    token = rotating.token(rotating.key_id(root), key, *place, window)
    digits = _digits(root, row, rotating.minute_of(now))
    return Live(row.id, token, digits, rotating.bounds(window)[1])


def _roots(key_id: str) -> Iterator[bytes]:
    return (root for root in keys_for("rotating") if rotating.key_id(root) == key_id)


def _is_made_with(root: bytes, token: rotating.Token, row: AnyRow, epoch: int) -> bool:
    day = rotating.day_of(token.window)
    key = rotating.key_of_day(root, row.number, row.site_id, epoch, day)
    return rotating.verify(token, key, row.site_id, epoch)


def _shown(row: AnyRow, window: int, *, is_old: bool) -> Shown:
    return Shown(row.id, row.site_id, window, is_old, row.seen_at)


def _digits(root: bytes, row: AnyRow, minute: int) -> str:
    place = row.number, row.site_id, row.epoch
    key = rotating.key_of_day(root, *place, rotating.day_of(_first_window(minute)))
    return rotating.six_digits(key, *place, minute)


def _first_window(minute: int) -> int:
    """A minute is two windows; its digits belong to the first."""
    return minute * int(rotating.TYPED_PERIOD / rotating.PERIOD)
