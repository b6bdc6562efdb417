"""One record: its time line, the scans behind it, and every decision that can be made about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Attendance, Shift
from checkin.operations import approvals
from checkin.operations.permissions import attendances_within
from checkin.web import clock, record_words
from checkin.web.approvals.blueprint import bp
from checkin.web.approvals.forms import AdjustForm, RejectForm, VersionedForm, WordsForm
from checkin.web.approvals.sheets import instant_text
from checkin.web.errors import SENTENCES, sentence
from checkin.web.filters import duration
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
    attendance, now = _attendance(attendance_id), clock.now()
    return _press(attendance, approvals.approve, now, VersionedForm())


@bp.post("/attendances/<int:attendance_id>/confirmation")
@requires(Permission.DECIDE)
def confirm(attendance_id: int):
    """Be the second person for a large adjustment."""
    attendance, now = _attendance(attendance_id), clock.now()
    return _press(attendance, approvals.confirm, now, VersionedForm())


@bp.post("/attendances/<int:attendance_id>/withdrawal")
@requires(Permission.DECIDE)
def withdraw_one(attendance_id: int):
    """Undo the decision about one record."""
    attendance, form = _attendance(attendance_id), VersionedForm()
    try:
        approvals.withdraw(attendance.id, form.row_version, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _told(attendance, problem)
    flash(_("The decision was undone"), "info")
    return _to_sheet(attendance)


@bp.post("/attendances/<int:attendance_id>/adjustment")
@requires(Permission.DECIDE)
def adjust(attendance_id: int):
    """Let other minutes count, for a reason; a large step waits for a second person."""
    attendance, form = _attendance(attendance_id), AdjustForm()
    if not form.validate_on_submit():
        return _page(attendance, adjusting=form), 422
    try:
        state = approvals.adjust(
            attendance.id,
            form.row_version,
            minutes=form.total_minutes,
            beneficiaries=form.count,
            reason=form.reason.data or "",
            words=form.words.data or "",
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        fields = {"minutes_invalid": form.hours, "why_missing": form.reason}
        return _refused(attendance, problem, form, fields, adjusting=form)
    minutes = duration(form.total_minutes)
    if state == "proposed":
        flash(_("%(duration)s wait for a second person", duration=minutes), "info")
    else:
        flash(_("Approved with %(duration)s", duration=minutes), "done")
    return _to_sheet(attendance)


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
    return _to_sheet(attendance, rejected=str(attendance.id))


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
    within = attendances_within(current_user.reach(permission))
    attendance = db.session.scalar(within.where(Attendance.id == attendance_id))
    if attendance is None:
        raise NotFound("attendance")
    return attendance


def _press(
    attendance: Attendance, act: Callable[..., int], now: datetime, form: VersionedForm
) -> Any:
    """One tap that approves; the sheet then offers to take it back."""
    try:
        act(attendance.id, form.row_version, by=current_user.id, now=now)
    except Problem as problem:
        return _told(attendance, problem)
    return _to_sheet(attendance, done=instant_text(now))


def _worded(attendance: Attendance, act: Callable[..., None], form_name: str, done: str) -> Any:
    form = WordsForm(prefix=form_name)
    try:
        act(
            attendance.id,
            form.row_version,
            words=form.words.data or "",
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        fields = {"why_missing": form.words}
        return _refused(attendance, problem, form, fields, **{form_name: form})
    flash(done, "info")
    return _to_sheet(attendance)


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
        return _told(attendance, problem)
    field.errors = [*field.errors, sentence(problem)]
    return _page(attendance, **forms), 422


def _told(attendance: Attendance, problem: Problem) -> Any:
    """Say why nothing was done, and show the record as it is now."""
    if isinstance(problem, NotFound):
        raise problem
    flash(sentence(problem), "look")
    return _to_sheet(attendance)


def _to_sheet(attendance: Attendance, **query: str) -> Any:
    address = url_for("approvals.show", shift_id=attendance.shift_id, **query)
    return redirect(address, 303)


def _page(attendance: Attendance, **forms: VersionedForm) -> str:
    shift, record = approvals.record_of(attendance, current_user.id)
    form = next(iter(forms.values()), None)
    return render_template(
        "approvals/review.html",
        record=record,
        attendance=record.attendance,
        shift=shift,
        scans=approvals.scans_of(attendance),
        decisions=approvals.decisions_of(attendance.id),
        bar=_bar(record.attendance, shift),
        stints=[_ends(stint) for stint in record.attendance.stints],
        form=form,
        **_forms(record, **forms),
        may_reopen=current_user.may(Permission.REOPEN),
        sentences=SENTENCES,
        words=record_words,
    )


def _forms(record: approvals.Record, **filled: VersionedForm) -> dict[str, VersionedForm]:
    """The forms as they were sent, or fresh with what is suggested."""
    version = record.attendance.row_version
    hours, minutes = divmod(record.suggested, 60)
    served = record.attendance.beneficiaries
    fresh = {
        "adjusting": lambda: AdjustForm(
            formdata=None,
            version=version,
            hours=hours,
            minutes=minutes,
            beneficiaries="" if served is None else served,
        ),
        "rejecting": lambda: RejectForm(formdata=None, prefix="rejecting", version=version),
        "refusing": lambda: WordsForm(formdata=None, prefix="refusing", version=version),
        "reopening": lambda: WordsForm(formdata=None, prefix="reopening", version=version),
        "voiding": lambda: WordsForm(formdata=None, prefix="voiding", version=version),
    }
    return {name: filled.get(name) or make() for name, make in fresh.items()}


def _ends(stint: list[Any]) -> tuple[datetime, datetime | None]:
    begin, end = stint
    return datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None


def _bar(attendance: Attendance, shift: Shift) -> dict[str, Any]:
    """The time line's figures, in seconds: from the earliest instant to the latest."""
    stints = [
        (begin.timestamp(), end.timestamp() if end else None)
        for begin, end in map(_ends, attendance.stints)
    ]
    planned = shift.starts_at.timestamp(), shift.ends_at.timestamp()
    known = [one for stint in stints for one in stint if one is not None]
    margin = (planned[1] - planned[0]) / 24
    return {
        "start": min([planned[0], *known]) - margin,
        # without a check-out the time line ends where the shift was planned to
        "end": max([planned[1], *known]) + (margin if all(end for _, end in stints) else 0),
        "planned": planned,
        "stints": stints,
    }
