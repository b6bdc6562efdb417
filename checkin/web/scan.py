"""What a poster's address shows, and what its one button does."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.database import db
from checkin.domain.days import minutes_between
from checkin.domain.errors import Conflict, Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.hours import TOLERANCE
from checkin.domain.plausibility import judge_beneficiaries
from checkin.domain.roles import Permission
from checkin.domain.scanning import REQUESTS, Candidate, Standing, Verdict
from checkin.models import Attendance, Person, Poster
from checkin.operations import hours, messages
from checkin.operations.attendance import Reading, Unsettled, derived_uid, look, record_scan
from checkin.operations.attendance.arrival import (
    asked_at,
    attendance_id_of,
    claimed_end,
    is_kept,
    poster_of_code,
    settle,
    wait,
)
from checkin.operations.attendance.situation import standing_of
from checkin.web import clock, errors, intent
from checkin.web.accounts.forms import MobileForm
from checkin.web.filters import isolate, time_short
from checkin.web.guard import public, requires
from checkin.web.i18n import current_prefs
from checkin.web.message_texts import text_of
from checkin.web.scan_forms import CheckOutForm, CodeForm, ForgottenForm

bp = Blueprint("scan", __name__)
errors.sentences(
    end_not_possible=_l("Choose a time after you checked in and before the shift was closed"),
)

_STATUS = {Verdict.UNKNOWN_CODE: 404, Verdict.OLD_POSTER: 410}
_PATIENT = {
    Verdict.SIGN_IN,
    Verdict.CHECK_IN,
    Verdict.WALK_IN,
    Verdict.FORGOTTEN,
    Verdict.OPEN_ELSEWHERE,
}
"""Verdicts for which the first touch is worth keeping; after any other a new touch counts."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page for this code has to say to this person."""

    verdict: Verdict
    poster: Poster | None
    person: Person | None
    now: datetime
    candidate: Candidate | None = None
    unsettled: Unsettled | None = None
    kept: intent.Intent | None = None


@bp.get("/s/<code>")
@bp.get("/S/<code>")
@public
def show(code: str) -> Any:
    """The verdict, and the button that goes with it; nothing is kept by looking."""
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        # a browser guessing ahead is no person at a poster; it asks again when one comes
        return Response(status=425)
    seen = _look(poster_of_code(code))
    if seen.verdict is Verdict.ALREADY_IN and "leaving" in request.args:
        return _check_out_page(hours.open_attendance(current_user.id), CheckOutForm(), seen.poster)
    return _page(seen)


@bp.post("/s/<code>")
@bp.post("/S/<code>")
@public
def create(code: str) -> Any:
    """Keep a scan; a receipt answers, or the page that says what became of it."""
    poster = poster_of_code(code)
    act = _ACTS.get(request.form.get("kind", ""))
    if poster is None or not current_user.is_authenticated:
        return redirect(url_for(".show", code=code), 303)
    if act is None:
        abort(400)
    try:
        return act(poster)
    except Conflict:
        intent.forget()
        attendance_id = attendance_id_of(current_user.id, _uid())
        return render_template("scan/reused.html", poster=poster, recorded=attendance_id), 409


@bp.post("/S/<code>/reminder")
@requires(Permission.OWN_ATTENDANCE)
def remind(code: str) -> Any:
    """A message when check-in opens, once however often it is asked for."""
    seen = _look(poster_of_code(code))
    if seen.verdict is Verdict.EARLY and seen.candidate and seen.person and seen.person.mobile:
        shift = hours.shift_of(seen.candidate.shift_id)
        try:
            messages.queue(
                f"opens:{shift.id}:{seen.person.id}",
                "check_in_opens",
                seen.person.mobile,
                {
                    "site_ar": shift.site.name_ar,
                    "site_en": shift.site.name_en,
                    "starts_at": shift.starts_at.isoformat(),
                    "zone": shift.site.zone,
                },
                language=current_prefs().lang,
                now=seen.now,
                due_at=seen.candidate.opens_at,
            )
        except Problem as problem:
            flash(errors.sentence(problem), "look")
        else:
            flash(_("We will send a message when check-in opens"), "done")
    return redirect(url_for(".show", code=code), 303)


@bp.post("/codes")
@public
def find() -> Any:
    """A code typed from paper leads where the picture would have led."""
    form = CodeForm()
    if form.validate_on_submit():
        return redirect(url_for(".show", code=form.poster.code), 303)
    return render_template("pages/home.html", form=form), 422


@text_of("check_in_opens")
def _check_in_opens(facts: Mapping[str, Any]) -> str:
    return _(
        "Check-in for your shift at %(site)s is open. The shift starts at %(time)s",
        site=isolate(facts[f"site_{current_prefs().lang}"]),
        time=time_short(datetime.fromisoformat(facts["starts_at"]), facts["zone"]),
    )


# --- looking -------------------------------------------------------------------------------


