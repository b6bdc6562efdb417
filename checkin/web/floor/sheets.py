"""One person on the floor: check out, correct a time, move, note, call, and what stands behind.

The same part is a page of its own and lies over the board's edge where scripts run.
"""

import uuid
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload
from wtforms.fields.choices import SelectChoice

from checkin.database import db
from checkin.domain.days import local_time
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.fold import Kind
from checkin.domain.roles import Permission
from checkin.models import Attendance, Opportunity, Shift, Site
from checkin.models.attendance import DECIDED
from checkin.operations import approvals, correcting, manual, notes, welfare
from checkin.operations.approvals.four_eyes import enterers
from checkin.operations.permissions import attendances_within
from checkin.operations.returned import returned_to
from checkin.web import clock, record_words
from checkin.web.errors import sentence
from checkin.web.filters import time_short
from checkin.web.floor.answering import entered, mark
from checkin.web.floor.blueprint import bp, site_within
from checkin.web.floor.forms import CheckOutForm, CorrectForm, MoveForm, NoteForm, nearest
from checkin.web.floor.times import bar, choices_for, ends_spoken
from checkin.web.guard import requires

ENTER = Permission.ENTER_ATTENDANCE


@bp.get("/floor/<int:site_id>/attendances/<int:attendance_id>")
@requires(ENTER)
def person(site_id: int, attendance_id: int):
    """Everything about one person here; laid over the board only the part that goes there."""
    site = site_within(site_id, ENTER)
    attendance = _attendance(site, attendance_id)
    if "HX-Request" in request.headers:
        return render_template("floor/_sheet.html", laid_over=True, **_facts(site, attendance))
    return _page(site, attendance)


@bp.post("/floor/<int:site_id>/attendances/<int:attendance_id>/check-out")
@requires(ENTER)
def check_out(site_id: int, attendance_id: int):
    """Check out by hand, now or at a stated time, with the people served."""
    site, now = site_within(site_id, ENTER), clock.now()
    attendance, form = _attendance(site, attendance_id), CheckOutForm()
    if not form.validate_on_submit():
        return _page(site, attendance, leaving=form), 422
    entry = manual.Entry(
        form.uid.data or str(uuid.uuid4()),
        attendance.volunteer_id,
        attendance.shift_id,
        form.reason.data,
        form.words.data or "",
        _left_at(form, attendance, site, now),
        form.count,
    )
    try:
        answer = manual.check_out(entry, by=current_user.id, now=now, row_version=form.row_version)
    except Problem as problem:
        return _refused(site, attendance, problem, leaving=form)
    return entered(site, answer)


@bp.post("/floor/<int:site_id>/attendances/<int:attendance_id>/corrections")
@requires(ENTER)
def correct(site_id: int, attendance_id: int):
    """Let a check-in or check-out count from the time that was pressed or typed."""
    site, now = site_within(site_id, ENTER), clock.now()
    attendance, form = _attendance(site, attendance_id), CorrectForm(prefix="correcting")
    if not form.validate_on_submit():
        return _page(site, attendance, correcting=form), 422
    try:
        told = _correction(form, attendance, site, now)
        correcting.correct(told, by=current_user.id, now=now)
    except Problem as problem:
        return _refused(site, attendance, problem, correcting=form)
    at = time_short(told.at, site.zone)
    if told.kind is Kind.IN:
        flash(_("Check-in corrected to %(time)s", time=at), "done")
    else:
        flash(_("Check-out corrected to %(time)s", time=at), "done")
    return _to_person(site, attendance)


@bp.post("/floor/<int:site_id>/attendances/<int:attendance_id>/moves")
@requires(ENTER)
def move(site_id: int, attendance_id: int):
    """Out here and in there at one instant; there is another shift within this person's reach."""
    site, now = site_within(site_id, ENTER), clock.now()
    attendance, form = _attendance(site, attendance_id), MoveForm(prefix="moving")
    shift = _chosen(attendance, now)
    if shift is None:
        problem = Problem("not_running" if "shift" in request.form else "target_missing")
        return _refused(site, attendance, problem, moving=form)
    entry = manual.Entry(
        form.uid.data or str(uuid.uuid4()),
        attendance.volunteer_id,
        shift.id,
        form.reason.data or "",
        form.words.data or "",
    )
    version = form.row_version or 0
    try:
        answer = manual.move(entry, attendance.id, version, by=current_user.id, now=now)
    except Problem as problem:
        return _refused(site, attendance, problem, moving=form)
    return entered(shift.site, answer)


