"""Shift templates: listed, made from nothing or from a shift, changed, closed."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import shifts
from checkin.operations.plan import templates
from checkin.web import clock
from checkin.web.anchored import filled
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.plan.blueprint import bp
from checkin.web.plan.forms import TemplateForm

BESIDE = {"name_taken": "name_ar", "opportunity_closed": "opportunity_id"}
"""The field each problem stands beside."""


@bp.get("/templates")
@requires(Permission.PLAN)
def template_list():
    return render_template("plan/templates.html", templates=templates.all_of())


@bp.route("/templates/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new_template():
    """Empty, or with `shift` in the address as that shift is."""
    form = TemplateForm(data=_offered())
    if form.carry_out(
        lambda: templates.create(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The template was added"), "done")
        return redirect(url_for(".template_list"), 303)
    return render_template("plan/template.html", form=form, template=None), form.status


@bp.route("/templates/<int:template_id>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def template(template_id: int):
    found = templates.find(template_id)
    form = TemplateForm(data=_kept(found))
    if form.carry_out(
        lambda: templates.change(template_id, form.plan, by=current_user.id, now=clock.now()),
        **BESIDE,
    ):
        flash(_("Saved. Shifts made from it before stay as they are"), "done")
        return redirect(url_for(".template_list"), 303)
    return render_template("plan/template.html", form=form, template=found), form.status


@bp.post("/templates/<int:template_id>/closure")
@requires(Permission.PLAN)
def close_template(template_id: int):
    templates.close(template_id, by=current_user.id, now=clock.now())
    flash(_("Closed. Shifts made from it stay"), "done")
    return redirect(url_for(".template_list"), 303)


@bp.post("/templates/<int:template_id>/reopening")
@requires(Permission.PLAN)
def reopen_template(template_id: int):
    templates.reopen(template_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".template_list"), 303)


def _offered():
    shift_id = request.args.get("shift", type=row_number)
    if shift_id is None:
        return {}
    shift = shifts.find(shift_id, current_user.reach(Permission.PLAN))
    return {
        "name_ar": shift.opportunity.name_ar[:80],
        "name_en": shift.opportunity.name_en[:80],
        "opportunity_id": shift.opportunity_id,
        "seats": shift.seats,
        **filled(*shifts.ends_of(shift)),
    }


def _kept(found):
    plain = ("name_ar", "name_en", "opportunity_id", "seats")
    values = {name: getattr(found, name) for name in plain}
    return {**values, **filled(*templates.ends_of(found))}