def _look(poster: Poster | None) -> Seen:
    """Judge at the first touch of the code; when that leads nowhere, as of now."""
    now, person = clock.now(), _person()
    judgement, _unsettled = look(poster, person, now)
    if poster is None or judgement.verdict in _STATUS:
        return Seen(judgement.verdict, poster, person, now)
    kept = intent.keep(poster)
    judgement, unsettled = look(poster, person, kept.touched_at)
    if judgement.verdict not in _PATIENT:
        kept = intent.renew(poster)
        judgement, unsettled = look(poster, person, kept.touched_at)
    return Seen(judgement.verdict, poster, person, now, judgement.shift, unsettled, kept)


def _person() -> Person | None:
    return db.session.get(Person, current_user.id) if current_user.is_authenticated else None


def _page(seen: Seen) -> Any:
    page = render_template(f"scan/{seen.verdict}.html", **_facts(seen))
    return page, _STATUS.get(seen.verdict, 200)


def _facts(seen: Seen) -> dict[str, Any]:
    """What every verdict's page may show, and what this one needs besides."""
    facts: dict[str, Any] = {
        "seen": seen,
        "poster": seen.poster,
        "site": seen.poster.site if seen.poster else None,
        "uid": seen.kept.uid_for(seen.verdict) if seen.kept else None,
        "shift": hours.shift_of(seen.candidate.shift_id) if seen.candidate else None,
    }
    if seen.verdict in REQUESTS and seen.poster and seen.person:
        facts["asked_at"] = asked_at(seen.person.id, seen.poster.id, seen.verdict, seen.now)
        facts["supervisor"] = hours.supervisor_of(seen.poster.site_id, seen.now)
    more = _MORE.get(seen.verdict)
    return facts | (more(seen) if more else {})


def _facts_of_open(seen: Seen) -> dict[str, Any]:
    return {"attendance": hours.open_attendance(current_user.id)}


def _facts_of_check_in(seen: Seen) -> dict[str, Any]:
    """Somebody who has been out is told so before coming back."""
    return {"before": hours.attendance_in(current_user.id, seen.candidate.shift_id)}


def _facts_of_stranger(seen: Seen) -> dict[str, Any]:
    return {"shift": hours.shift_at(seen.poster, seen.now), "form": MobileForm()}


def _facts_of_held(seen: Seen) -> dict[str, Any]:
    return {"without_guardian": standing_of(seen.person) is Standing.NO_GUARDIAN}


def _facts_of_full(seen: Seen) -> dict[str, Any]:
    return {"taken": hours.places_taken(seen.candidate.shift_id)}


def _facts_of_early(seen: Seen) -> dict[str, Any]:
    begun_minute = timedelta(seconds=59)
    return {"wait_minutes": minutes_between(seen.now, seen.candidate.opens_at + begun_minute)}


def _facts_of_forgotten(seen: Seen) -> dict[str, Any]:
    attendance = hours.attendance_of(current_user.id, seen.unsettled.attendance_id)
    return _forgotten_facts(attendance, ForgottenForm(), seen.now)


def _facts_of_check_out(seen: Seen) -> dict[str, Any]:
    attendance = hours.open_attendance(current_user.id)
    return _check_out_facts(attendance, CheckOutForm(), seen.now)


_MORE: dict[Verdict, Callable[[Seen], dict[str, Any]]] = {
    Verdict.SIGN_IN: _facts_of_stranger,
    Verdict.HELD: _facts_of_held,
    Verdict.ALREADY_IN: _facts_of_open,
    Verdict.CHECK_OUT: _facts_of_check_out,
    Verdict.OPEN_ELSEWHERE: _facts_of_open,
    Verdict.FORGOTTEN: _facts_of_forgotten,
    Verdict.EARLY: _facts_of_early,
    Verdict.CHECK_IN: _facts_of_check_in,
    Verdict.FULL: _facts_of_full,
}


# --- acting --------------------------------------------------------------------------------


def _check_in(poster: Poster) -> Any:
    reading = _reading(poster, _uid(), Kind.IN, joins=_ticked("joins"), moves=_ticked("moves"))
    keep = wait if _ticked("waits") else record_scan
    answer = keep(reading, now=clock.now())
    intent.forget()
    if answer.attendance_id is None:
        return redirect(url_for(".show", code=poster.code), 303)
    again = 1 if answer.verdict is Verdict.ALREADY_IN else None
    return _to_receipt(answer.attendance_id, answer.verdict, again=again)


def _check_out(poster: Poster) -> Any:
    uid, form = _uid(), CheckOutForm()
    attendance = _named_attendance()
    if attendance.state != "open" and not is_kept(current_user.id, uid):
        # another device was faster: its receipt is the answer, and nothing is counted twice
        return _to_receipt(attendance.id, None)
    if "edit" in request.form or not form.validate():
        return _check_out_page(attendance, form, poster)
    odd = _oddness(attendance, form)
    if odd != "ok" and not form.confirmed.data:
        return _check_out_page(attendance, form, poster, "scan/odd_count.html", odd=odd)
    reading = _reading(
        poster,
        uid,
        Kind.OUT,
        shift_id=attendance.shift_id,
        beneficiaries=form.count if _asks_count(attendance) else None,
        reason=form.left_because,
    )
    attendance_id = attendance.id
    answer = record_scan(reading, now=clock.now())
    intent.forget()
    return _to_receipt(attendance_id, answer.verdict)


