"""Posters are made once, replaced with time to change the paper, and revoked at once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.database import db, transaction
from checkin.domain.codes import read_code, read_short_code
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.scanning import Code
from checkin.models import AuditEntry, Poster, Shift, Site
from checkin.operations import posters
from checkin.operations.attendance.situation import code_of
from checkin.operations.permissions import Reach
from checkin.operations.posters import Place
from tests import factories

EVERYWHERE = Reach(everywhere=True)


def stored(poster: Poster) -> Poster:
    db.session.expire_all()
    return db.session.get(Poster, poster.id)


@transaction
def change(row, **values) -> None:
    for name, value in values.items():
        setattr(db.session.get(type(row), row.id), name, value)


def acts() -> list[tuple[str, int, dict]]:
    rows = db.session.execute(
        select(AuditEntry.act, AuditEntry.actor_id, AuditEntry.facts)
        .where(AuditEntry.act.startswith("poster."))
        .order_by(AuditEntry.id)
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def made(cast, now) -> Poster:
    """The first poster of a site that had none."""
    return posters.make([Place(cast.squares.id)], by=cast.huda.id, now=now)[0]


def test_a_site_gets_a_poster_that_works(cast, made, now):
    assert (made.site_id, made.shift_id, made.version) == (cast.squares.id, None, 1)
    assert (made.created_at, made.created_by_id) == (now, cast.huda.id)
    assert read_code(made.code) == made.code
    assert read_short_code(made.short_code) == made.short_code
    assert code_of(stored(made), now) is Code.ACTIVE
    facts = {"site": cast.squares.id, "shift": None, "version": 1}
    assert acts() == [("poster.make", cast.huda.id, facts)]


def test_making_twice_gives_the_same_poster(cast, made, now):
    again = posters.make([Place(cast.squares.id)] * 2, by=cast.layla.id, now=now)
    assert [poster.id for poster in again] == [made.id]
    assert len(acts()) == 1


def test_a_shift_has_its_own_poster_beside_the_sites(cast, now):
    place = Place(cast.mataf.id, cast.shift.id)
    (own,) = posters.make([place], by=cast.salem.id, now=now)
    assert own.version == 1
    assert posters.poster_of(cast.mataf.id).id == cast.poster.id
    assert posters.poster_of(cast.mataf.id, cast.shift.id).id == own.id


def test_no_poster_for_a_closed_site_and_none_of_the_others_either(cast, made, now):
    change(cast.mataf, closed_at=now)
    before = db.session.scalar(select(func.count()).select_from(Poster))
    other = factories.site(now, "باب السلام", "Peace Gate")
    with pytest.raises(Problem, match="poster_site_closed"):
        posters.make([Place(other.id), Place(cast.mataf.id)], by=cast.layla.id, now=now)
    assert db.session.scalar(select(func.count()).select_from(Poster)) == before


@pytest.mark.parametrize("why", ["over", "cancelled", "closed"])
def test_no_poster_for_a_shift_nobody_checks_in_at(cast, now, why):
    later = cast.shift.ends_at if why == "over" else now
    if why != "over":
        change(cast.shift, **{f"{why}_at": now})
    with pytest.raises(Problem, match="poster_shift_over"):
        posters.make([Place(cast.mataf.id, cast.shift.id)], by=cast.salem.id, now=later)


def test_a_shift_of_another_site_is_not_found(cast, now):
    with pytest.raises(NotFound):
        posters.make([Place(cast.squares.id, cast.shift.id)], by=cast.layla.id, now=now)
    with pytest.raises(NotFound):
        posters.make([Place(cast.squares.id + 1000)], by=cast.layla.id, now=now)


def test_the_old_paper_works_fourteen_more_days(cast, made, now):
    fresh = posters.reissue(made.id, by=cast.huda.id, now=now)
    old, last = stored(made), now + timedelta(days=14)
    assert (fresh.version, fresh.site_id) == (2, cast.squares.id)
    assert fresh.code != old.code
    assert fresh.short_code != old.short_code
    assert code_of(old, last - timedelta(seconds=1)) is Code.ACTIVE
    assert code_of(old, last) is Code.REPLACED
    assert code_of(fresh, last) is Code.ACTIVE
    assert posters.poster_of(cast.squares.id).id == fresh.id
    assert acts()[-1] == ("poster.replace", cast.huda.id, {"replacement": fresh.id})


def test_only_the_working_poster_is_replaced(cast, made, now):
    fresh = posters.reissue(made.id, by=cast.huda.id, now=now)
    with pytest.raises(Conflict, match="poster_not_current"):
        posters.reissue(made.id, by=cast.layla.id, now=now)
    posters.revoke(fresh.id, by=cast.huda.id, now=now)
    with pytest.raises(Conflict, match="poster_not_current"):
        posters.reissue(fresh.id, by=cast.layla.id, now=now)
    with pytest.raises(NotFound):
        posters.reissue(made.id + 1000, by=cast.layla.id, now=now)


def test_a_revoked_poster_stops_at_once_and_once(cast, made, now):
    posters.revoke(made.id, by=cast.huda.id, now=now)
    posters.revoke(made.id, by=cast.layla.id, now=now + timedelta(hours=1))
    assert stored(made).revoked_at == now
    assert code_of(stored(made), now) is Code.REVOKED
    assert posters.poster_of(cast.squares.id) is None
    assert [act for act, *_ in acts()] == ["poster.make", "poster.revoke"]


def test_a_replaced_poster_can_still_be_stopped(cast, made, now):
    posters.reissue(made.id, by=cast.huda.id, now=now)
    posters.revoke(made.id, by=cast.huda.id, now=now)
    assert code_of(stored(made), now) is Code.REVOKED


def test_versions_go_on_counting(cast, made, now):
    posters.revoke(made.id, by=cast.huda.id, now=now)
    (next_one,) = posters.make([Place(cast.squares.id)], by=cast.huda.id, now=now)
    assert next_one.version == 2
    assert [poster.version for poster in posters.history_of(next_one)] == [2, 1]


def test_two_people_at_once_make_one_poster(app, cast, now):
    site_id, start, seen = cast.squares.id, threading.Barrier(2), []

    def make() -> None:
        with app.app_context():
            start.wait()
            (poster,) = posters.make([Place(site_id)], by=None, now=now)
            seen.append(poster.id)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_only_places_within_reach_are_listed(cast, now):
    closed = factories.site(now, "باب مغلق", "Closed gate")
    change(closed, closed_at=now)
    salem = Reach(site_ids=frozenset({cast.mataf.id}))
    assert [site.id for site, _ in posters.sites_with_posters(salem)] == [cast.mataf.id]
    listed = [(s.id, p and p.id) for s, p in posters.sites_with_posters(EVERYWHERE)]
    assert listed == [(cast.squares.id, None), (cast.mataf.id, cast.poster.id)]
    assert posters.sites_with_posters(Reach()) == []


def test_shifts_of_a_day_are_listed_with_their_own_posters(cast, now):
    place = Place(cast.mataf.id, cast.shift.id)
    (own,) = posters.make([place], by=cast.salem.id, now=now)
    cancelled = factories.shift(now, cast.mataf, starts=60, cancelled_at=now)
    tomorrow = factories.shift(now, cast.mataf, starts=24 * 60)
    other_site = factories.shift(now, cast.squares, starts=60)
    salem = Reach(site_ids=frozenset({cast.mataf.id}))

    def listed(reach: Reach, start: int, end: int) -> list[int]:
        span = now + timedelta(hours=start), now + timedelta(hours=end)
        return [shift.id for shift, _ in posters.shifts_with_posters(reach, *span, now=now)]

    assert listed(salem, -10, 14) == [cast.shift.id]
    assert listed(EVERYWHERE, -10, 14) == [cast.shift.id, other_site.id]
    assert listed(salem, 14, 38) == [tomorrow.id]
    assert cancelled.id not in listed(EVERYWHERE, -10, 38)
    span = now - timedelta(hours=10), now + timedelta(hours=14)
    ((shift, poster),) = posters.shifts_with_posters(salem, *span, now=now)
    assert (shift.site.name_en, poster.id) == ("Mataf courtyard", own.id)


def test_printables_come_in_the_order_asked_for_with_their_places(cast, made, now):
    (own,) = posters.make([Place(cast.mataf.id, cast.shift.id)], by=None, now=now)
    found = posters.printables(EVERYWHERE, [own.id, made.id, own.id, cast.poster.id])
    assert [one.poster.id for one in found] == [own.id, made.id, cast.poster.id]
    assert isinstance(found[0].shift, Shift)
    assert found[0].shift.opportunity.service is not None
    assert isinstance(found[1].site, Site)
    assert found[1].shift is None


def test_what_does_not_work_or_is_out_of_reach_is_not_printed(cast, made, now):
    salem = Reach(site_ids=frozenset({cast.mataf.id}))
    with pytest.raises(NotFound):
        posters.printables(salem, [cast.poster.id, made.id])
    posters.reissue(made.id, by=None, now=now)
    with pytest.raises(NotFound):
        posters.printables(EVERYWHERE, [made.id])
    with pytest.raises(NotFound):
        posters.printables(EVERYWHERE, [])
