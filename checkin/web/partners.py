"""Partners: the bodies whose members volunteer; whom to talk to there, and who belongs to them."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.roles import Permission
from checkin.operations import memberships, partners, people
from checkin.web import clock, errors
from checkin.web.fields import row_number
from checkin.web.filters import isolate
from checkin.web.guard import requires
from checkin.web.partners_forms import KINDS, MembershipForm, PartnerForm
from checkin.web.people_choosing import looked_for

bp = Blueprint("partners", __name__, url_prefix="/partners")

BESIDE = {"name_taken": "name_ar"}
"""The field each problem stands beside."""
OF_DAYS = {
    "membership_ahead": "from_on",
    "membership_overlaps": "from_on",
    "month_closed": "from_on",
}

errors.sentences(
    membership_ahead=_l("This day has not come yet. Choose today or a day before"),
    membership_overlaps=_l(
        "They belong to a partner on these days already. The first free day is %(day)s"
    ),
    partner_closed=_l("This partner is closed and takes no new members"),
)


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
        return redirect(url_for(".show", partner_id=form.made), 303)
    return render_template("partners/edit.html", form=form, partner=None), form.status


@bp.get("/<int:partner_id>")
@requires(Permission.PLAN)
def show(partner_id: int):
    text = request.args.get("q", "")[:100]
    return render_template(
        "partners/show.html",
        partner=partners.find(partner_id),
        kinds=KINDS,
        text=text,
        found=partners.members(partner_id, request.args.get("page", 1, row_number), text),
    )


@bp.route("/<int:partner_id>/details", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(partner_id: int):
    partner = partners.find(partner_id)
    form = PartnerForm(obj=partner)
    if form.carry_out(
        lambda: partners.change(partner_id, form.plan, by=current_user.id, now=clock.now()),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".show", partner_id=partner_id), 303)
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


# Members


@bp.get("/<int:partner_id>/members")
@requires(Permission.PLAN)
def find_member(partner_id: int):
    """Find who shall belong to the partner."""
    partner = partners.find(partner_id)
    return render_template("partners/members.html", partner=partner, **looked_for())


@bp.route("/<int:partner_id>/members/<int:person_id>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def add_member(partner_id: int, person_id: int):
    """Since when somebody belongs to this partner; what they belonged to before ends."""
    partner, person = partners.find(partner_id), people.find(person_id)
    form, name = _dated(), isolate(person.name)
    if form.carry_out(lambda: _belong(person_id, partner_id, form), **OF_DAYS):
        flash(_("%(name)s is a member now", name=name), "done")
        return redirect(url_for(".show", partner_id=partner_id), 303)
    page = render_template("partners/member.html", form=form, partner=partner, person=person)
    return page, form.status


@bp.route("/<int:partner_id>/memberships/<int:membership_id>/ending", methods=["GET", "POST"])
@requires(Permission.PLAN)
def end_member(partner_id: int, membership_id: int):
    partner, one = partners.find(partner_id), partners.membership(partner_id, membership_id)
    form, name = _dated(), isolate(one.person.name)
    if form.carry_out(lambda: _belong(one.person_id, None, form), **OF_DAYS):
        flash(_("%(name)s is no longer a member", name=name), "done")
        return redirect(url_for(".show", partner_id=partner_id), 303)
    return render_template("partners/ending.html", form=form, partner=partner, one=one), form.status


def _dated() -> MembershipForm:
    """Today unless another day was chosen."""
    form = MembershipForm()
    if not form.is_submitted():
        form.from_on.data = local_day(clock.now(), current_app.config["ZONE"])
    return form


def _belong(person_id: int, partner_id: int | None, form: MembershipForm) -> None:
    by, now = current_user.id, clock.now()
    memberships.set_partner(person_id, partner_id, form.from_on.data, by=by, now=now)
