"""What a code's page says to one person: the verdict, and the facts its template shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from flask_login import current_user

from checkin.database import AnyRow, db
from checkin.domain.days import minutes_between
from checkin.domain.scanning import REQUESTS, Candidate, Standing, Verdict, about_code
from checkin.models import Person
from checkin.operations import hours, messages, welfare
from checkin.operations.attendance import Unsettled, look
from checkin.operations.attendance.arrival import asked_at, receipt_of
from checkin.operations.attendance.situation import standing_of
from checkin.operations.returned import returned_to
from checkin.web import clock, intent
from checkin.web.accounts.forms import MobileForm
from checkin.web.resuming import unsent
from checkin.web.scan.leaving import check_out_facts, forgotten_facts
from checkin.web.scan_forms import CheckOutForm, ForgottenForm
from checkin.web.scanned import Scanned

STATUS = {Verdict.UNKNOWN_CODE: 404, Verdict.OLD_POSTER: 410, Verdict.EXPIRED: 410}
_PATIENT = {
    Verdict.SIGN_IN,
    Verdict.CHECK_IN,
    Verdict.WALK_IN,
    Verdict.FORGOTTEN,
    Verdict.OPEN_ELSEWHERE,
    Verdict.NEXT_SHIFT,
}
"""Verdicts for which the first touch is worth keeping; after any other a new touch counts."""
LEAVABLE = (Verdict.ALREADY_IN, Verdict.NEXT_SHIFT)
"""Verdicts that can lead to checking out, but offer something else first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page for this code has to say to this person."""

    verdict: Verdict
    code: Scanned | None
    person: Person | None
    now: datetime
    candidate: Candidate | None = None
    unsettled: Unsettled | None = None
    kept: intent.Intent | None = None


def look_at(code: Scanned | None) -> Seen:
    """Judge at the first touch of the code; when that leads nowhere, as of now."""
    now, person = clock.now(), _person()
    if code is None:
        return Seen(Verdict.UNKNOWN_CODE, code, person, now)
    touched = intent.of(code)
    state = code.judged(touched.touched_at if touched else now, now)
    if (refusal := about_code(state)) is not None:
        return Seen(refusal.verdict, code, person, now)
    kept = intent.keep(code)
    judgement, unsettled = look(code, person, kept.touched_at)
    if judgement.verdict not in _PATIENT and code.shown is None:
        # a screen's code says when somebody stood there; paper says nothing about time
        kept = intent.renew(code)
        judgement, unsettled = look(code, person, kept.touched_at)
    return Seen(judgement.verdict, code, person, now, judgement.shift, unsettled, kept)


def _person() -> Person | None:
    return db.session.get(Person, current_user.id) if current_user.is_authenticated else None


def page_of(seen: Seen) -> Any:
    page = render_template(f"scan/{seen.verdict}.html", **_facts(seen))
    return page, STATUS.get(seen.verdict, 200)


def _facts(seen: Seen) -> dict[str, Any]:
    """What every verdict's page may show, and what this one needs besides."""
    facts: dict[str, Any] = {
        "seen": seen,
        "scanned": seen.code,
        "site": seen.code.site if seen.code else None,
        "uid": seen.kept.uid_for(seen.verdict) if seen.kept else None,
        "shift": hours.shift_of(seen.candidate.shift_id) if seen.candidate else None,
    }
    if seen.verdict in REQUESTS and seen.code and seen.person:
        facts["asked_at"] = asked_at(seen.person.id, seen.code.site_id, seen.verdict, seen.now)
        facts["supervisor"] = hours.supervisor_of(seen.code.site_id, seen.now)
    more = _MORE.get(seen.verdict)
    return facts | (more(seen) if more else {})


def receipt_at(code: Scanned) -> AnyRow | None:
    """What this person did with this very code of a screen before."""
    shown = code.shown
    return receipt_of(current_user.id, shown.display_id, shown.window) if shown else None


def _facts_of_open(seen: Seen) -> dict[str, Any]:
    return {"attendance": hours.open_attendance(current_user.id)}


def _facts_of_check_in(seen: Seen) -> dict[str, Any]:
    """Somebody who has been out is told so before coming back."""
    auto = seen.code.shown is not None and receipt_at(seen.code) is None and not unsent()
    before = hours.attendance_in(current_user.id, seen.candidate.shift_id)
    back_at = None
    if before is not None and before.is_decided:
        back_at = returned_to([before.id], seen.now).get(before.id)
        auto = auto and back_at is None
    return {
        "before": before,
        "back_at": back_at,
        "auto": auto,
        # a page that presses its own button is not read: there the receipt says it
        **({} if auto else _what_to_look_after(seen)),
    }


def _what_to_look_after(seen: Seen) -> dict[str, Any]:
    """What would speak for a rest, or a course first, if this shift began now."""
    return {"concerns": welfare.foreseen(seen.person.id, seen.candidate.shift_id, seen.now)}


def _facts_of_stranger(seen: Seen) -> dict[str, Any]:
    shift = hours.shift_at(seen.code.site_id, seen.code.shift_id, seen.now)
    return {"shift": shift, "form": MobileForm(), "session_ended": bool(unsent())}


def _facts_of_held(seen: Seen) -> dict[str, Any]:
    return {"without_guardian": standing_of(seen.person) is Standing.NO_GUARDIAN}


def _facts_of_full(seen: Seen) -> dict[str, Any]:
    return {"taken": hours.places_taken(seen.candidate.shift_id)}


def _facts_of_early(seen: Seen) -> dict[str, Any]:
    begun_minute = timedelta(seconds=59)
    waits = minutes_between(seen.now, seen.candidate.opens_at + begun_minute)
    once = once_open(seen.candidate.shift_id, seen.person.id)
    return {"wait_minutes": waits, "is_reminded": messages.is_kept(once)}


def once_open(shift_id: int, person_id: int) -> str:
    """By which the message that check-in opens is known, however often it is asked for."""
    return f"opens:{shift_id}:{person_id}"


def _facts_of_forgotten(seen: Seen) -> dict[str, Any]:
    attendance = hours.attendance_of(current_user.id, seen.unsettled.attendance_id)
    return forgotten_facts(attendance, ForgottenForm(), seen.now)


def _facts_of_check_out(seen: Seen) -> dict[str, Any]:
    attendance = hours.open_attendance(current_user.id)
    return check_out_facts(attendance, CheckOutForm(), seen.now)


def _facts_of_next(seen: Seen) -> dict[str, Any]:
    """The running shift's check-out, and the shift it leads to."""
    following = hours.shift_of(seen.candidate.shift_id)
    facts = {**_facts_of_check_out(seen), "following": following, "kind": "next"}
    return facts | _what_to_look_after(seen)


_MORE: dict[Verdict, Callable[[Seen], dict[str, Any]]] = {
    Verdict.SIGN_IN: _facts_of_stranger,
    Verdict.HELD: _facts_of_held,
    Verdict.ALREADY_IN: _facts_of_open,
    Verdict.CHECK_OUT: _facts_of_check_out,
    Verdict.NEXT_SHIFT: _facts_of_next,
    Verdict.OPEN_ELSEWHERE: _facts_of_open,
    Verdict.FORGOTTEN: _facts_of_forgotten,
    Verdict.EARLY: _facts_of_early,
    Verdict.CHECK_IN: _facts_of_check_in,
    Verdict.WALK_IN: _what_to_look_after,
    Verdict.FULL: _facts_of_full,
}
