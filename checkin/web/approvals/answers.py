"""What one press is answered with: the fresh row where it was made, or the whole sheet again."""

from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance
from checkin.operations import approvals
from checkin.web import clock, month_words
from checkin.web.approvals.looking import words_of
from checkin.web.errors import sentence

_TOLD = "approvals_told"


@dataclass(frozen=True, slots=True)
class Told:
    """What was done, in a sentence, and whether one tap takes it back."""

    text: str
    may_undo: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """The sentence with the address and fields of its way back."""

    text: str
    undo: str | None = None
    fields: dict[str, object] | None = None
    names_volunteer: bool = False


def done(attendance: Attendance, told: Told) -> Any:
    """Answer a press that did what it should; and say where it counts, of a closed month."""
    told = replace(told, text=month_words.with_after(told.text, attendance.id))
    if not _in_place():
        session[_TOLD] = [attendance.id, str(told.text), told.may_undo]
        return _to_sheet(attendance)
    return _piece(attendance, told=told)


def told_why(attendance: Attendance, problem: Problem) -> Any:
    """Say why nothing was done, and show the record as it is now."""
    if isinstance(problem, NotFound):
        raise problem
    if not _in_place():
        session[_TOLD] = [attendance.id, sentence(problem), None]
        return _to_sheet(attendance)
    return _piece(attendance, problem=problem)


def kept_words(sheet: approvals.Sheet) -> dict[str, Any]:
    """What the press that led here is told by, once: a toast, or a problem."""
    attendance_id, text, may_undo = session.pop(_TOLD, (None, "", None))
    record = next((one for one in sheet.records if one.attendance.id == attendance_id), None)
    if record is None:
        return {}
    if may_undo is None:
        return {"problem": text}
    return {"told": _toast(Told(text, may_undo), record, sheet)}


def _in_place() -> bool:
    return "HX-Request" in request.headers


def _to_sheet(attendance: Attendance) -> Any:
    return redirect(url_for("approvals.show", shift_id=attendance.shift_id), 303)


def _piece(attendance: Attendance, told: Told | None = None, problem: Problem | None = None) -> str:
    """The parts of the sheet that this press changed."""
    sheet = approvals.sheet_of(attendance.shift_id, current_user.id, clock.now())
    record = next(one for one in sheet.records if one.attendance.id == attendance.id)
    changed = problem is not None and problem.code == "changed"
    return render_template(
        "approvals/_answer.html",
        **words_of(sheet.shift),
        sheet=sheet,
        shift=sheet.shift,
        zone=sheet.shift.site.zone,
        record=record,
        changed=changed,
        told=_told(told, record, sheet),
        problem=sentence(problem) if problem and not changed else None,
    )


def _told(told: Told | None, record: approvals.Record, sheet: approvals.Sheet) -> Toast | None:
    if told is None:
        return None
    return _toast(told, record, sheet)


def _toast(told: Told, record: approvals.Record, sheet: approvals.Sheet) -> Toast:
    """With its way back, while the decision stands and the shift is not closed."""
    one = record.attendance
    named = one.volunteer.name in told.text
    is_final = sheet.shift.closed_at or one.state not in ("approved", "rejected", "proposed")
    if is_final or not told.may_undo:
        return Toast(told.text, names_volunteer=named)
    undo = url_for("approvals.withdraw_one", attendance_id=one.id)
    return Toast(told.text, undo, {"version": one.row_version}, named)
