"""Campaigns: named efforts over several opportunities."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import campaigns
from checkin.web import clock
from checkin.web.campaigns_forms import CampaignForm
from checkin.web.guard import requires

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")

BESIDE = {"name_taken": "name_ar"}
"""The field each problem stands beside."""


@bp.get("")
@requires(Permission.PLAN)
def index():
    return render_template("campaigns/index.html", campaigns=campaigns.all_campaigns())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new():
    form = CampaignForm()
    if form.carry_out(
        lambda: campaigns.create(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The campaign was added"), "done")
        return redirect(url_for(".index"), 303)
    return render_template("campaigns/edit.html", form=form, campaign=None), form.status


@bp.route("/<int:campaign_id>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(campaign_id: int):
    campaign = campaigns.find(campaign_id)
    form = CampaignForm(obj=campaign)
    if form.carry_out(
        lambda: campaigns.change(campaign_id, form.plan, by=current_user.id, now=clock.now()),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".index"), 303)
    return render_template("campaigns/edit.html", form=form, campaign=campaign), form.status


@bp.post("/<int:campaign_id>/closure")
@requires(Permission.PLAN)
def close(campaign_id: int):
    campaigns.close(campaign_id, by=current_user.id, now=clock.now())
    flash(_("Closed. What was done under it stays"), "done")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:campaign_id>/reopening")
@requires(Permission.PLAN)
def reopen(campaign_id: int):
    campaigns.reopen(campaign_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".index"), 303)
