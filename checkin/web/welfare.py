"""Concerns about one attendance, and a lead's or supervisor's word that it may stand."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import joinedload
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import Optional

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Attendance, Shift
from checkin.operations import welfare
from checkin.operations.attendance import derived_uid
from checkin.operations.permissions import attendances_within
from checkin.web import clock, concern_words, record_words, targets
from checkin.web.errors import sentence, sentences
from checkin.web.fields import Form
from checkin.web.guard import requires

bp = Blueprint("welfare", __name__)
bp.add_app_template_filter(concern_words.about, "about_concern")
bp.add_app_template_filter(concern_words.kindly, "kindly")
bp.add_app_template_filter(concern_words.allowed_by, "allowed_by")
sentences(
    own_allowance=_l("Somebody else has to allow this"),
    nothing_to_allow=_l("There is nothing to allow any more"),
)


class AllowForm(Form):
    about = HiddenField()
    """The concerns that were shown: what comes up in the meantime is not allowed with them."""
    reason = RadioField(_l("Why it may stand"), validate_choice=False)
    words = StringField(_l("In your words"), [Optional()])

    @property
    def codes(self) -> list[str]:
        return (self.about.data or "").split()


@bp.app_template_global()
def allow_form(attendance: Any, found: Sequence[welfare.Concern]) -> AllowForm:
    """A fresh form for what nobody has allowed yet; several may stand on one page."""
    codes = [one.code for one in found if not one.allowed]
    return _form(attendance.id, found, formdata=None, about=" ".join(codes))


@bp.get("/attendances/<int:attendance_id>/concerns")
@requires(Permission.ALLOW_CONCERNS)
def show(attendance_id: int) -> Any:
    """What speaks against one attendance, and the form to let it stand."""
    return _page(_attendance(attendance_id))


@bp.post("/attendances/<int:attendance_id>/concerns/allowances")
@requires(Permission.ALLOW_CONCERNS)
def create(attendance_id: int) -> Any:
    """Let it stand, for a reason that is kept."""
    attendance, now = _attendance(attendance_id), clock.now()
    form = _form(attendance_id, welfare.concerns([attendance_id], now)[attendance_id])
    try:
        welfare.allow(
            attendance_id,
            form.words.data or "",
            _uid(attendance_id, form.codes),
            reason=form.reason.data or "",
            about=form.codes,
            by=current_user.id,
            now=now,
        )
    except NotFound:
        raise
    except Problem as problem:
        field = _FIELDS.get(problem.code)
        if field is not None:
            form[field].errors = [sentence(problem)]
            return _page(attendance, form), 422
        flash(sentence(problem), "look")
    else:
        flash(_("Allowed. The reason is kept with the record"), "done")
    page = url_for(".show", attendance_id=attendance_id)
    return redirect(targets.safe_target(request.form.get("next"), page), 303)


_FIELDS = {"why_missing": "reason", "text_too_long": "words", "text_unreadable": "words"}


def _uid(attendance_id: int, codes: Sequence[str]) -> str:
    """The same for every tab: letting the same concerns stand twice is once."""
    named = " ".join(sorted(codes))
    return derived_uid(f"{attendance_id} {current_user.id} {named}", "allow")


def _form(attendance_id: int, found: Sequence[welfare.Concern], **given: Any) -> AllowForm:
    form = AllowForm(prefix=f"allowing{attendance_id}", **given)
    still = [one for one in found if not one.allowed]
    form.reason.choices = record_words.reason_choices(welfare.reasons_for(still))
    return form


def _attendance(attendance_id: int) -> Attendance:
    attendance = db.session.scalar(
        attendances_within(current_user.reach(Permission.ALLOW_CONCERNS))
        .where(Attendance.id == attendance_id)
        .options(
            joinedload(Attendance.volunteer),
            joinedload(Attendance.shift).joinedload(Shift.opportunity),
            joinedload(Attendance.shift).joinedload(Shift.site),
        )
    )
    if attendance is None:
        raise NotFound("attendance")
    return attendance


def _page(attendance: Attendance, form: AllowForm | None = None) -> str:
    return render_template(
        "welfare/show.html",
        attendance=attendance,
        shift=attendance.shift,
        concerns=welfare.concerns([attendance.id], clock.now())[attendance.id],
        form=form,
        words=record_words,
    )
