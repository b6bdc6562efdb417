"""What binds people together: a team and its leader, and partners that some joined later."""

from datetime import date, datetime

from sqlalchemy import select

from checkin.database import db
from checkin.demo.facts import facts, season
from checkin.demo.organisation import Organisation
from checkin.models import Partner, Person, Team
from checkin.operations import memberships, teams

MEMBERS, MOVED = 18, 12


def bind(organisation: Organisation, now: datetime) -> None:
    """Through the acts of the pages; part of the caller's transaction."""
    by = organisation.staff["layla"]
    _gather(organisation, by, now)
    _move(organisation, by, now)


def _gather(organisation: Organisation, by: int, now: datetime) -> None:
    """A team that Noura leads; an association has its teams and leaders."""
    if db.session.scalar(select(Team.id).limit(1)) is not None:
        return
    told = facts()["team"]
    plan = teams.TeamPlan(name_ar=told["ar"], name_en=told["en"], neighbourhood=told["of"])
    team_id = teams.create(plan, by=by, now=now)
    for who in [organisation.noura_id, *_some(organisation, MEMBERS)]:
        teams.join(who, team_id, by=by, now=now)
    teams.set_leader(organisation.noura_id, team_id, True, by=by, now=now)


def _move(organisation: Organisation, by: int, now: datetime) -> None:
    """Whoever came without a partner belongs to a university since the term after the season."""
    university = facts()["partners"][facts()["joined_partner"]]
    partner_id = db.session.scalar(select(Partner.id).where(Partner.name_ar == university["ar"]))
    since = date(season().last_on.year + 1, 1, 16)
    first, last = organisation.volunteers
    alone = select(Person.id).where(Person.id.between(first, last), Person.partner_id.is_(None))
    for who in db.session.scalars(alone.order_by(Person.id).limit(MOVED)).all():
        memberships.set_partner(who, partner_id, since, by=by, now=now)


def _some(organisation: Organisation, number: int) -> list[int]:
    """Volunteers spread over the list, always the same."""
    first, last = organisation.volunteers
    return list(range(first, last + 1, (last - first) // number))[:number]
