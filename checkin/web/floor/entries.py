"""Checking in and out by hand, answering requests, and taking an entry back."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload
from wtforms.fields.choices import SelectChoice

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.domain.scanning import REQUESTS, Verdict
from checkin.models import Attendance, Opportunity, Scan, Shift, Site
from checkin.operations import floor, manual
from checkin.operations.attendance import Answer, derived_uid
from checkin.operations.permissions import attendances_within
from checkin.web import clock, record_words
from checkin.web.errors import sentence
from checkin.web.filters import date_short, plain_label, time_range, time_short
from checkin.web.floor.blueprint import bp, site_within
from checkin.web.floor.forms import CheckInForm, CheckOutForm, EntryForm
from checkin.web.guard import requires

ENTER = Permission.ENTER_ATTENDANCE


@bp.get("/floor/<int:site_id>/check-ins/new")
@requires(ENTER)
def new(site_id: int):
    """Find somebody, expected ones first; tapping a name checks in."""
    site, now = site_within(site_id, ENTER), clock.now()
    shifts = _shifts(site, now)
    form = CheckInForm(formdata=None, uid=str(uuid.uuid4()), shift=0)
    return _search_page(site, shifts, form, request.args.get("q", ""))


@bp.post("/floor/<int:site_id>/check-ins")
@requires(ENTER)
def create(site_id: int):
    """Check in the person whose name was tapped, with the reason that was chosen."""
    site, now = site_within(site_id, ENTER), clock.now()
    shifts, form = _shifts(site, now), CheckInForm()
    form.shift.choices = _choices(shifts)
    typed = request.form.get("q", "")
    if not form.validate_on_submit():
        return _search_page(site, shifts, form, typed), 422
    person_id = _number(request.form.get("person"))
    shift_id = form.shift.data or _shift_for(person_id, shifts, now)
    entry = manual.Entry(
        form.uid.data or str(uuid.uuid4()),
        person_id,
        shift_id,
        form.reason.data,
        form.words.data or "",
        form.instant(site.zone, now),
    )
    try:
        answer = manual.check_in(entry, by=current_user.id, now=now)
    except Problem as problem:
        _mark(form, problem)
        return _search_page(site, _shifts(site, now), form, typed), 422
    return _entered(site, answer)


@bp.post("/floor/<int:site_id>/requests/<int:scan_id>")
@requires(ENTER)
def answer_request(site_id: int, scan_id: int):
    """Check in somebody whose scan was kept, from the moment they scanned."""
    site, now = site_within(site_id, ENTER), clock.now()
    asked = _request(site, scan_id)
    shifts = _shifts(site, now)
    entry = manual.Entry(
        derived_uid(asked.scan_uid, f"by {current_user.id}"),
        asked.volunteer_id,
        _shift_for(asked.volunteer_id, shifts, asked.effective_at),
        "cannot_scan",
        at=asked.effective_at,
    )
    try:
        answer = manual.check_in(entry, by=current_user.id, now=now)
    except NotFound:
        flash(_("No shift is running here. Choose the shift and check in by hand"), "look")
        return _to_floor(site)
    except Problem as problem:
        flash(sentence(problem), "look")
        return _to_floor(site)
    return _entered(site, answer)


@bp.post("/floor/<int:site_id>/requests/<int:scan_id>/refusal")
@requires(ENTER)
def decline_request(site_id: int, scan_id: int):
    """Take a request off the board without checking anybody in."""
    site, now = site_within(site_id, ENTER), clock.now()
    floor.decline(_request(site, scan_id).id, by=current_user.id, now=now)
    flash(_("Request declined. Checking in by hand is still possible"), "info")
    return _to_floor(site)


@bp.get("/floor/<int:site_id>/attendances/<int:attendance_id>")
@requires(ENTER)
def person(site_id: int, attendance_id: int):
    """One person on the floor: since when, and the form to check out."""
    site = site_within(site_id, ENTER)
    form = CheckOutForm(formdata=None, uid=str(uuid.uuid4()))
    return _person_page(site, _attendance(site, attendance_id), form)


@bp.post("/floor/<int:site_id>/attendances/<int:attendance_id>/check-out")
@requires(ENTER)
def check_out(site_id: int, attendance_id: int):
    """Check out by hand, now or at a stated time, with the people served."""
    site, now = site_within(site_id, ENTER), clock.now()
    attendance, form = _attendance(site, attendance_id), CheckOutForm()
    if not form.validate_on_submit():
        return _person_page(site, attendance, form), 422
    entry = manual.Entry(
        form.uid.data or str(uuid.uuid4()),
        attendance.volunteer_id,
        attendance.shift_id,
        form.reason.data,
        form.words.data or "",
        form.instant(site.zone, now),
        form.count,
    )
    try:
        answer = manual.check_out(entry, by=current_user.id, now=now)
    except Problem as problem:
        _mark(form, problem)
        return _person_page(site, _attendance(site, attendance_id), form), 422
    return _entered(site, answer)


@bp.post("/floor/<int:site_id>/withdrawals")
@requires(ENTER)
def take_back(site_id: int):
    """Undo one's own entry within ten minutes."""
    site, now = site_within(site_id, ENTER), clock.now()
    undoes = request.form.get("entry", "")
    volunteer_id = _number(request.form.get("person"))
    uid = derived_uid(undoes, "undo")
    answer = manual.undo(uid, volunteer_id, undoes, by=current_user.id, now=now)
    if answer.verdict is Verdict.UNDONE:
        flash(_("The entry was taken back"), "info")
    else:
        flash(_("It is too late to undo. Correct the record when approving"), "look")
    return _to_floor(site)


