"""Teams: the volunteers of one neighbourhood, and who of them leads."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.models import Person, Team
from checkin.operations import audit, catalogue, people
from checkin.operations.coming import Coming, coming_of
from checkin.operations.figures import rollup
from checkin.operations.identity import living
from checkin.operations.paging import Page, count, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlan:
    """What a coordinator says about a team."""

    name_ar: str
    name_en: str = ""
    neighbourhood: str = ""


# --- acts ----------------------------------------------------------------------------------


@catalogue.unique()
@transaction
def create(plan: TeamPlan, *, by: int | None, now: datetime) -> int:
    """A new team's id; Problem `name_taken`."""
    catalogue.refuse_namesake(Team, plan.name_ar)
    return catalogue.keep(Team(**asdict(plan)), by=by, now=now)


@catalogue.unique()
@transaction
def change(team_id: int, plan: TeamPlan, *, by: int, now: datetime) -> None:
    """Problem `name_taken`."""
    team = find(team_id)
    catalogue.refuse_namesake(Team, plan.name_ar, team)
    catalogue.change(team, asdict(plan), by=by, now=now)


@transaction
def close(team_id: int, *, by: int, now: datetime) -> None:
    """No new members; those it has stay, and its leader sees them no longer."""
    catalogue.close(find(team_id), by=by, now=now)


@transaction
def reopen(team_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(find(team_id), by=by, now=now)


@transaction
def join(person_id: int, team_id: int, *, by: int, now: datetime) -> None:
    """Belong to this team and to no other; joining again changes nothing. Problem `team_closed`."""
    team = find(team_id)
    if team.closed_at is not None:
        raise Problem("team_closed")
    person = people.find(person_id, lock=True)
    if person.team_id == team_id:
        return
    # figures by team follow: what somebody did is their team's of today
    with rollup.in_step(volunteer_ids=[person_id]):
        person.leads_team = False
        person.team_id, person.team_name = team_id, team.name_ar
        db.session.flush()
        audit.note("team.join", "team", team_id, by=by, at=now, person=person_id)


@transaction
def leave(person_id: int, team_id: int, *, by: int, now: datetime) -> None:
    """Belong to no team; nothing changes for whoever is not in this one."""
    person = people.find(person_id, lock=True)
    if person.team_id != team_id:
        return
    with rollup.in_step(volunteer_ids=[person_id]):
        person.leads_team = False
        person.team_id, person.team_name = None, ""
        db.session.flush()
        audit.note("team.leave", "team", team_id, by=by, at=now, person=person_id)


@transaction
def set_leader(person_id: int, team_id: int, leads: bool, *, by: int, now: datetime) -> None:
    """A member leads the team, or no longer; saying it again changes nothing. NotFound."""
    person = people.find(person_id, lock=True)
    if person.team_id != team_id:
        raise NotFound("person")
    if person.leads_team == leads:
        return
    person.leads_team = leads
    db.session.flush()
    act = "team.lead" if leads else "team.lead_no_more"
    audit.note(act, "team", team_id, by=by, at=now, person=person_id)


# --- questions -----------------------------------------------------------------------------


def find(team_id: int) -> Team:
    return catalogue.found(Team, team_id)


def all_teams() -> list[Team]:
    return catalogue.all_of(Team)


def of_person(person_id: int) -> Team | None:
    """The team somebody belongs to."""
    query = select(Team).join(Person, Person.team_id == Team.id).where(Person.id == person_id)
    return db.session.scalar(query)


def sizes() -> dict[int, int]:
    """How many people belong to each team."""
    members = select(Person.team_id, func.count()).where(Person.team_id.is_not(None), living())
    rows = db.session.execute(members.group_by(Person.team_id))
    return {team_id: number for team_id, number in rows if team_id is not None}


def leaders() -> dict[int, list[str]]:
    """Who leads each team, by name."""
    query = select(Team.id, Person.name).join(Person, Person.team_id == Team.id)
    query = query.where(Person.leads_team, living()).order_by(Person.name_folded)
    found: dict[int, list[str]] = {}
    for team_id, name in db.session.execute(query):
        found.setdefault(team_id, []).append(name)
    return found


def members(team_id: int, number: int = 1, text: str = "") -> Page:
    """A page of those who belong to the team, its leaders first."""
    query = _members(team_id).order_by(Person.leads_team.desc(), Person.name_folded, Person.id)
    if text.strip():
        query = query.where(Person.id.in_(people.matching(text).order_by(None)))
    rows = db.session.scalars(shown(query, number)).all()
    return Page.of(rows, count(query), number)


def led_by(person_id: int) -> Team | None:
    """The team in use that somebody leads; a leader sees it and no other."""
    return db.session.scalar(
        select(Team)
        .join(Person, Person.team_id == Team.id)
        .where(Person.id == person_id, Person.leads_team, living(), Team.closed_at.is_(None))
    )


def names(team_id: int) -> Sequence[AnyRow]:
    """Of a team for its leader: `name` and `leads_team`, and nothing else of anybody."""
    shown = _members(team_id).with_only_columns(Person.name, Person.leads_team)
    return db.session.execute(shown.order_by(Person.name_folded, Person.id)).all()


def coming(team_id: int, now: datetime) -> list[Coming]:
    """The next shifts of the team, and who of it is expected there."""
    return coming_of(Person.team_id == team_id, now)


def _members(team_id: int) -> Select[Any]:
    return select(Person).where(Person.team_id == team_id, living())
