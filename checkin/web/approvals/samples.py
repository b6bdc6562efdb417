"""What chance drew from bulk approvals: a coordinator looks at it and agrees, or opens it again."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import TextAreaField

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.models import Attendance
from checkin.operations.approvals import sampling
from checkin.operations.permissions import attendances_within
from checkin.web import clock
from checkin.web.approvals.blueprint import bp
from checkin.web.approvals.looking import page_of
from checkin.web.errors import SENTENCES, sentence
from checkin.web.fields import Form
from checkin.web.guard import requires


class FindingForm(Form):
    words = TextAreaField(_l("What is not right? The record is opened again with these words"))


@bp.get("/samples")
@requires(Permission.REOPEN)
def samples():
    """What waits to be looked at, the oldest first."""
    return render_template("approvals/samples.html", samples=sampling.waiting())


@bp.get("/samples/<int:sample_id>")
@requires(Permission.REOPEN)
def sample(sample_id: int):
    """One drawn record with all that stands behind it."""
    return _page(sample_id, FindingForm(formdata=None))


@bp.post("/samples/<int:sample_id>/agreement")
@requires(Permission.REOPEN)
def agree(sample_id: int):
    """The decision is right."""
    try:
        sampling.agree(sample_id, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _told(problem)
    flash(_("Noted: you agree with the decision"), "done")
    return redirect(url_for("approvals.samples"), 303)


@bp.post("/samples/<int:sample_id>/finding")
@requires(Permission.REOPEN)
def disagree(sample_id: int):
    """The decision is not right: the record waits to be decided again."""
    form = FindingForm()
    words = form.words.data or ""
    try:
        attendance_id = sampling.disagree(
            sample_id, words=words, by=current_user.id, now=clock.now()
        )
    except Problem as problem:
        if problem.code not in ("why_missing", "text_too_long", "text_unreadable"):
            return _told(problem)
        form.words.errors = [*form.words.errors, sentence(problem)]
        return _page(sample_id, form), 422
    flash(_("The record was reopened"), "info")
    return redirect(url_for("approvals.review", attendance_id=attendance_id), 303)


def _told(problem: Problem):
    if problem.code == "not_found":
        raise problem
    flash(sentence(problem), "look")
    return redirect(url_for("approvals.samples"), 303)


def _page(sample_id: int, form: FindingForm) -> str:
    row = sampling.sample(sample_id)
    within = attendances_within(current_user.reach(Permission.REOPEN))
    attendance = db.session.scalars(within.where(Attendance.id == row.attendance_id)).one()
    code = sampling.obstacle(row, current_user.id)
    return render_template(
        "approvals/sample.html",
        **{**page_of(attendance), "form": form},
        sample=row,
        barred=SENTENCES[code] if code else None,
    )