def _settle(poster: Poster) -> Any:
    uid, said, form = _uid(), request.form.get("ended"), ForgottenForm()
    attendance = _named_attendance()
    try:
        at = None if said == "unknown" else _claimed(attendance, said, form)
    except Problem as problem:
        form.time.errors = [errors.sentence(problem)]
        facts = _forgotten_facts(attendance, form, clock.now())
        page = render_template("scan/forgotten.html", poster=poster, uid=uid, **facts)
        return page, 422
    ending = _reading(
        poster,
        uid,
        Kind.OUT if at else Kind.FORGOT,
        shift_id=attendance.shift_id,
        at=at,
        carrier="claim",
        evidence=Evidence.CLAIMED,
    )
    arriving = _reading(poster, derived_uid(uid, "arrive"), Kind.IN)
    answer = settle(ending, arriving, now=clock.now())
    flash(_("The supervisor will check this time"), "info")
    if answer is None or answer.attendance_id is None:
        return redirect(url_for(".show", code=poster.code), 303)
    intent.forget()
    return _to_receipt(answer.attendance_id, answer.verdict)


_ACTS = {"in": _check_in, "out": _check_out, "end": _settle}


def _forgotten_facts(attendance: Attendance, form: ForgottenForm, now: datetime) -> dict[str, Any]:
    planned = claimed_end(attendance, None, attendance.shift.site.zone, now)
    return {"attendance": attendance, "planned_end": planned, "form": form}


def _claimed(attendance: Attendance, said: str | None, form: ForgottenForm) -> datetime:
    zone = attendance.shift.site.zone
    if said == "planned":
        return claimed_end(attendance, None, zone, clock.now())
    if not form.validate() or form.time.data is None:
        raise Problem("end_not_possible")
    return claimed_end(attendance, form.time.data, zone, clock.now())


def _reading(poster: Poster, uid: str, kind: Kind, **facts: Any) -> Reading:
    kept = intent.current()
    return Reading(
        uid=uid,
        kind=kind,
        volunteer_id=current_user.id,
        poster_id=poster.id,
        touched_at=kept.touched_at if kept and kept.code == poster.code else None,
        device_id=current_user.device.device_id,
        **facts,
    )


def _uid() -> str:
    """The scan's id was made with the page; without one an act could happen twice."""
    try:
        return str(uuid.UUID(request.form.get("scan_uid", "")))
    except ValueError:
        abort(400)


def _ticked(name: str) -> bool:
    return request.form.get(name) == "1"


def _named_attendance() -> Attendance:
    return hours.attendance_at(current_user.id, request.form.get("shift_id", 0, type=int))


def _to_receipt(attendance_id: int, verdict: Verdict | None, **args: Any) -> Any:
    if verdict is Verdict.LATE_AFTER_DECISION:
        flash(_("The supervisor has already decided about this shift. Your scan is kept"), "look")
    return redirect(url_for("attendances.show", attendance_id=attendance_id, **args), 303)


# --- checking out --------------------------------------------------------------------------


def _check_out_page(
    attendance: Attendance,
    form: CheckOutForm,
    poster: Poster | None,
    template: str = "scan/check_out.html",
    **more: Any,
) -> Any:
    kept = intent.keep(poster) if poster else None
    uid = request.form.get("scan_uid") or (kept.uid_for(Verdict.CHECK_OUT) if kept else "")
    facts = _check_out_facts(attendance, form, clock.now())
    page = render_template(template, poster=poster, site=poster.site, uid=uid, **facts, **more)
    return page, 422 if form.errors else 200


def _check_out_facts(attendance: Attendance, form: CheckOutForm, now: datetime) -> dict[str, Any]:
    shift = attendance.shift
    return {
        "attendance": attendance,
        "shift": shift,
        "form": form,
        "minutes": minutes_between(attendance.in_at, now),
        "asks_count": _asks_count(attendance),
        "leaves_early": now < shift.ends_at - TOLERANCE,
    }


def _asks_count(attendance: Attendance) -> bool:
    service = attendance.shift.opportunity.service
    return service is not None and service.counted_by == "volunteer"


def _oddness(attendance: Attendance, form: CheckOutForm) -> str:
    """Outside what the service finds plausible: asked once more, never refused."""
    if form.count is None or not _asks_count(attendance):
        return "ok"
    service = attendance.shift.opportunity.service
    minutes = minutes_between(attendance.in_at, clock.now())
    return judge_beneficiaries(form.count, minutes, service.low_per_hour, service.high_per_hour)
