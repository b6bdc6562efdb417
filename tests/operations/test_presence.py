"""Roll calls, head counts and spot checks: who was really there, on several tablets at once."""

import random
import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import AuditEntry, HeadCount, Sighting
from checkin.operations import presence
from checkin.operations.permissions import Reach, reach_of, roles_of
from checkin.operations.presence import Look
from tests import factories

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def here(cast, now) -> list:
    """Noura and four others, checked in at the Mataf half an hour ago."""
    others = [factories.person(now, f"متطوعة {letter}") for letter in "أبجد"]
    for who in others:
        factories.assign(now - HOUR, who, cast.shift)
    for who in (cast.noura, *others):
        factories.check_in(who, cast.poster, now - HOUR / 2)
    return [cast.noura, *others]


@pytest.fixture
def reach(cast, now):
    """Where somebody may call the roll."""
    return lambda who: reach_of(roles_of(who.id, now), Permission.CALL_ROLL)


def site_now(cast, now, reach=EVERYWHERE) -> presence.OnSite:
    return presence.on_site(cast.mataf, reach, now)


def seen(cast, now) -> set[str]:
    return {one.row.name for one in site_now(cast, now).people if one.is_seen}


def look(cast, who, was_seen=True, **values) -> Look:
    values.setdefault("uid", str(uuid.uuid4()))
    return Look(site_id=cast.mataf.id, person_id=who.id, was_seen=was_seen, **values)


def sight(cast, who, now, was_seen=True, by=None, **values):
    by = by or cast.salem
    told = look(cast, who, was_seen, **values)
    return presence.sight(told, reach=EVERYWHERE, by=by.id, now=now)


def kept(session, model) -> int:
    return session.scalar(db.select(db.func.count()).select_from(model))


# --- who is here ---------------------------------------------------------------------------


def test_everybody_who_is_in_is_on_the_list_and_nobody_else(cast, now, here):
    awaited = factories.person(now, "لم تحضر بعد")
    factories.assign(now, awaited, cast.shift)
    factories.check_out(here[1], cast.shift, now - MINUTE)
    names = [one.row.name for one in site_now(cast, now).people]
    assert sorted(names) == sorted(who.name for who in here if who is not here[1])
    assert [shift.id for shift in site_now(cast, now).shifts] == [cast.shift.id]


def test_whoever_never_left_is_off_the_list_when_the_shift_is_long_over(cast, now, here):
    assert site_now(cast, cast.shift.ends_at + 2 * HOUR).people == []


def test_a_lead_sees_the_own_shift_alone(cast, now, here, reach):
    led = factories.shift(now, cast.mataf, starts=-30)
    lead, helper = factories.person(now, "قائدة"), factories.person(now, "مساعدة")
    factories.assign(now - HOUR, lead, led, is_lead=True)
    factories.assign(now - HOUR, helper, led)
    factories.check_in(helper, factories.poster(now, cast.mataf, led), now - MINUTE)
    assert [one.row.name for one in site_now(cast, now, reach(lead)).people] == ["مساعدة"]
    assert len(site_now(cast, now, reach(cast.salem)).people) == len(here) + 1
    assert site_now(cast, now, reach(cast.huda)).people == []


# --- the roll call -------------------------------------------------------------------------


def test_a_tick_a_tick_taken_back_and_a_tick_again(cast, now, here):
    assert site_now(cast, now).begun_at is None
    sight(cast, cast.noura, now)
    assert seen(cast, now) == {cast.noura.name}
    assert site_now(cast, now).begun_at == now
    sight(cast, cast.noura, now + MINUTE, was_seen=False)
    assert seen(cast, now + MINUTE) == set()
    sight(cast, cast.noura, now + 2 * MINUTE)
    assert seen(cast, now + 2 * MINUTE) == {cast.noura.name}


def test_a_tick_sent_twice_is_one_and_with_other_content_refused(cast, now, here):
    uid = str(uuid.uuid4())
    first = sight(cast, cast.noura, now, uid=uid)
    assert sight(cast, cast.noura, now + MINUTE, uid=uid).id == first.id
    for who, was_seen, by in ((here[1], True, None), (cast.noura, False, None),
                              (cast.noura, True, cast.layla)):  # fmt: skip
        with pytest.raises(Conflict, match="look_reused"):
            sight(cast, who, now, was_seen, by=by, uid=uid)
    assert kept(db.session, Sighting) == 1


def test_two_tablets_call_together(cast, now, here):
    """Both begin at the same alarm; what one ticks the other has too."""
    presence.begin(cast.mataf.id, by=cast.salem.id, now=now)
    presence.begin(cast.mataf.id, by=cast.layla.id, now=now + MINUTE / 2)
    sight(cast, here[0], now + MINUTE / 4)
    sight(cast, here[1], now + MINUTE, by=cast.layla)
    assert seen(cast, now + MINUTE) == {here[0].name, here[1].name}
    assert site_now(cast, now + MINUTE).begun_at == now


