"""Shift templates: listed, made from nothing or from a shift, changed, closed."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import shifts
from checkin.operations.plan import templates
from checkin.operations.plan.templates import TemplatePlan
from checkin.web import clock, errors
from checkin.web.anchored import filled
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.i18n import in_language
from checkin.web.plan.blueprint import asked_week, bp, proposed
from checkin.web.plan.forms import LONGEST_NAME, TemplateForm
from checkin.web.plan.wording import times_between

BESIDE = {"name_taken": "name_ar", "opportunity_closed": "opportunity_id"}
"""The field each problem stands beside."""


@bp.get("/templates")
@requires(Permission.PLAN)
def template_list():
    return render_template(
        "plan/templates.html", templates=templates.all_of(), proposals=proposed()
    )


@bp.post("/templates")
@requires(Permission.PLAN)
def keep_template():
    """A template of the shift that the form names; what is still to be said is asked."""
    shift = _shift(request.form.get("shift", 0, row_number))
    try:
        templates.create(_as_template(shift), by=current_user.id, now=clock.now())
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "look")
        return redirect(url_for(".new_template", shift=shift.id), 303)
    flash(_("The template was added"), "done")
    if "week" in request.form:
        return redirect(url_for(".add", week=asked_week()), 303)
    return redirect(url_for(".template_list"), 303)


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
    shift = _shift(shift_id)
    return {
        "name_ar": shift.opportunity.name_ar[:LONGEST_NAME],
        "name_en": shift.opportunity.name_en[:LONGEST_NAME],
        "opportunity_id": shift.opportunity_id,
        "seats": shift.seats,
        **filled(*shifts.ends_of(shift)),
    }


def _shift(shift_id):
    return shifts.find(shift_id, current_user.reach(Permission.PLAN))


def _as_template(shift):
    starts, ends = shifts.ends_of(shift)
    name_ar, name_en = (_name(shift.opportunity, lang, starts, ends) for lang in ("ar", "en"))
    kept = {"opportunity_id": shift.opportunity_id, "seats": shift.seats}
    return TemplatePlan(name_ar=name_ar, name_en=name_en, starts=starts, ends=ends, **kept)


def _name(opportunity, lang, starts, ends):
    """The opportunity's; with the times, where another template is called so already."""
    name = opportunity.name_ar if lang == "ar" else opportunity.name_en
    taken = {one.name_ar for one in templates.all_of()}
    if not name or opportunity.name_ar[:LONGEST_NAME] not in taken:
        return name[:LONGEST_NAME]
    with in_language(lang):
        times = f" · {times_between(starts, ends)}"
    return name[: LONGEST_NAME - len(times)] + times


def _kept(found):
    plain = ("name_ar", "name_en", "opportunity_id", "seats")
    values = {name: getattr(found, name) for name in plain}
    return {**values, **filled(*templates.ends_of(found))}
