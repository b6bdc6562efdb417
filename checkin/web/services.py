"""Services: the kinds of work, listed, made, changed, closed."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import services
from checkin.web import clock, errors
from checkin.web.guard import requires
from checkin.web.services_forms import COUNTED_BY, ServiceForm

bp = Blueprint("services", __name__, url_prefix="/services")

errors.sentences(
    band_reversed=_l("The most cannot be less than the fewest"),
    limit_out_of_range=_l("Enter a number from %(least)s to %(most)s"),
)
BESIDE = {
    "name_taken": "name_ar",
    "band_reversed": "high_per_hour",
    "limit_out_of_range": "longest_minutes",
}
"""The field each problem stands beside."""


@bp.get("")
@requires(Permission.PLAN)
def index():
    return render_template(
        "services/index.html", services=services.all_services(), counted_by=COUNTED_BY
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new():
    form = ServiceForm()
    if form.carry_out(
        lambda: services.create(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The service was added"), "done")
        return redirect(url_for(".index"), 303)
    return render_template("services/edit.html", form=form, service=None), form.status


@bp.route("/<int:service_id>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(service_id: int):
    service = services.find(service_id)
    form = ServiceForm(obj=service)
    if form.carry_out(
        lambda: services.change(service_id, form.plan, by=current_user.id, now=clock.now()),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".index"), 303)
    return render_template("services/edit.html", form=form, service=service), form.status


@bp.post("/<int:service_id>/closure")
@requires(Permission.PLAN)
def close(service_id: int):
    services.close(service_id, by=current_user.id, now=clock.now())
    flash(_("Closed. What was done under it stays"), "done")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:service_id>/reopening")
@requires(Permission.PLAN)
def reopen(service_id: int):
    services.reopen(service_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".index"), 303)