@bp.post("/floor/<int:site_id>/attendances/<int:attendance_id>/notes")
@requires(ENTER)
def note(site_id: int, attendance_id: int):
    """Keep a supervisor's words with the record."""
    site, now = site_within(site_id, ENTER), clock.now()
    attendance, form = _attendance(site, attendance_id), NoteForm(prefix="noting")
    uid = form.uid.data or str(uuid.uuid4())
    try:
        notes.note(attendance.id, form.words.data or "", uid, by=current_user.id, now=now)
    except Problem as problem:
        return _refused(site, attendance, problem, noting=form)
    flash(_("The note was kept"), "done")
    return _to_person(site, attendance)


# --- what was sent -------------------------------------------------------------------------


def _attendance(site: Site, attendance_id: int) -> Attendance:
    attendance = db.session.scalar(
        attendances_within(current_user.reach(ENTER))
        .where(Attendance.id == attendance_id, Attendance.site_id == site.id)
        .options(
            joinedload(Attendance.volunteer),
            joinedload(Attendance.shift)
            .joinedload(Shift.opportunity)
            .joinedload(Opportunity.service),
            joinedload(Attendance.shift).joinedload(Shift.lane),
        )
        .execution_options(populate_existing=True)
    )
    if attendance is None:
        raise NotFound("attendance")
    return attendance


def _left_at(
    form: CheckOutForm, attendance: Attendance, site: Site, now: datetime
) -> datetime | None:
    """Of a forgotten check-out the time closest to its proposed end; else the latest past one."""
    if form.at.data is not None and attendance.proposed_out_at is not None:
        return nearest(form.at.data, attendance.proposed_out_at, site.zone)
    return form.instant(site.zone, now)


def _correction(
    form: CorrectForm, attendance: Attendance, site: Site, now: datetime
) -> correcting.Correction:
    """The end and the instant of the button that was pressed, else those chosen and typed."""
    pressed, _dot, instant = request.form.get("to", "").partition("@")
    kind, stint = _end(pressed or form.end.data or "")
    if instant:
        at = _instant(instant)
    else:
        ends = correcting.ends_of(attendance, attendance.shift, now)
        shown = next((one.at for one in ends if (one.kind, one.stint) == (kind, stint)), None)
        if shown is None:
            raise Conflict("changed")
        if form.at.data is None:
            raise Problem("time_missing")
        at = nearest(form.at.data, shown, site.zone)
    return correcting.Correction(
        form.uid.data or str(uuid.uuid4()),
        attendance.id,
        form.row_version or 0,
        kind,
        stint,
        at,
        form.reason.data or "",
        form.words.data or "",
    )


def _end(named: str) -> tuple[Kind, int]:
    """`in-0`: the check-in of the first stint. What a page never wrote changed on the way."""
    kind, _dash, stint = named.partition("-")
    if kind not in (Kind.IN, Kind.OUT) or not stint.isdecimal() or len(stint) > 3:
        raise Problem("end_missing")
    return Kind(kind), int(stint)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("time_missing") from None
    if at.tzinfo is None:
        raise Problem("time_missing")
    return at


def _chosen(attendance: Attendance, now: datetime) -> Shift | None:
    offered = manual.running(current_user.reach(ENTER), now, attendance.shift_id)
    return next((one for one in offered if str(one.id) == request.form.get("shift")), None)


# --- what is shown -------------------------------------------------------------------------


def _refused(site: Site, attendance: Attendance, problem: Problem, **forms: Any) -> Any:
    """The record as it is now, with everything that was typed, and why nothing was done."""
    fresh = _attendance(site, attendance.id)
    if isinstance(problem, NotFound) and fresh.volunteer.erased_at is None:
        raise problem
    if isinstance(problem, Conflict | NotFound):
        said = sentence(Conflict("changed"))
        return _page(site, fresh, changed=said, **forms), 409
    (form,) = forms.values()
    mark(form, _spoken(problem, site))
    return _page(site, fresh, **forms), 422