def test_a_call_begun_anew_has_seen_nobody(cast, now, here):
    sight(cast, cast.noura, now)
    later = now + 20 * MINUTE
    presence.begin(cast.mataf.id, by=cast.salem.id, now=later)
    assert seen(cast, later) == set()
    assert site_now(cast, later).begun_at == later
    assert site_now(cast, later + 4 * HOUR).begun_at is None


def test_nobody_ticks_themselves_and_counts_as_seen_for_themselves(cast, now, here):
    with pytest.raises(Problem, match="look_at_oneself"):
        sight(cast, cast.noura, now, by=cast.noura)
    assert site_now(cast, now).seen_by(cast.noura.id) == 1
    assert site_now(cast, now).seen_by(cast.salem.id) == 0


def test_who_is_not_here_or_out_of_reach_cannot_be_ticked(cast, now, here, reach):
    stranger = factories.person(now, "غائبة")
    with pytest.raises(Problem, match="not_here"):
        sight(cast, stranger, now)
    with pytest.raises(Problem, match="not_here"):
        presence.sight(look(cast, cast.noura), reach=reach(cast.huda), by=cast.huda.id, now=now)
    assert kept(db.session, Sighting) == 0


def test_a_tick_made_without_a_network_counts_from_when_it_was_made(cast, now, here):
    """Also when the person had left before it arrived, and when the tablet's clock was wrong."""
    slow = timedelta(hours=5)
    clock = DeviceClock(device_at=now - slow, sent_at=now + 10 * MINUTE - slow)
    factories.check_out(cast.noura, cast.shift, now + 5 * MINUTE)
    told = sight(cast, cast.noura, now + 10 * MINUTE, clock=clock, begun_at=now - MINUTE)
    assert (told.at, told.received_at) == (now, now + 10 * MINUTE)
    assert site_now(cast, now + 10 * MINUTE).begun_at == now - MINUTE


def test_a_late_tick_of_an_earlier_call_does_not_tick_in_the_new_one(cast, now, here):
    presence.begin(cast.mataf.id, by=cast.salem.id, now=now - 20 * MINUTE)
    presence.begin(cast.mataf.id, by=cast.salem.id, now=now)
    clock = DeviceClock(device_at=now - 10 * MINUTE, sent_at=now)
    sight(cast, cast.noura, now, clock=clock, begun_at=now - 20 * MINUTE)
    assert seen(cast, now) == set()
    assert site_now(cast, now).begun_at == now


def test_a_tick_of_last_week_is_refused_and_not_kept(cast, now, here):
    clock = DeviceClock(device_at=now - timedelta(days=7), sent_at=now)
    with pytest.raises(Problem, match="look_too_old"):
        sight(cast, cast.noura, now, clock=clock)


def test_taking_the_numbers_is_noted(cast, now, here, reach):
    taken = presence.take_numbers(cast.mataf.id, reach=reach(cast.salem), by=cast.salem.id, now=now)
    assert taken == {who.id: who.mobile for who in here}
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "numbers_taken")).one()
    assert (entry.actor_id, entry.thing_id, entry.facts) == (
        *(cast.salem.id, cast.mataf.id), {"people": 5},
    )  # fmt: skip


# --- the head count ------------------------------------------------------------------------


@pytest.mark.parametrize("counted", [0, 4, 5, 9])
def test_a_count_stands_beside_the_list_of_that_instant(cast, now, here, counted):
    uid = str(uuid.uuid4())
    told = {"reach": EVERYWHERE, "by": cast.salem.id}
    made = presence.count(uid, cast.mataf.id, counted, **told, now=now)
    assert (made.counted, made.listed) == (counted, 5)
    factories.check_out(here[1], cast.shift, now + MINUTE)
    again = presence.count(uid, cast.mataf.id, counted, **told, now=now + MINUTE)
    assert (again.id, again.listed) == (made.id, 5)
    with pytest.raises(Conflict, match="count_reused"):
        presence.count(uid, cast.mataf.id, counted + 1, **told, now=now)
    assert kept(db.session, HeadCount) == 1


def test_a_lead_counts_the_own_shift_and_not_themselves(cast, now, here, reach):
    lead = factories.person(now, "قائدة")
    factories.assign(now - HOUR, lead, cast.shift, is_lead=True)
    factories.check_in(lead, cast.poster, now - MINUTE)
    told = {"reach": reach(lead), "by": lead.id, "now": now}
    assert presence.count(str(uuid.uuid4()), cast.mataf.id, 5, **told).listed == 5