# --- what they share -----------------------------------------------------------------------


def _shifts(site: Site, now: datetime) -> Sequence[Shift]:
    """Today's shifts that people can be entered into."""
    shifts = floor.shifts_at(site, current_user.reach(ENTER), now)
    return [shift for shift in shifts if shift.cancelled_at is None]


def _choices(shifts: Sequence[Shift]) -> list[SelectChoice]:
    automatic = SelectChoice(0, _("The one they are expected on, or the one running now"))
    return [automatic, *(SelectChoice(shift.id, _shift_words(shift)) for shift in shifts)]


def _shift_words(shift: Shift) -> str:
    zone = shift.site.zone
    times = time_range(shift.starts_at, shift.ends_at, zone)
    return f"{plain_label(shift.opportunity)} · {date_short(shift.starts_at, zone)} · {times}"


def _shift_for(person_id: int, shifts: Sequence[Shift], at: datetime) -> int:
    """Where somebody is expected, else the shift running then, else the next one."""
    near = [shift for shift in shifts if at < shift.ends_at]
    expected = manual.expected_on(person_id, [shift.id for shift in near])
    if expected is not None:
        return expected
    running = [shift for shift in near if shift.starts_at <= at]
    meant = max(running, key=_start) if running else min(near, key=_start, default=None)
    return meant.id if meant else 0


def _start(shift: Shift) -> tuple[datetime, int]:
    return shift.starts_at, shift.id


def _request(site: Site, scan_id: int) -> Scan:
    asked = db.session.get(Scan, scan_id)
    if asked is None or asked.site_id != site.id or asked.verdict not in REQUESTS:
        raise NotFound("request")
    return asked


def _attendance(site: Site, attendance_id: int) -> Attendance:
    attendance = db.session.scalar(
        attendances_within(current_user.reach(ENTER))
        .where(Attendance.id == attendance_id, Attendance.site_id == site.id)
        .options(
            joinedload(Attendance.volunteer),
            joinedload(Attendance.shift)
            .joinedload(Shift.opportunity)
            .joinedload(Opportunity.service),
        )
    )
    if attendance is None:
        raise NotFound("attendance")
    return attendance


def _search_page(site: Site, shifts: Sequence[Shift], form: CheckInForm, typed: str) -> str:
    form.shift.choices = _choices(shifts)
    return render_template(
        "floor/new.html",
        site=site,
        form=form,
        typed=typed[:80],
        shifts={shift.id: shift for shift in shifts},
        found=manual.find(typed[:80], [shift.id for shift in shifts]),
    )


def _person_page(site: Site, attendance: Attendance, form: CheckOutForm) -> str:
    service = attendance.shift.opportunity.service
    return render_template(
        "floor/person.html",
        site=site,
        attendance=attendance,
        shift=attendance.shift,
        form=form,
        asks_count=service is not None and service.counted_by == "volunteer",
        may_leave=attendance.state in ("open", "unclosed", "closed"),
        words=record_words,
    )


def _mark(form: EntryForm, problem: Problem) -> None:
    """Say it beside the field that can put it right; the rest stands at the reason."""
    if isinstance(problem, NotFound):
        raise problem
    field = {"time_outside_shift": form.at, "why_missing": form.words}.get(
        problem.code, form.reason
    )
    field.errors = [*field.errors, sentence(problem)]


def _entered(site: Site, answer: Answer) -> Any:
    """Back to the floor, where the entry is named and can be taken back."""
    if answer.verdict in (Verdict.CHECKED_IN, Verdict.CHECKED_OUT):
        return _to_floor(site, entered=answer.uid)
    if answer.verdict is Verdict.ALREADY_IN:
        at = time_short(answer.effective_at, site.zone)
        flash(_("Already checked in. The time %(time)s was noted as well", time=at), "info")
    else:
        flash(_("The entry was noted for review; it did not change the record"), "look")
    return _to_floor(site)


def _to_floor(site: Site, **query: str) -> Any:
    return redirect(url_for("floor.show", site_id=site.id, **query), 303)


def _number(text: str | None) -> int:
    """An id from a form; what cannot be one is not there."""
    if text is None or not text.isdecimal() or len(text) > 18:
        raise NotFound("person")
    return int(text)
