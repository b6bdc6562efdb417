"""The scan in hand: which code this browser opened and when, kept through signing in.

It lives in the signed session, so the moment cannot be forged and opening a page keeps nothing
in the database. All tabs of a browser share one intent, so they all send the same scan.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from flask import session, url_for

from checkin.domain.fold import Kind
from checkin.domain.scanning import Code
from checkin.operations.attendance import Reading, derived_uid
from checkin.operations.attendance.arrival import arrive
from checkin.operations.attendance.recording import TOUCH_KEPT
from checkin.web import clock, scanned
from checkin.web.scanned import Scanned
from checkin.web.targets import safe_target

_KEY = "intent"
_POSTER = "poster"
_DIGITS = "typed"


@dataclass(frozen=True, slots=True)
class Intent:
    """A code that was opened; `uid` names whatever this browser does with it."""

    path: str
    site_id: int
    touched: str
    uid: str

    @property
    def touched_at(self) -> datetime:
        return datetime.fromisoformat(self.touched)

    def uid_for(self, purpose: str) -> str:
        """One id for each act, the same in every tab and after every reload."""
        return derived_uid(self.uid, purpose)


def current() -> Intent | None:
    """The scan in hand, when it is fresh enough to count."""
    kept = session.get(_KEY)
    if not isinstance(kept, dict):
        return None
    try:
        intent = Intent(**kept)
    except TypeError:
        return None  # of a release before this one
    return intent if clock.now() - intent.touched_at <= TOUCH_KEPT else None


def of(code: Scanned) -> Intent | None:
    """The scan in hand, when it is of this code."""
    kept = current()
    return kept if kept is not None and kept.path == code.path else None


def was_of(code: Scanned) -> bool:
    """Whether this code was opened here, however long ago."""
    kept = session.get(_KEY)
    return isinstance(kept, dict) and kept.get("path") == code.path


def last_path() -> str:
    """What was opened last, however long ago; empty when nothing was."""
    kept = session.get(_KEY)
    return str(kept.get("path", "")) if isinstance(kept, dict) else ""


def keep(code: Scanned) -> Intent:
    """Remember the first touch of this code; touching it again keeps the earlier time."""
    return of(code) or renew(code)


def renew(code: Scanned, touched_at: datetime | None = None) -> Intent:
    """Start over with this code, touched now or a moment ago."""
    touched = (touched_at or clock.now()).isoformat()
    intent = Intent(code.path, code.site_id, touched, str(uuid.uuid4()))
    session[_KEY] = asdict(intent)
    if code.poster is not None:
        session[_POSTER] = code.poster
    return intent


def poster(code: str) -> Scanned | None:
    """The poster opened last, when it has this code: pressing its button asks nothing again.

    Whether it still works is asked when the scan is kept.
    """
    return scanned.remembered(session.get(_POSTER), code)


def forget() -> None:
    """The scan has become part of the record."""
    session.pop(_KEY, None)


def site_id() -> int | None:
    """Where the person stands, as far as the code says."""
    kept = current()
    return kept.site_id if kept else None


def code() -> Scanned | None:
    """The code in hand, with its site, for the pages that stand between scan and answer."""
    kept = current()
    return scanned.opened(kept.path) if kept else None


def touched_at() -> datetime | None:
    """The moment that is being kept, to show that waiting costs nothing.

    Digits that still wait for their site keep theirs, too.
    """
    kept = current()
    return kept.touched_at if kept else _typed_at()


def keep_digits(digits: str) -> None:
    """Remember digits from a screen and their minute until somebody says at which site."""
    session[_DIGITS] = {"digits": digits, "touched": clock.now().isoformat()}


def digits() -> str:
    """The digits typed last; empty when none wait for a site."""
    kept = session.get(_DIGITS)
    return str(kept["digits"]) if isinstance(kept, dict) else ""


def digits_touched_at(typed: str) -> datetime:
    """When these digits were first typed here; others count from now."""
    kept = _typed_at() if typed == digits() else None
    return kept or clock.now()


def forget_digits() -> None:
    session.pop(_DIGITS, None)


def _typed_at() -> datetime | None:
    kept = session.get(_DIGITS)
    if not isinstance(kept, dict):
        return None
    touched = datetime.fromisoformat(kept["touched"])
    return touched if clock.now() - touched <= TOUCH_KEPT else None


def finish(person_id: int, target: str | None = None, device_id: int | None = None) -> str:
    """Where to go after signing in: straight to the receipt when the scan needs no question."""
    kept, found = current(), code()
    if kept is None or found is None:
        return safe_target(target)
    if found.judged(kept.touched_at, clock.now()) is not Code.ACTIVE:
        return found.address()
    reading = Reading(
        uid=kept.uid_for(Kind.IN),
        kind=Kind.IN,
        volunteer_id=person_id,
        touched_at=kept.touched_at,
        device_id=device_id,
        **found.facts,
    )
    answer = arrive(reading, now=clock.now())
    if answer is None or answer.attendance_id is None:
        return found.address()
    forget()
    return url_for("attendances.show", attendance_id=answer.attendance_id)