def _spoken(problem: Problem, site: Site) -> Problem:
    """Its instants as times of day at this site."""
    facts = {
        name: time_short(fact, site.zone) if isinstance(fact, datetime) else fact
        for name, fact in problem.facts.items()
    }
    if isinstance(problem, NotFound):
        return problem
    return Problem(problem.code, **facts)


def _to_person(site: Site, attendance: Attendance) -> Any:
    address = url_for("floor.person", site_id=site.id, attendance_id=attendance.id)
    return redirect(address, 303)


def _page(site: Site, attendance: Attendance, **more: Any) -> str:
    form = next((more[name] for name in _FORMS if name in more), None)
    return render_template("floor/person.html", form=form, **_facts(site, attendance, **more))


_FORMS = ("leaving", "correcting", "moving", "noting")


def _facts(site: Site, attendance: Attendance, changed: str = "", **filled: Any) -> dict[str, Any]:
    now, shift = clock.now(), attendance.shift
    own = attendance.volunteer.whose_id == current_user.id
    may_act = not own and attendance.volunteer.erased_at is None
    undecided = attendance.state not in (*DECIDED, "cancelled")
    ends = correcting.ends_of(attendance, shift, now) if may_act else []
    is_open = attendance.state == "open"
    return {
        "site": site,
        "zone": site.zone,
        "now": now,
        "attendance": attendance,
        "shift": shift,
        "changed": changed,
        "own": own,
        "back_at": returned_to([attendance.id], now).get(attendance.id)
        if attendance.is_decided
        else None,
        "may_act": may_act,
        "may_leave": may_act and attendance.state in ("open", "unclosed"),
        "asks_count": _asks_count(shift),
        "entered_by_me": undecided and _entered_by_me(attendance),
        "ends": [(end, choices_for(end, shift, site.zone)) for end in ends],
        "elsewhere": manual.running(current_user.reach(ENTER), now, shift.id)
        if may_act and is_open
        else [],
        "concerns": welfare.concerns([attendance.id], now)[attendance.id],
        "may_allow": current_user.may(Permission.ALLOW_CONCERNS),
        "notes": notes.notes_of([attendance.id]).get(attendance.id, []),
        "scans": approvals.scans_of(attendance),
        "told_already": (),
        "bar": bar(attendance, shift, now),
        "words": record_words,
        "filled": set(filled),
        **_forms(attendance, site, ends, **filled),
    }


def _entered_by_me(attendance: Attendance) -> bool:
    volunteer_id = attendance.volunteer_id
    return current_user.id in enterers(attendance.shift_id, [volunteer_id])[volunteer_id]


def _asks_count(shift: Shift) -> bool:
    service = shift.opportunity.service
    return service is not None and service.counted_by == "volunteer"


def _forms(
    attendance: Attendance, site: Site, ends: list[correcting.End], **filled: Any
) -> dict[str, Any]:
    """The forms as they were sent, or fresh; each acts on the record that is shown now."""
    fresh = {"formdata": None, "uid": str(uuid.uuid4()), "version": attendance.row_version}
    forms = {
        "leaving": lambda: CheckOutForm(**fresh, at=_proposed(attendance, site)),
        "correcting": lambda: CorrectForm(prefix="correcting", **fresh),
        "moving": lambda: MoveForm(prefix="moving", **fresh),
        "noting": lambda: NoteForm(prefix="noting", **fresh),
    }
    found = {name: filled.get(name) or make() for name, make in forms.items()}
    for form in found.values():
        form.version.data = attendance.row_version
    found["correcting"].end.choices = [
        SelectChoice(f"{end.kind}-{end.stint}", said) for end, said in ends_spoken(ends, site.zone)
    ]
    return found


def _proposed(attendance: Attendance, site: Site) -> Any:
    """A forgotten check-out is recorded at its proposed end unless somebody knows better."""
    if attendance.state != "unclosed" or attendance.proposed_out_at is None:
        return None
    return local_time(attendance.proposed_out_at, site.zone).time()
