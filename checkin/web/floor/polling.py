"""What the board's script asks every few seconds: answered from memory while nothing changed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from flask import Response, make_response, request
from flask_login import current_user
from sqlalchemy import Pool

from checkin.database import change_mark, db
from checkin.web.i18n import current_prefs

MOST = 2000
"""Boards remembered by one process; then it begins anew."""
AMONG_CHANGES = timedelta(minutes=1)
"""While others write, what a board's own mark leaves out, as a new name, is so old at most."""
MARK = 8
_MARKS = re.compile(r"[\w-]{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the database: its `etag`, how long time alone leaves it true, and its page.

    `near` is the mark of the board's own part of the database, asked before it was looked at, and
    `again` asks for it at another instant.
    """

    etag: str
    until: datetime
    near: str
    again: Callable[[datetime], str]
    draw: Callable[[frozenset[str]], str]
    """Given the marks of the pieces that the browser has."""


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: str
    etag: str
    until: datetime
    near: str
    again: Callable[[datetime], str]
    seen_at: datetime

    def still(self, mark: str, now: datetime) -> "_Kept | None":
        """What a look would see as well: nothing was written, or nothing of this board."""
        if mark == self.mark:
            return self if now < self.until else None
        until = min(self.until, self.seen_at + AMONG_CHANGES)
        if now < until and self.again(now) == self.near:
            return replace(self, mark=mark, until=until)
        return None


_remembered: WeakKeyDictionary[Pool, dict[object, _Kept]] = WeakKeyDictionary()
"""Goes with the connections: an engine that is opened anew may find another database."""


def answer(look: Callable[[], Look], now: datetime) -> Response:
    """304 for a browser that has the latest already.

    Who may see what was checked before, at this very request. `look` is spared as long as the
    database says that nothing was written since the last look of the same person at the same
    address, or else that nothing of this board was: one cheap question, or two. Each process
    remembers for itself, so any number of them agree. A look that fails is not remembered.
    """
    memory = _remembered.setdefault(db.engine.pool, {})
    key, seen = _question(), None
    mark = change_mark()  # before anything of the board is read
    known = memory.get(key)
    kept = known.still(mark, now) if known else None
    if kept is None:
        seen = look()
        if len(memory) >= MOST:
            memory.clear()
        kept = _Kept(mark, seen.etag, seen.until, seen.near, seen.again, now)
    memory[key] = kept
    if request.if_none_match.contains_weak(kept.etag):
        response = Response(status=304)
    else:
        response = make_response((seen or look()).draw(_known()))
    response.set_etag(kept.etag, weak=True)
    return response


def _question() -> tuple[object, ...]:
    """All that one board depends on besides the database and the time."""
    who = current_user.id, current_user.device.kind, tuple(current_user.held)
    return *who, request.full_path, str(current_prefs())


def _known() -> frozenset[str]:
    """The marks that the browser holds, written one after the other."""
    shown = request.headers.get("X-Known", "")
    return frozenset(_MARKS.findall(shown)) if len(shown) % MARK == 0 else frozenset()
