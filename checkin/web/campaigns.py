"""Campaigns: named efforts over several opportunities."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import campaigns, figures
from checkin.operations.figures import WITHOUT, Grouping, Line, Measure
from checkin.web import clock, errors
from checkin.web.campaigns_forms import CampaignForm
from checkin.web.figures.amounts import hours, hours_alone
from checkin.web.filters import month_long, plain_label
from checkin.web.guard import requires

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")

BESIDE = {"name_taken": "name_ar", "campaign_days": "until_on"}
"""The field each problem stands beside."""
TABLES = {
    Grouping.MONTH: (_l("By month"), _l("Month")),
    Grouping.SITE: (_l("By site"), _l("Site")),
    Grouping.PARTNER: (_l("By partner"), _l("Partner")),
}
"""Title and first column of each."""

errors.sentences(campaign_days=_l("The last day cannot be before the first"))


@bp.get("")
@requires(Permission.PLAN)
def index():
    """Each with its headline figures, which are asked for together."""
    return render_template(
        "campaigns/index.html",
        campaigns=campaigns.all_campaigns(),
        figures=figures.by_campaign(),
        nought=figures.Totals(),
        hours=hours,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new():
    form = CampaignForm()
    if form.carry_out(
        lambda: campaigns.create(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The campaign was added"), "done")
        return redirect(url_for(".show", campaign_id=form.made), 303)
    return render_template("campaigns/edit.html", form=form, campaign=None), form.status


@bp.get("/<int:campaign_id>")
@requires(Permission.PLAN)
def show(campaign_id: int):
    """What came of it, each figure with the way to what stands behind it."""
    campaign = campaigns.find(campaign_id)
    results = campaigns.results(campaign_id)
    return render_template(
        "campaigns/show.html",
        campaign=campaign,
        results=results,
        totals=results.totals,
        tables=[_table(campaign_id, grouping, lines) for grouping, lines in results.tables.items()],
        address=lambda measure: _behind(campaign_id, measure),
        hours=hours,
        hours_alone=hours_alone,
    )


def _table(campaign_id: int, grouping: Grouping, lines: list[Line]) -> dict[str, Any]:
    title, column = TABLES[grouping]
    return {
        "title": str(title),
        "column": str(column),
        "rows": [
            (_name(line), _behind(campaign_id, "approved", **{grouping.value: _key(line)}), line)
            for line in lines
        ],
    }


def _key(line: Line) -> str | int:
    return f"{line.key:%Y-%m}" if isinstance(line.key, date) else line.key


def _name(line: Line) -> str:
    if isinstance(line.key, date):
        return month_long(line.key)
    return str(_("No partner")) if line.key == WITHOUT else plain_label(line)


def _behind(campaign_id: int, measure: str, **narrower: str | int) -> str:
    """The records that add up to a figure."""
    asked = {"of": Measure(measure).value, "campaign": campaign_id, **narrower}
    back = url_for("campaigns.show", campaign_id=campaign_id)
    return url_for("figures.attendances", **asked, back=back)


@bp.route("/<int:campaign_id>/details", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(campaign_id: int):
    campaign = campaigns.find(campaign_id)
    form = CampaignForm(obj=campaign)
    if form.carry_out(
        lambda: campaigns.change(campaign_id, form.plan, by=current_user.id, now=clock.now()),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".show", campaign_id=campaign_id), 303)
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
