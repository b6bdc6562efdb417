"""What a receipt shows of questions, requests and an objection about it, and their forms."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from checkin.domain.evidence import Flag
from checkin.domain.fold import Kind
from checkin.models import Attendance
from checkin.operations import approvals, hours
from checkin.operations.approvals import appealing, asking, requesting
from checkin.operations.approvals.reasons import LONGEST_WORDS
from checkin.operations.approvals.whose_turn import who_would_decide
from checkin.web import receipts
from checkin.web.fields import Form, Required, TimeField
from checkin.web.filters import isolate, time_short

HALF_HOUR = timedelta(minutes=30)
ABOUT_THE_END = (Flag.END_CLAIMED, Flag.END_UNKNOWN, Flag.NO_CHECK_OUT)
_AREA = {"rows": 3, "maxlength": LONGEST_WORDS}


class AnswerForm(Form):
    question = HiddenField()
    words = TextAreaField(_l("Your answer"), [Required()], render_kw=_AREA)


class AppealForm(Form):
    row_version = HiddenField()
    words = TextAreaField(_l("What is not right?"), [Required()], render_kw=_AREA)


class RequestForm(Form):
    """Once nothing can be undone any more: which time is not right, the right one, and why."""

    row_version = HiddenField()
    kind = RadioField(
        _l("Which time is not right?"),
        choices=[
            SelectChoice(Kind.IN.value, _l("Check-in")),
            SelectChoice(Kind.OUT.value, _l("Check-out")),
        ],
        default=Kind.IN.value,
    )
    time = TimeField(_l("The right time"), [Required()])
    words = TextAreaField(_l("Why?"), [Required()], render_kw=_AREA)


def facts_of(
    attendance: Attendance, now: datetime, form: Form | None, *, undoable: bool = False
) -> dict[str, Any]:
    acts = {one.action for one in approvals.decisions_of(attendance.id)}
    facts = {"form": form, "elsewhere": _elsewhere(attendance)}
    if acts:
        facts |= _asked(attendance, form) if "return" in acts else {}
        facts |= _objected(attendance, now, form)
    # a question that waits has its own form: its answer is what the supervisor needs first
    return facts | _requested(attendance, form, offered=not undoable and "question" not in facts)


def _requested(attendance: Attendance, form: Form | None, *, offered: bool) -> dict[str, Any]:
    """What was asked for, and the form while a supervisor has not decided."""
    facts: dict[str, Any] = {
        "requests": requesting.requests_of([attendance.id]).get(attendance.id, [])
    }
    if offered and attendance.state in requesting.ASKABLE:
        facts["request_form"] = _form(RequestForm, form, row_version=attendance.row_version)
    return facts


def _asked(attendance: Attendance, form: Form | None) -> dict[str, Any]:
    """What was asked, and the form for what waits for an answer."""
    asked = asking.questions_of(attendance.id)
    waiting = next((one for one in asked if one.is_open), None)
    facts: dict[str, Any] = {"asked": [one for one in asked if one is not waiting]}
    if waiting is not None:
        facts["question"] = waiting
        facts["quick"] = quick_answers(attendance)
        facts["answer_form"] = _form(AnswerForm, form, question=waiting.seq)
    return facts


def _objected(attendance: Attendance, now: datetime, form: Form | None) -> dict[str, Any]:
    """The objection, or the form for one while that is possible."""
    appeal = appealing.appeals_of([attendance.id]).get(attendance.id)
    facts: dict[str, Any] = {"appeal": appeal}
    if appeal is not None and appeal.is_open:
        facts["against"] = _against(attendance)
    until = appealing.appealable_until(attendance, now)
    if until is not None:
        facts["appeal_until"] = until
        facts["would_decide"] = who_would_decide(attendance, now)
        facts["appeal_form"] = _form(AppealForm, form, row_version=attendance.row_version)
    return facts


def _against(attendance: Attendance) -> list[str]:
    ruling = hours.objected_to([attendance.id]).get(attendance.id)
    return receipts.against(ruling) if ruling else []


def _form(kind: type[Form], sent: Form | None, **hidden: int) -> Form:
    """The form as it was sent, when it has to be seen to again; else an empty one."""
    return sent if isinstance(sent, kind) else kind(formdata=None, data=hidden)


def _elsewhere(attendance: Attendance) -> list[asking.Question]:
    """Questions about other days: the next scan's receipt is where they are seen."""
    waiting = asking.waiting_for(attendance.volunteer_id)
    return [one for one in waiting if one.attendance_id != attendance.id]


def quick_answers(attendance: Attendance) -> list[str]:
    """Answers of one tap: yes, no, and times where it is the end that nobody knows."""
    answers = [_("Yes"), _("No")]
    if attendance.state == "unclosed" or set(attendance.flags).intersection(ABOUT_THE_END):
        zone = attendance.shift.site.zone
        answers += [
            _("I finished at %(time)s", time=isolate(time_short(at, zone)))
            for at in likely_ends(attendance)
        ]
    return answers


def likely_ends(attendance: Attendance) -> list[datetime]:
    """The proposed end, the planned one, and half an hour and an hour before that."""
    planned = attendance.shift.ends_at
    likely = {planned, planned - HALF_HOUR, planned - 2 * HALF_HOUR, attendance.proposed_out_at}
    begun = attendance.in_at or attendance.shift.starts_at
    return sorted((at for at in likely if at is not None and at > begun), reverse=True)
