"""Roles: given by those who may, never to oneself, ended with their history kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission, Role
from checkin.models import AuditEntry, Grant
from checkin.operations import access, grants
from checkin.operations.grants import Term
from checkin.operations.permissions import reach_of, roles_of
from tests import factories


def supervises(person, now):
    return reach_of(roles_of(person.id, now), Permission.DECIDE).site_ids


def test_a_coordinator_names_a_supervisor_of_one_site(cast, now):
    site = cast.squares.id
    grant = grants.give(cast.noura.id, Role.SUPERVISOR, site_id=site, by=cast.layla.id, now=now)
    assert supervises(cast.noura, now) == {site}
    names = [one.person.name for one in grants.supervisors_of(site, now)]
    assert sorted(names) == sorted([cast.huda.name, cast.noura.name])
    note = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "grant.give")).one()
    assert note.facts == {"grant": grant, "role": "supervisor", "site": site, "partner": None}


def test_giving_what_is_held_changes_nothing(cast, now):
    def give():
        return grants.give(
            cast.salem.id, Role.SUPERVISOR, site_id=cast.mataf.id, by=cast.layla.id, now=now
        )

    assert give() == give()
    assert len(grants.supervisors_of(cast.mataf.id, now)) == 1


def test_an_ended_role_ends_at_once_and_stays_in_history(cast, now):
    (held,) = grants.supervisors_of(cast.mataf.id, now)
    grants.end(held.id, by=cast.layla.id, now=now)
    grants.end(held.id, by=cast.layla.id, now=now + timedelta(hours=1))
    assert supervises(cast.salem, now) == frozenset()
    ((kept, site, _),) = grants.of_person(cast.salem.id)
    assert (kept.until_at, site.id) == (now, cast.mataf.id)
    again = grants.give(
        cast.salem.id, Role.SUPERVISOR, site_id=cast.mataf.id, by=cast.layla.id, now=now
    )
    assert again != held.id
    assert supervises(cast.salem, now) == {cast.mataf.id}


@pytest.mark.parametrize("who", ["layla", "majed"])
def test_nobody_gives_themselves_a_role(cast, now, who):
    me = getattr(cast, who).id
    with pytest.raises(Problem, match="own_grant"):
        grants.give(me, Role.SUPERVISOR, site_id=cast.mataf.id, by=me, now=now)
    assert db.session.scalar(db.select(Grant.id).where(Grant.granted_by_id == me)) is None


@pytest.mark.parametrize(
    "role", [Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER_READER]
)
def test_a_coordinator_gives_no_other_role(cast, now, role):
    partner = cast.university.id if role is Role.PARTNER_READER else None
    with pytest.raises(Problem, match="role_not_yours"):
        grants.give(cast.noura.id, role, partner_id=partner, by=cast.layla.id, now=now)


def test_a_supervisor_gives_nothing_and_ends_nothing(cast, now):
    assert grants.grantable(cast.salem.id, now) == ()
    with pytest.raises(Problem, match="role_not_yours"):
        grants.give(
            cast.noura.id, Role.SUPERVISOR, site_id=cast.mataf.id, by=cast.salem.id, now=now
        )
    (huda,) = grants.supervisors_of(cast.squares.id, now)
    with pytest.raises(Problem, match="role_not_yours"):
        grants.end(huda.id, by=cast.salem.id, now=now)


def test_a_coordinator_cannot_end_an_administrator(cast, now):
    ((majed, _, _),) = grants.of_person(cast.majed.id)
    with pytest.raises(Problem, match="role_not_yours"):
        grants.end(majed.id, by=cast.layla.id, now=now)


def test_an_administrator_gives_every_role(cast, now):
    by, now = cast.majed.id, now
    grants.give(cast.noura.id, Role.COORDINATOR, by=by, now=now)
    grants.give(cast.noura.id, Role.AUDITOR, by=by, now=now)
    grants.give(cast.noura.id, Role.PARTNER_READER, partner_id=cast.university.id, by=by, now=now)
    grants.appoint(cast.noura.id, Role.ADMINISTRATOR, now=now)
    held = {one.role for one in roles_of(cast.noura.id, now)}
    assert held == {
        *(Role.COORDINATOR, Role.AUDITOR, Role.PARTNER_READER, Role.ADMINISTRATOR, Role.VOLUNTEER)
    }


def test_an_administrator_is_ended_by_another_only(cast, now):
    second = grants.appoint(cast.noura.id, Role.ADMINISTRATOR, now=now)
    ((majed, _, _),) = grants.of_person(cast.majed.id)
    with pytest.raises(Problem, match="own_grant"):
        grants.end(second, by=cast.noura.id, now=now)
    grants.end(majed.id, by=cast.noura.id, now=now)
    with pytest.raises(Problem, match="role_not_yours"):
        grants.end(second, by=cast.majed.id, now=now)


def test_two_administrators_who_end_each_other_leave_one(cast, now, app):
    second = grants.appoint(cast.noura.id, Role.ADMINISTRATOR, now=now)
    ((first, _, _),) = grants.of_person(cast.majed.id)
    start, refused = Barrier(2), []

    def end(grant_id, by):
        with app.app_context():
            start.wait()
            try:
                grants.end(grant_id, by=by, now=now)
            except Problem as problem:
                refused.append(problem.code)

    db.session.rollback()
    pairs = [(first.id, cast.noura.id), (second, cast.majed.id)]
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda pair: end(*pair), pairs))
    assert refused == ["role_not_yours"]


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.SUPERVISOR, {}),
        (Role.PARTNER_READER, {}),
        (Role.COORDINATOR, {"site_id": 1}),
        (Role.SUPERVISOR, {"site_id": 1, "partner_id": 1}),
    ],
)
def test_a_role_needs_exactly_its_scope(cast, now, role, scope):
    with pytest.raises(Problem, match="scope_missing"):
        grants.give(cast.noura.id, role, by=cast.majed.id, now=now, **scope)


def test_places_and_people_must_exist(cast, now):
    give = {"by": cast.majed.id, "now": now}
    with pytest.raises(NotFound):
        grants.give(cast.noura.id, Role.SUPERVISOR, site_id=9_999, **give)
    with pytest.raises(NotFound):
        grants.give(9_999, Role.AUDITOR, **give)
    with pytest.raises(NotFound):
        grants.end(9_999, **give)


def test_an_administrator_takes_two(cast, now):
    second = factories.person(now, "هاني سالم العتيبي", email="hani@example.org")
    factories.grant(now, second, Role.ADMINISTRATOR)
    with pytest.raises(Problem, match="second_needed"):
        grants.give(cast.noura.id, Role.ADMINISTRATOR, by=cast.majed.id, now=now)
    with pytest.raises(Problem, match="role_not_yours"):
        grants.ask(cast.noura.id, Role.ADMINISTRATOR, by=cast.layla.id, now=now)
    asked = grants.ask(cast.noura.id, Role.ADMINISTRATOR, by=cast.majed.id, now=now)
    assert grants.ask(cast.noura.id, Role.ADMINISTRATOR, by=second.id, now=now) == asked
    assert [one.role for one in roles_of(cast.noura.id, now)] == [Role.VOLUNTEER]
    for by, code in ((cast.majed, "second_administrator"), (cast.layla, "role_not_yours")):
        with pytest.raises(Problem, match=code):
            grants.confirm(asked, by=by.id, now=now)
    grants.confirm(asked, by=second.id, now=now)
    assert Role.ADMINISTRATOR in [one.role for one in roles_of(cast.noura.id, now)]
    with pytest.raises(Problem, match="request_over"):
        grants.refuse(asked, by=second.id, now=now)
    assert grants.waiting_requests() == []


def test_a_refused_request_gives_nothing(cast, now):
    second = factories.person(now, "هاني سالم العتيبي", email="hani@example.org")
    factories.grant(now, second, Role.ADMINISTRATOR)
    asked = grants.ask(cast.noura.id, Role.ADMINISTRATOR, by=cast.majed.id, now=now)
    ((_, person, asker),) = grants.waiting_requests()
    assert (person.id, asker) == (cast.noura.id, cast.majed.name)
    grants.refuse(asked, by=second.id, now=now)
    assert [one.role for one in roles_of(cast.noura.id, now)] == [Role.VOLUNTEER]


def test_a_role_holds_from_then_until_then(cast, now):
    day = timedelta(days=1)
    term = Term(now + day, now + 2 * day)
    scope = {"site_id": cast.squares.id, "by": cast.layla.id, "now": now}
    grants.give(cast.noura.id, Role.SUPERVISOR, term=term, **scope)
    held = [supervises(cast.noura, now + hours * day) for hours in (0, 1, 2)]
    assert held == [frozenset(), {cast.squares.id}, frozenset()]
    for until in (now, now - day):
        with pytest.raises(Problem, match="grant_days"):
            grants.give(cast.salem.id, Role.SUPERVISOR, term=Term(None, until), **scope)


def test_what_nobody_looked_at_for_three_months_comes_first(cast, now):
    late = now + timedelta(days=100)
    seen = access.page_of(1, by=cast.majed.id, now=late)
    assert (seen.total, seen.overdue) == (6, 6)
    (salem, *_) = grants.supervisors_of(cast.mataf.id, late)
    access.keep(salem.id, by=cast.majed.id, now=late)
    seen = access.page_of(1, by=cast.majed.id, now=late)
    assert (seen.overdue, seen.items[-1].Person.id) == (5, cast.salem.id)
    assert seen.items[-1].reviewer == cast.majed.name
    assert not access.is_overdue(seen.items[-1].Grant, late)
    ((own, _, _),) = grants.of_person(cast.majed.id)
    with pytest.raises(Problem, match="own_grant"):
        access.keep(own.id, by=cast.majed.id, now=late)
    grants.end(salem.id, by=cast.majed.id, now=late)
    with pytest.raises(Problem, match="role_over"):
        access.keep(salem.id, by=cast.majed.id, now=late)


def test_a_coordinator_reviews_supervisors_only(cast, now):
    seen = access.page_of(1, by=cast.layla.id, now=now)
    assert {row.Person.id for row in seen.items} == {cast.salem.id, cast.huda.id}
    ((majed, _, _),) = grants.of_person(cast.majed.id)
    with pytest.raises(Problem, match="role_not_yours"):
        access.keep(majed.id, by=cast.layla.id, now=now)
    with pytest.raises(NotFound):
        access.keep(9999, by=cast.layla.id, now=now)
