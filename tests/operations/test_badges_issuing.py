"""Badges are made once, print again from a key outside the database, and end at once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.database import db
from checkin.domain.codes import read_code
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import AuditEntry, Badge, Person
from checkin.operations import accounts, badges
from checkin.operations.permissions import Reach, people_within
from tests import factories

EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def made(cast, now) -> Badge:
    return badges.make([cast.noura.id], by=cast.layla.id, now=now)[0]


def acts() -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(AuditEntry.act, AuditEntry.thing_id)
        .where(AuditEntry.act.startswith("badge."))
        .order_by(AuditEntry.id)
    )
    return [tuple(row) for row in rows]


def stored(badge: Badge) -> Badge:
    db.session.expire_all()
    return db.session.get_one(Badge, badge.id)


def test_a_badge_has_a_code_that_no_column_holds(cast, made):
    code = badges.code_of(made)
    assert code is not None
    assert read_code(code) == code
    row = db.session.execute(select(Badge.__table__)).one()
    assert all(code not in str(value) for value in row)
    assert acts() == [("badge.make", cast.noura.id)]


def test_making_again_gives_the_same_badge_and_code(cast, made, now):
    again = badges.make([cast.noura.id, cast.noura.id], by=cast.salem.id, now=now)
    assert [one.id for one in again] == [made.id]
    assert badges.code_of(again[0]) == badges.code_of(made)
    assert len(acts()) == 1


def test_two_people_never_have_the_same_code(cast, made, now):
    other = badges.make([cast.huda.id], by=None, now=now)[0]
    assert badges.code_of(other) != badges.code_of(made)


def test_nobody_of_a_group_gets_one_when_one_is_not_there(cast, now):
    with pytest.raises(NotFound):
        badges.make([cast.noura.id, 999_999], by=None, now=now)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Badge)) == 0


def test_a_new_badge_ends_the_old_one_at_once(cast, made, now):
    later = now + timedelta(days=3)
    fresh = badges.reissue(cast.noura.id, replacing=1, by=cast.layla.id, now=later)
    assert (fresh.version, stored(made).revoked_at) == (2, later)
    assert badges.code_of(fresh) != badges.code_of(made)
    assert [one.version for one in badges.history_of(cast.noura.id)] == [2, 1]


def test_of_two_who_replace_the_same_badge_one_is_told(cast, made, now):
    badges.reissue(cast.noura.id, replacing=1, by=cast.layla.id, now=now)
    with pytest.raises(Conflict) as told:
        badges.reissue(cast.noura.id, replacing=1, by=cast.salem.id, now=now)
    assert told.value.code == "badge_not_current"
    assert len(badges.history_of(cast.noura.id)) == 2


def test_a_stopped_badge_is_not_printed_and_a_new_one_can_be_made(cast, made, now):
    badges.revoke(cast.noura.id, version=1, by=cast.layla.id, now=now)
    everybody = people_within(EVERYWHERE, now)
    assert badges.printables(everybody, 10) == []
    fresh = badges.make([cast.noura.id], by=cast.layla.id, now=now)[0]
    assert fresh.version == 2
    assert [act for act, _ in acts()] == ["badge.make", "badge.revoke", "badge.make"]


def test_stopping_twice_is_told(cast, made, now):
    badges.revoke(cast.noura.id, version=1, by=cast.layla.id, now=now)
    with pytest.raises(Conflict):
        badges.revoke(cast.noura.id, version=1, by=cast.layla.id, now=now)


def test_a_changed_secret_prints_as_long_as_the_old_one_is_kept(app, cast, made):
    before = badges.code_of(made)
    app.config.update(SECRET_KEY="another key that is long enough, 0123456789")
    assert badges.code_of(made) is None
    app.config["SECRET_KEY_FALLBACKS"] = ["a key for tests that is long enough, 0123456789"]
    assert badges.code_of(made) == before


def test_a_supervisor_makes_badges_for_the_rosters_of_own_sites_only(cast, now):
    salem = people_within(Reach(site_ids=frozenset({cast.mataf.id})), now)
    huda = people_within(Reach(site_ids=frozenset({cast.squares.id})), now)
    assert db.session.scalars(salem).all() == [cast.noura]
    assert db.session.scalars(huda).all() == []
    late = now + timedelta(days=2)
    past = people_within(Reach(site_ids=frozenset({cast.mataf.id})), late)
    assert db.session.scalars(past).all() == []


def test_somebody_on_a_waiting_list_is_not_expected(cast, now):
    waiting = factories.person(now, "عبير ناصر السلمي")
    factories.assign(now, waiting, cast.shift, how="waiting")
    assert db.session.scalars(badges.people_on(cast.shift.id)).all() == [cast.noura.id]
    assert db.session.scalars(badges.people_at(cast.mataf.id, now)).all() == [cast.noura.id]


def test_sheets_are_in_the_order_of_names_and_never_more_than_asked(cast, now):
    people = [factories.person(now, name) for name in ("ياسر", "أحمد", "منى")]
    badges.make([one.id for one in people], by=None, now=now)
    chosen = select(Person).where(Person.id.in_([one.id for one in people]))
    names = [one.person.name for one in badges.printables(chosen, 10)]
    assert names == ["أحمد", "منى", "ياسر"]
    assert len(badges.printables(chosen, 2)) == 2


def test_two_at_once_make_one_badge(app, cast, now):
    """Both wait for the person; the second finds what the first made."""
    ids: list[int] = []
    meeting = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            meeting.wait()
            ids.append(badges.make([cast.noura.id], by=None, now=now)[0].id)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_own_data_names_badges_and_codes_for_phones_but_holds_neither(cast, made, now):
    enrolment = accounts.make_enrolment(cast.noura.id, by=cast.salem.id, now=now)
    record = accounts.own_record(cast.noura.id, now)
    assert [one["version"] for one in record["badges"]] == [1]
    assert [one["used_at"] for one in record["phone_codes"]] == [None]
    said = str(record)
    assert made.code_sha not in said
    assert enrolment.code_sha not in said


def test_an_erased_person_gets_no_badge(cast, now):
    factories.alter(cast.noura, erased_at=now)
    with pytest.raises(Problem) as told:
        badges.make([cast.noura.id], by=None, now=now)
    assert told.value.code == "not_found"
