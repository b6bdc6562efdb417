"""Partners: the bodies whose members volunteer."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import partners
from checkin.web import clock
from checkin.web.guard import requires
from checkin.web.partners_forms import KINDS, PartnerForm

bp = Blueprint("partners", __name__, url_prefix="/partners")

BESIDE = {"name_taken": "name_ar"}
"""The field each problem stands beside."""


@bp.get("")
@requires(Permission.PLAN)
def index():
    return render_template(
        "partners/index.html",
        partners=partners.all_partners(),
        kinds=KINDS,
        members=partners.member_counts(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new():
    form = PartnerForm()
    if form.carry_out(
        lambda: partners.create(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The partner was added"), "done")
        return redirect(url_for(".index"), 303)
    return render_template("partners/edit.html", form=form, partner=None), form.status


@bp.route("/<int:partner_id>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(partner_id: int):
    partner = partners.find(partner_id)
    form = PartnerForm(obj=partner)
    if form.carry_out(
        lambda: partners.change(partner_id, form.plan, by=current_user.id, now=clock.now()),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".index"), 303)
    return render_template("partners/edit.html", form=form, partner=partner), form.status


@bp.post("/<int:partner_id>/closure")
@requires(Permission.PLAN)
def close(partner_id: int):
    partners.close(partner_id, by=current_user.id, now=clock.now())
    flash(_("Closed. What was done under it stays"), "done")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:partner_id>/reopening")
@requires(Permission.PLAN)
def reopen(partner_id: int):
    partners.reopen(partner_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".index"), 303)