def test_the_newest_counts_come_first(cast, now, here):
    for minute in range(7):
        presence.count(
            str(uuid.uuid4()), cast.mataf.id, minute,
            reach=EVERYWHERE, by=cast.salem.id, now=now + minute * MINUTE,
        )  # fmt: skip
    shown = presence.counts_at(cast.mataf.id, now + HOUR)
    assert [row.counted for row in shown] == [6, 5, 4, 3, 2]
    assert presence.counts_at(cast.squares.id, now + HOUR) == []


# --- the spot check ------------------------------------------------------------------------


def draw(cast, now, chance=None) -> presence.Draw:
    presence.draw(cast.mataf.id, reach=EVERYWHERE, by=cast.salem.id, now=now, random=chance)
    drawn = presence.draw_at(cast.mataf.id, EVERYWHERE, now)
    assert drawn is not None
    return drawn


def test_three_are_drawn_and_never_the_same_three_twice_in_a_row(cast, now, here):
    before, met = set(), set()
    for turn in range(25):
        drawn = draw(cast, now + turn * MINUTE, random.Random(turn // 2))
        names = {one.row.name for one in drawn.asked}
        assert len(names) == 3
        assert names != before
        before, met = names, met | names
    assert met == {who.name for who in here}


def test_few_people_are_drawn_all_and_again(cast, now):
    with pytest.raises(Problem, match="nobody_to_draw"):
        draw(cast, now)
    factories.check_in(cast.noura, cast.poster, now)
    assert [one.row.name for one in draw(cast, now).asked] == [cast.noura.name]
    assert [one.row.name for one in draw(cast, now + MINUTE).asked] == [cast.noura.name]


def test_answers_are_kept_and_seen_by_whoever_decides(cast, now, here):
    drawn = draw(cast, now)
    told = {"reach": EVERYWHERE, "by": cast.salem.id}
    first, second, third = (one.row.id for one in drawn.asked)
    uid = str(uuid.uuid4())
    for _ in range(2):
        presence.answer(uid, cast.mataf.id, first, was_seen=False, **told, now=now + MINUTE)
    presence.answer(str(uuid.uuid4()), cast.mataf.id, second, was_seen=True, **told, now=now)
    with pytest.raises(Conflict, match="look_reused"):
        presence.answer(uid, cast.mataf.id, first, was_seen=True, **told, now=now)
    seen_last = presence.last_seen([first, second, third])
    assert {id_: row.was_seen for id_, row in seen_last.items()} == {first: False, second: True}
    assert (seen_last[first].kind, seen_last[first].name) == ("spot", cast.salem.name)
    assert not presence.draw_at(cast.mataf.id, EVERYWHERE, now + MINUTE).is_answered
    assert kept(db.session, Sighting) == 2


def test_a_later_look_of_either_kind_is_the_last_one(cast, now, here):
    drawn = draw(cast, now)
    asked = drawn.asked[0].row
    told = {"reach": EVERYWHERE, "by": cast.salem.id}
    presence.answer(str(uuid.uuid4()), cast.mataf.id, asked.id, was_seen=False, **told, now=now)
    who = next(who for who in here if who.id == asked.volunteer_id)
    sight(cast, who, now + MINUTE)
    assert presence.last_seen([asked.id])[asked.id].was_seen
    sight(cast, who, now + 2 * MINUTE, was_seen=False)
    assert not presence.last_seen([asked.id])[asked.id].was_seen  # the tick was taken back
    assert presence.last_seen([]) == {}


def test_only_who_was_drawn_is_answered_for_and_not_for_ever(cast, now, here):
    drawn = draw(cast, now)
    asked = [one.row.id for one in drawn.asked]
    other = next(p.row for p in site_now(cast, now).people if p.row.id not in asked)
    told = {"was_seen": True, "by": cast.salem.id, "now": now}
    with pytest.raises(Problem, match="not_drawn"):
        presence.answer(str(uuid.uuid4()), cast.mataf.id, other.id, reach=EVERYWHERE, **told)
    with pytest.raises(NotFound):
        presence.answer(str(uuid.uuid4()), cast.squares.id, asked[0], reach=EVERYWHERE, **told)
    told["now"] = now + 2 * HOUR
    with pytest.raises(Problem, match="not_drawn"):
        presence.answer(str(uuid.uuid4()), cast.mataf.id, asked[0], reach=EVERYWHERE, **told)


def test_nobody_answers_for_themselves(cast, now, here):
    drawn = draw(cast, now)
    row = drawn.asked[0].row
    with pytest.raises(Problem, match="look_at_oneself"):
        presence.answer(
            str(uuid.uuid4()), cast.mataf.id, row.id,
            was_seen=True, reach=EVERYWHERE, by=row.volunteer_id, now=now,
        )  # fmt: skip
