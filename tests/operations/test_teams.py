"""Teams: one at a time, leaders among their members, and what a leader may see."""

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import AuditEntry, Person
from checkin.operations import teams
from checkin.operations.teams import TeamPlan
from tests import factories


@pytest.fixture
def team(cast, now):
    return teams.create(TeamPlan(name_ar="فريق العزيزية"), by=cast.layla.id, now=now)


def act(cast, now, name, *args):
    getattr(teams, name)(*args, by=cast.layla.id, now=now)


def standing(person):
    query = select(Person.team_id, Person.leads_team).filter_by(id=person.id)
    return tuple(db.session.execute(query).one())


def test_somebody_belongs_to_one_team_and_leads_none_by_moving(cast, now, team):
    other = teams.create(TeamPlan(name_ar="فريق الشوقية"), by=cast.layla.id, now=now)
    for _ in range(2):
        act(cast, now, "join", cast.noura.id, team)
    act(cast, now, "set_leader", cast.noura.id, team, True)
    assert teams.led_by(cast.noura.id).id == team
    act(cast, now, "join", cast.noura.id, other)
    assert standing(cast.noura) == (other, False)
    act(cast, now, "leave", cast.noura.id, team)
    assert standing(cast.noura) == (other, False)
    act(cast, now, "leave", cast.noura.id, other)
    assert standing(cast.noura) == (None, False)
    lines = db.session.scalars(select(AuditEntry).filter_by(thing="team").order_by(AuditEntry.id))
    said = [(one.act, one.thing_id) for one in lines if one.act != "team.create"]
    assert said == [
        ("team.join", team),
        ("team.lead", team),
        ("team.join", other),
        ("team.leave", other),
    ]


def test_only_a_member_leads_and_a_closed_team_takes_nobody(cast, now, team):
    with pytest.raises(NotFound):
        act(cast, now, "set_leader", cast.salem.id, team, True)
    act(cast, now, "join", cast.noura.id, team)
    act(cast, now, "set_leader", cast.noura.id, team, True)
    act(cast, now, "close", team)
    assert teams.led_by(cast.noura.id) is None
    with pytest.raises(Problem, match="team_closed"):
        act(cast, now, "join", cast.salem.id, team)
    assert teams.sizes() == {team: 1}


def test_a_leader_learns_names_and_what_comes_of_the_team_alone(cast, now, team):
    for who in (cast.noura, cast.salem):
        act(cast, now, "join", who.id, team)
    act(cast, now, "set_leader", cast.noura.id, team, True)
    soon = factories.shift(now, cast.squares, starts=60)
    for who, how in ((cast.salem, "joined"), (cast.noura, "waiting"), (cast.huda, "roster")):
        factories.assign(now, who, soon, how=how)
    draft = factories.shift(now, cast.squares, starts=90, is_draft=True)
    factories.assign(now, cast.salem, draft)
    found = teams.coming(team, now)
    assert [(one.shift.id, one.names) for one in found] == [
        (cast.shift.id, [cast.noura.name]),
        (soon.id, [cast.salem.name]),
    ]
    assert [tuple(row) for row in teams.names(team)] == [
        (cast.salem.name, False),
        (cast.noura.name, True),
    ]
    assert teams.leaders() == {team: [cast.noura.name]}
    assert [one.id for one in teams.members(team).items] == [cast.noura.id, cast.salem.id]
    factories.alter(cast.noura, erased_at=now)
    assert teams.led_by(cast.noura.id) is None
