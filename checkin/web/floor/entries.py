"""Checking in by hand, answering requests, and taking an entry back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.domain.scanning import REQUESTS, Verdict
from checkin.models import Scan, Shift, Site
from checkin.operations import floor, manual
from checkin.operations.attendance import derived_uid
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.filters import date_short, plain_label, time_range
from checkin.web.floor.answering import entered, mark, to_floor
from checkin.web.floor.blueprint import bp, site_within
from checkin.web.floor.choosing import meant, near
from checkin.web.floor.forms import CheckInForm
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
    if "person" not in request.form:  # Enter in a field of the form: what it says is kept
        mark(form, Problem("person_missing"))
        return _search_page(site, shifts, form, typed), 422
    person_id, named = _pressed(request.form.get("person"))
    shift_id = form.shift.data or _among(named, shifts) or _shift_for(person_id, shifts, now)
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
        mark(form, problem)
        return _search_page(site, _shifts(site, now), form, typed), 422
    return entered(site, answer)


@bp.post("/floor/<int:site_id>/requests/<int:scan_id>")
@requires(ENTER)
def answer_request(site_id: int, scan_id: int):
    """Check in somebody whose scan was kept, from the moment they scanned."""
    site, now = site_within(site_id, ENTER), clock.now()
    asked = _request(site, scan_id)
    try:
        answer = manual.check_in(_granted(asked, _shifts(site, now)), by=current_user.id, now=now)
    except NotFound:
        flash(_("No shift is running here. Choose the shift and check in by hand"), "look")
        return to_floor(site)
    except Problem as problem:
        flash(sentence(problem), "look")
        return to_floor(site)
    return entered(site, answer)


@bp.post("/floor/<int:site_id>/requests/<int:scan_id>/refusal")
@requires(ENTER)
def decline_request(site_id: int, scan_id: int):
    """Take a request off the board without checking anybody in."""
    site, now = site_within(site_id, ENTER), clock.now()
    floor.decline(_request(site, scan_id).id, by=current_user.id, now=now)
    flash(_("Request declined. Checking in by hand is still possible"), "info")
    return to_floor(site)


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
    return to_floor(site)


# --- what they share -----------------------------------------------------------------------


def _shifts(site: Site, now: datetime) -> Sequence[Shift]:
    """Today's shifts that people can be entered into."""
    shifts = floor.shifts_at(site, current_user.reach(ENTER), now)
    return [shift for shift in shifts if shift.cancelled_at is None]


def _choices(shifts: Sequence[Shift]) -> list[SelectChoice]:
    automatic = SelectChoice(0, _("The one beside the name"))
    return [automatic, *(SelectChoice(shift.id, _shift_words(shift)) for shift in shifts)]


def _shift_words(shift: Shift) -> str:
    zone = shift.site.zone
    times = time_range(shift.starts_at, shift.ends_at, zone)
    return f"{plain_label(shift.opportunity)} · {date_short(shift.starts_at, zone)} · {times}"


def _shift_for(person_id: int, shifts: Sequence[Shift], at: datetime) -> int:
    """Where somebody is expected, else the last that began to run, else the next one, else 0."""
    own = manual.expected_on([person_id], [shift.id for shift in shifts])
    there = meant(own.get(person_id, ()), shifts, at)
    return there[-1].id if there else 0


def _granted(asked: Scan, shifts: Sequence[Shift]) -> manual.Entry:
    """What a request becomes in the shift that was pressed; NotFound when it is not here now."""
    chosen = _among(_number(request.form.get("shift", "0")), shifts)
    return manual.Entry(
        derived_uid(asked.scan_uid, f"by {current_user.id}"),
        asked.volunteer_id,
        chosen or _shift_for(asked.volunteer_id, shifts, asked.effective_at),
        "cannot_scan",
        at=asked.effective_at,
    )


def _request(site: Site, scan_id: int) -> Scan:
    asked = db.session.get(Scan, scan_id)
    if asked is None or asked.site_id != site.id or asked.verdict not in REQUESTS:
        raise NotFound("request")
    return asked


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was searched for, the shift that a press checks in to, and what is known."""

    person: Any
    shift: Shift | None
    expected: bool
    came: manual.Came | None


def _found(typed: str, shifts: Sequence[Shift], now: datetime) -> list[Found]:
    of = {shift.id: shift for shift in shifts}
    people = manual.find(typed, list(of))
    ids = [person.id for person in people]
    # where all are over they can still be entered at a stated time, where they were expected
    there = [shift.id for shift in near(shifts, now)] or of
    own, came = manual.expected_on(ids, there), manual.came_to(ids, of, now)
    walking_in = next(reversed(meant((), shifts, now)), None)
    return [
        Found(
            person,
            of[own[person.id][0]] if person.id in own else walking_in,
            person.id in own,
            came.get(person.id),
        )
        for person in people
    ]


def _search_page(site: Site, shifts: Sequence[Shift], form: CheckInForm, typed: str) -> str:
    form.shift.choices = _choices(shifts)
    return render_template(
        "floor/new.html",
        site=site,
        form=form,
        typed=typed[:80],
        shifts=shifts,
        found=_found(typed[:80], shifts, clock.now()),
    )


def _pressed(text: str | None) -> tuple[int, int]:
    """Who was tapped, and the shift beside the name, or 0."""
    person, _dash, shift = (text or "").partition("-")
    return _number(person), _number(shift or "0")


def _among(shift_id: int, shifts: Sequence[Shift]) -> int:
    """The same shift, which has to be one of these; 0 stays 0."""
    if shift_id and shift_id not in {shift.id for shift in shifts}:
        raise NotFound("shift")
    return shift_id


def _number(text: str | None) -> int:
    """An id from a form; what cannot be one is not there."""
    if text is None or not text.isdecimal() or len(text) > 18:
        raise NotFound("person")
    return int(text)
