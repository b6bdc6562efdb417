"""Teams of a neighbourhood: who belongs to them and who leads; and what a leader sees of theirs."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import people, teams
from checkin.operations.teams import TeamPlan
from checkin.web import clock, errors
from checkin.web.fields import Form, name_field, row_number
from checkin.web.filters import isolate
from checkin.web.guard import requires
from checkin.web.people_choosing import looked_for

bp = Blueprint("teams", __name__)

errors.sentences(team_closed=_l("This team is closed and takes no new members"))


class TeamForm(Form):
    name_ar = name_field(_l("Name in Arabic"))
    name_en = name_field(_l("Name in English"), optional=True)
    neighbourhood = name_field(
        _l("Neighbourhood"),
        optional=True,
        description=_l("Where its volunteers live and serve, such as Al Aziziyah."),
    )

    @property
    def plan(self) -> TeamPlan:
        return TeamPlan(
            name_ar=self.name_ar.data,
            name_en=self.name_en.data or "",
            neighbourhood=self.neighbourhood.data or "",
        )


@bp.get("/team")
@requires(Permission.OWN_ATTENDANCE)
def own():
    """Of the team somebody leads: names and what comes, no more. For everybody else not there."""
    team = teams.led_by(current_user.id)
    if team is None:
        raise NotFound("team")
    return render_template(
        "teams/own.html",
        team=team,
        members=teams.names(team.id),
        coming=teams.coming(team.id, clock.now()),
    )


@bp.get("/teams")
@requires(Permission.MANAGE_PEOPLE)
def index():
    return render_template(
        "teams/index.html",
        teams=teams.all_teams(),
        sizes=teams.sizes(),
        leaders=teams.leaders(),
    )


@bp.route("/teams/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new():
    form = TeamForm()
    if form.carry_out(
        lambda: teams.create(form.plan, by=current_user.id, now=clock.now()), name_taken="name_ar"
    ):
        flash(_("The team was added"), "done")
        return redirect(url_for(".show", team_id=form.made), 303)
    return render_template("teams/edit.html", form=form, team=None), form.status


@bp.get("/teams/<int:team_id>")
@requires(Permission.MANAGE_PEOPLE)
def show(team_id: int):
    text = request.args.get("q", "")[:100]
    return render_template(
        "teams/show.html",
        team=teams.find(team_id),
        text=text,
        found=teams.members(team_id, request.args.get("page", 1, row_number), text),
    )


@bp.route("/teams/<int:team_id>/details", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit(team_id: int):
    team = teams.find(team_id)
    form = TeamForm(obj=team)
    if form.carry_out(
        lambda: teams.change(team_id, form.plan, by=current_user.id, now=clock.now()),
        name_taken="name_ar",
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".show", team_id=team_id), 303)
    return render_template("teams/edit.html", form=form, team=team), form.status


@bp.post("/teams/<int:team_id>/closure")
@requires(Permission.MANAGE_PEOPLE)
def close(team_id: int):
    teams.close(team_id, by=current_user.id, now=clock.now())
    flash(_("Closed. What was done under it stays"), "done")
    return redirect(url_for(".show", team_id=team_id), 303)


@bp.post("/teams/<int:team_id>/reopening")
@requires(Permission.MANAGE_PEOPLE)
def reopen(team_id: int):
    teams.reopen(team_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".show", team_id=team_id), 303)


# Members


@bp.get("/teams/<int:team_id>/members")
@requires(Permission.MANAGE_PEOPLE)
def find_member(team_id: int):
    return render_template("teams/members.html", team=teams.find(team_id), **looked_for())


@bp.post("/teams/<int:team_id>/members/<int:person_id>")
@requires(Permission.MANAGE_PEOPLE)
def add_member(team_id: int, person_id: int):
    name = isolate(people.find(person_id).name)
    try:
        teams.join(person_id, team_id, by=current_user.id, now=clock.now())
        flash(_("%(name)s is a member now", name=name), "done")
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
    return redirect(url_for(".show", team_id=team_id), 303)


@bp.post("/teams/<int:team_id>/members/<int:person_id>/removal")
@requires(Permission.MANAGE_PEOPLE)
def remove_member(team_id: int, person_id: int):
    name = isolate(people.find(person_id).name)
    teams.leave(person_id, team_id, by=current_user.id, now=clock.now())
    flash(_("%(name)s is no longer a member", name=name), "done")
    return redirect(url_for(".show", team_id=team_id), 303)


@bp.post("/teams/<int:team_id>/members/<int:person_id>/leadership")
@requires(Permission.MANAGE_PEOPLE)
def appoint(team_id: int, person_id: int):
    return _lead(team_id, person_id, True)


@bp.post("/teams/<int:team_id>/members/<int:person_id>/leadership/ending")
@requires(Permission.MANAGE_PEOPLE)
def dismiss(team_id: int, person_id: int):
    return _lead(team_id, person_id, False)


def _lead(team_id: int, person_id: int, leads: bool):
    name = isolate(people.find(person_id).name)
    teams.set_leader(person_id, team_id, leads, by=current_user.id, now=clock.now())
    said = _("%(name)s leads the team now") if leads else _("%(name)s leads the team no more")
    flash(said % {"name": name}, "done")
    return redirect(url_for(".show", team_id=team_id), 303)
