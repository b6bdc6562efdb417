"""Closing a shift, and opening it again: what it means stands above the one button."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Group, Shift
from checkin.operations import closing, groups
from checkin.operations.permissions import shifts_within
from checkin.web import clock, errors, record_words
from checkin.web.fields import Form
from checkin.web.floor.blueprint import bp, may_at
from checkin.web.guard import requires

errors.sentences(
    not_begun=_l("This shift has not begun. It can be closed from its start"),
    reopening_unexplained=_l("Choose a reason"),
)

BASES: dict[str, Any] = {
    closing.Basis.PLAN: _l("Planned end"),
    closing.Basis.TAKEN_OVER: _l("Another volunteer took over the post then"),
    closing.Basis.ELSEWHERE: _l("A check-in elsewhere followed"),
}
"""What the time of somebody who did not check out is taken from."""


class ReopenForm(Form):
    reason = RadioField(
        _l("Reason"),
        choices=record_words.reason_choices(closing.REOPEN_REASONS),
        validate_choice=False,
    )


@bp.route("/shifts/<int:shift_id>/closing", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def close(shift_id: int):
    """Who is not checked out, what still waits, and the button that makes decisions final."""
    shift = _shift(shift_id, Permission.DECIDE)
    if request.method != "POST":
        return _page(shift, ReopenForm(formdata=None))
    try:
        done = closing.close(shift.id, by=current_user.id, now=clock.now())
    except Problem as problem:
        flash(errors.sentence(problem), "look")
    else:
        flash(_("The shift is closed") if done else _("This shift was closed already"), "done")
    return redirect(url_for(".close", shift_id=shift.id), 303)


@bp.post("/shifts/<int:shift_id>/reopening")
@requires(Permission.REOPEN)
def reopen(shift_id: int):
    """Let the decisions of this shift be undone again, for a reason."""
    shift, form = _shift(shift_id, Permission.REOPEN), ReopenForm()
    done = form.carry_out(
        lambda: closing.reopen(
            shift.id, reason=form.reason.data or "", by=current_user.id, now=clock.now()
        ),
        reopening_unexplained="reason",
    )
    if not done:
        return _page(shift, form), form.status
    flash(_("The shift is open again") if form.made else _("This shift was open already"), "done")
    return redirect(url_for(".close", shift_id=shift.id), 303)


def _shift(shift_id: int, permission: Permission) -> Shift:
    within = shifts_within(current_user.reach(permission))
    shift = db.session.scalar(within.where(Shift.id == shift_id))
    if shift is None:
        raise NotFound("shift")
    return shift


def _page(shift: Shift, form: ReopenForm) -> str:
    outlook = closing.outlook(shift.id, clock.now())
    return render_template(
        "floor/closing.html",
        outlook=outlook,
        shift=outlook.shift,
        turns=closing.turns_of(shift.id),
        groups=groups.standings(Group.shift_id == shift.id),
        may_name=may_at(outlook.shift.site, Permission.ENTER_ATTENDANCE),
        form=form,
        may_reopen=current_user.may(Permission.REOPEN),
        bases=BASES,
        reasons=record_words.REASONS,
    )
