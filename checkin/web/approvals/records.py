"""One record: its time line, the scans behind it, and every decision that can be made about it."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Attendance, Shift
from checkin.operations import approvals
from checkin.operations.permissions import attendances_within
from checkin.web import clock
from checkin.web.approvals.answers import Told, done, told_why
from checkin.web.approvals.blueprint import bp
from checkin.web.approvals.forms import AdjustForm, AskForm, RejectForm, VersionedForm, WordsForm
from checkin.web.approvals.looking import page_of
from checkin.web.approvals.wording import approved, proposed
from checkin.web.errors import sentence
from checkin.web.filters import duration, isolate
from checkin.web.guard import requires


@bp.get("/attendances/<int:attendance_id>/review")
@requires(Permission.DECIDE)
def review(attendance_id: int):
    """Everything about one record, and the forms to decide about it."""
    return _page(_attendance(attendance_id))


@bp.post("/attendances/<int:attendance_id>/approval")
@requires(Permission.DECIDE)
def approve(attendance_id: int):
    """Let the suggested minutes count."""
    return _press(_attendance(attendance_id), approvals.approve)


@bp.post("/attendances/<int:attendance_id>/confirmation")
@requires(Permission.DECIDE)
def confirm(attendance_id: int):
    """Be the second person for a large adjustment."""
    return _press(_attendance(attendance_id), approvals.confirm)


@bp.post("/attendances/<int:attendance_id>/withdrawal")
@requires(Permission.DECIDE)
def withdraw_one(attendance_id: int):
    """Undo the decision about one record."""
    attendance, form = _attendance(attendance_id), VersionedForm()
    try:
        approvals.withdraw(attendance.id, form.row_version, by=current_user.id, now=clock.now())
    except Problem as problem:
        return told_why(attendance, problem)
    return done(attendance, Told(_("The decision was undone")))


@bp.post("/attendances/<int:attendance_id>/adjustment")
@requires(Permission.DECIDE)
def adjust(attendance_id: int):
    """Let other minutes count, for a reason; a large step waits for a second person."""
    attendance, form = _attendance(attendance_id), AdjustForm()
    if not form.validate_on_submit():
        return _page(attendance, adjusting=form), 422
    worked = _worked(attendance, form) if form.is_by_times else None
    minutes = worked.minutes if worked else form.total_minutes
    try:
        state = approvals.adjust(
            attendance.id,
            form.row_version,
            minutes=minutes,
            beneficiaries=form.count,
            reason=form.reason.data or "",
            words=form.words.data or "",
            worked=worked,
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        return _refused(attendance, problem, form, _beside(form), adjusting=form)
    if state == "proposed":
        text = proposed(attendance.shift, minutes)
    else:
        of_hours = _("Approved with %(duration)s", duration=duration(minutes))
        text = approved(attendance.shift, isolate(attendance.volunteer.name), of_hours)
    return done(attendance, Told(text, may_undo=True))


@bp.post("/attendances/<int:attendance_id>/question")
@requires(Permission.DECIDE)
def ask(attendance_id: int):
    """Return the record to the volunteer with a question."""
    attendance = _attendance(attendance_id)
    return _worded(attendance, approvals.ask, "asking", _("The question was sent"))


@bp.post("/attendances/<int:attendance_id>/rejection")
@requires(Permission.DECIDE)
def reject(attendance_id: int):
    """Let nothing count, for a reason the volunteer sees."""
    attendance, form = _attendance(attendance_id), RejectForm(prefix="rejecting")
    try:
        approvals.reject(
            attendance.id,
            form.row_version,
            reason=form.reason.data or "",
            words=form.words.data or "",
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        return _refused(attendance, problem, form, {"why_missing": form.reason}, rejecting=form)
    name = isolate(attendance.volunteer.name)
    return done(attendance, Told(_("%(name)s’s record was rejected", name=name), may_undo=True))


@bp.post("/attendances/<int:attendance_id>/refusal")
@requires(Permission.DECIDE)
def refuse(attendance_id: int):
    """Say no to a proposed adjustment."""
    attendance = _attendance(attendance_id)
    return _worded(attendance, approvals.refuse, "refusing", _("The adjustment was refused"))


@bp.post("/attendances/<int:attendance_id>/reopening")
@requires(Permission.REOPEN)
def reopen(attendance_id: int):
    """Open a decided record again."""
    attendance = _attendance(attendance_id, Permission.REOPEN)
    return _worded(attendance, approvals.reopen, "reopening", _("The record was reopened"))


@bp.post("/attendances/<int:attendance_id>/annulment")
@requires(Permission.REOPEN)
def void(attendance_id: int):
    """Set aside what was never a service."""
    attendance = _attendance(attendance_id, Permission.REOPEN)
    return _worded(attendance, approvals.void, "voiding", _("The record was set aside"))


# --- what they share -----------------------------------------------------------------------


def _attendance(attendance_id: int, permission: Permission = Permission.DECIDE) -> Attendance:
    within = attendances_within(current_user.reach(permission)).options(
        db.joinedload(Attendance.volunteer),
        db.joinedload(Attendance.shift).options(
            db.joinedload(Shift.site), db.joinedload(Shift.opportunity)
        ),
    )
    attendance = db.session.scalar(within.where(Attendance.id == attendance_id))
    if attendance is None:
        raise NotFound("attendance")
    return attendance


def _press(attendance: Attendance, act: Callable[..., int]) -> Any:
    """One tap that approves, and can be taken back in one."""
    form = VersionedForm()
    try:
        minutes = act(attendance.id, form.row_version, by=current_user.id, now=clock.now())
    except Problem as problem:
        return told_why(attendance, problem)
    name = isolate(attendance.volunteer.name)
    of_hours = _("%(name)s: %(duration)s approved", name=name, duration=duration(minutes))
    return done(attendance, Told(approved(attendance.shift, name, of_hours), may_undo=True))


def _worded(attendance: Attendance, act: Callable[..., None], form_name: str, said: str) -> Any:
    form = _WORDED.get(form_name, WordsForm)(prefix=form_name)
    try:
        act(
            attendance.id,
            form.row_version,
            words=form.words.data or "",
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        fields = {"why_missing": form.words, "question_open": form.words}
        return _refused(attendance, problem, form, fields, **{form_name: form})
    return done(attendance, Told(said))


_WORDED = {"asking": AskForm}


def _worked(attendance: Attendance, form: AdjustForm) -> approvals.Worked:
    shift = attendance.shift
    return approvals.worked(
        form.begins.data,
        form.ends.data,
        near=attendance.in_at or shift.starts_at,
        zone=shift.site.zone,
        stints=attendance.stints,
    )


def _beside(form: AdjustForm) -> dict[str, Any]:
    """Which field a problem is about."""
    length = form.ends if form.is_by_times else form.hours
    return {
        "minutes_invalid": length,
        "minutes_not_passed": length,
        "time_outside_shift": form.ends,
        "why_missing": form.reason,
    }


def _refused(
    attendance: Attendance,
    problem: Problem,
    form: AdjustForm | RejectForm | WordsForm,
    fields: dict[str, Any],
    **forms: VersionedForm,
) -> Any:
    """What can be put right is said beside its field, with everything typed still there."""
    field = {"text_too_long": form.words, "text_unreadable": form.words, **fields}.get(problem.code)
    if field is None:
        return told_why(attendance, problem)
    field.errors = [*field.errors, sentence(problem)]
    return _page(attendance, **forms), 422


def _page(attendance: Attendance, **forms: VersionedForm) -> str:
    """The record as a page of its own, or beside the list that it was opened from."""
    template = "_beside" if "HX-Request" in request.headers else "review"
    return render_template(f"approvals/{template}.html", **page_of(attendance, **forms))
