"""Answering a question about one's own attendance, asking for another time, and objecting."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.fold import Kind
from checkin.domain.roles import Permission
from checkin.models import Attendance
from checkin.operations import hours
from checkin.operations.approvals import appealing, asking, requesting
from checkin.operations.attendance import derived_uid
from checkin.web import clock
from checkin.web.attendances.blueprint import bp
from checkin.web.attendances.conversation import AnswerForm, AppealForm, RequestForm
from checkin.web.attendances.showing import page
from checkin.web.fields import row_number
from checkin.web.guard import requires

_BESIDE = dict.fromkeys(("text_too_long", "text_unreadable", "answer_missing"), "words")


@bp.post("/attendances/<int:attendance_id>/answer")
@requires(Permission.OWN_ATTENDANCE)
def answer(attendance_id: int) -> Any:
    """One answer to the question that is open, however often it is sent."""
    attendance = hours.attendance_of(current_user.id, attendance_id)
    form = AnswerForm()
    if form.carry_out(lambda: _answer(attendance, form), **_BESIDE):
        flash(_("Your answer was sent to the supervisor"), "done")
        return redirect(url_for(".show", attendance_id=attendance_id), 303)
    return page(hours.attendance_of(current_user.id, attendance_id), form), form.status


def _answer(attendance: Attendance, form: AnswerForm) -> None:
    question = request.form.get("question", 0, row_number)
    uid = derived_uid(f"{attendance.id}-{question}", "answer")
    words = form.words.data or ""
    asking.answer(attendance.id, words, uid, by=current_user.id, now=clock.now())


@bp.post("/attendances/<int:attendance_id>/request")
@requires(Permission.OWN_ATTENDANCE)
def ask_for_time(attendance_id: int) -> Any:
    """Ask for another time of coming or leaving, while nobody has decided."""
    attendance = hours.attendance_of(current_user.id, attendance_id)
    form = RequestForm()
    beside = {**_BESIDE, "request_missing": "words", "time_not_possible": "time"}
    if form.carry_out(lambda: _request(attendance, form), **beside):
        flash(_("Your request was sent. The supervisor sees it before deciding"), "done")
        return redirect(url_for(".show", attendance_id=attendance_id), 303)
    return page(hours.attendance_of(current_user.id, attendance_id), form), form.status


def _request(attendance: Attendance, form: RequestForm) -> None:
    version = request.form.get("row_version", 0, row_number)
    kind, said, words = Kind(form.kind.data), form.time.data, form.words.data or ""
    # Back brings the same form for another request, so what is asked for is part of the id
    uid = derived_uid(f"{attendance.id}-{version}-{kind}-{said}-{words}", "request")
    requesting.request(attendance.id, kind, said, words, uid, by=current_user.id, now=clock.now())


@bp.post("/attendances/<int:attendance_id>/appeal")
@requires(Permission.OWN_ATTENDANCE)
def appeal(attendance_id: int) -> Any:
    """Object to what was decided: once, within fourteen days."""
    attendance = hours.attendance_of(current_user.id, attendance_id)
    form = AppealForm()
    if form.carry_out(lambda: _appeal(attendance, form), **_BESIDE, why_missing="words"):
        flash(_("Your objection was sent. Somebody else will look at it"), "done")
        return redirect(url_for(".show", attendance_id=attendance_id), 303)
    return page(hours.attendance_of(current_user.id, attendance_id), form), form.status


def _appeal(attendance: Attendance, form: AppealForm) -> None:
    appealing.appeal(
        attendance.id,
        request.form.get("row_version", 0, row_number),
        words=form.words.data or "",
        by=current_user.id,
        now=clock.now(),
    )
