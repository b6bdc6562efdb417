"""The sums that are kept say what the records say, whatever is done and in whatever order."""

import logging
import re
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import distinct, func, select, update

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, Problem
from checkin.models import (
    Attendance,
    MonthTotal,
    Opportunity,
    OpportunityDay,
    PeriodTotal,
    Person,
)
from checkin.operations import (
    approvals,
    campaigns,
    figures,
    merging,
    opportunities,
    people,
    shifts,
    tally,
    teams,
)
from checkin.operations.figures import (
    Dimension,
    Filter,
    Grouping,
    Measure,
    Totals,
    kept,
    periods,
    proof,
    records,
    rollup,
    truth,
)
from checkin.operations.figures.sums import CAMPAIGN, DAY, GENDER, HOUR, OF_PLACE, PLACE
from checkin.operations.permissions import Reach
from tests import factories
from tests.counted import counted
from tests.factories import check_in, check_out

ALL = Reach(everywhere=True)
PERIODS = (
    (None, None),
    (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2026, 1, 1), date(2026, 12, 31)),
    (date(2025, 6, 26), date(2026, 6, 15)),
    (date(2026, 6, 16), date(2027, 6, 5)),
    (date(2026, 11, 1), date(2026, 11, 30)),
    (date(2026, 11, 11), date(2026, 12, 9)),
)
"""All time, two Gregorian years, 1447 and 1448, November, and the Hijri month that begins in it."""
BEGUN = (
    (date(2026, 6, 16), date(2026, 11, 20)),
    (date(2026, 11, 1), date(2026, 11, 20)),
)
"""The first days of a year and of a month."""
ACTS = 30
MINUTE = timedelta(minutes=1)


def agree() -> None:
    """Every figure, by every grouping, in every period, is what the records say."""
    assert proof.count_wrong() == 0
    for first, last in PERIODS:
        wanted = Filter(ALL, first, last)
        assert figures.totals(wanted) == figures.totals(counted(wanted))
        for measure in (Measure.APPROVED, Measure.COURSES):
            truth = records.rows_of(wanted, [func.count()]).where(
                figures.definitions.BEHIND[measure]
            )
            assert figures.count_behind(measure, wanted) == db.session.scalar(truth)
        for grouping in Grouping:
            lines = {line.key: line.totals for line in figures.by(grouping, wanted)}
            truth = {line.key: line.totals for line in figures.by(grouping, counted(wanted))}
            assert lines == truth
        agree_beside_tables(wanted)


def agree_beside_tables(wanted) -> None:
    """Genders, days and hours add up to the total; campaigns and genders are the records'."""
    period, total = periods.named(wanted.first, wanted.last), figures.totals(counted(wanted))
    genders, days, hours = (kept.lines(period, one) for one in (GENDER, DAY, HOUR))
    for lines in (genders, days):
        for name in ("volunteers", "attendances", "course_attendances", "approved_minutes"):
            assert sum(getattr(line, name) for line in lines.values()) == getattr(total, name)
    assert sum(line.approved_minutes for line in hours.values()) == total.approved_minutes
    for campaign_id, line in kept.lines(period, CAMPAIGN).items():
        if campaign_id:
            own = figures.totals(counted(replace(wanted, campaign_id=campaign_id)))
            assert line._replace(waiting_minutes=own.waiting_minutes) == own
            assert period or figures.by_campaign()[campaign_id] == own
    for key, gender in enumerate((None, "man", "woman")):
        of_gender = records.rows_of(wanted, [func.count(distinct(Attendance.volunteer_id))])
        those = of_gender.join(Person, Person.id == Attendance.volunteer_id).where(
            figures.definitions.VOLUNTEERED,
            Person.gender == gender,
            Person.merged_into_id.is_(None),
        )
        assert genders.get(key, Totals()).volunteers >= db.session.scalar(those)


def agree_on_times(narrower) -> None:
    """Days, hours, genders and first days of one place are what its records say."""
    for first, last in (*PERIODS, *BEGUN):
        wanted = Filter(ALL, first, last, **narrower)
        truth = counted(wanted)
        for one in (figures.days, figures.first_days, figures.newcomers):
            assert one(wanted) == one(truth), (one, wanted)
        assert figures.overview([], wanted).genders == figures.overview([], truth).genders, wanted
        assert figures.hours_of_week(wanted) == figures.hours_of_week(truth), wanted
        told = figures.totals_until(wanted)._replace(waiting_minutes=0)
        assert told == figures.totals_until(truth)._replace(waiting_minutes=0), wanted
        for measure in (Measure.APPROVED, Measure.COURSES):
            count = figures.count_behind(measure, wanted)
            assert count == figures.count_behind(measure, truth), wanted


@pytest.fixture
def town(cast, now):
    """Attendances at two sites, in two opportunities, a course and a lane, over a year."""
    who = [
        cast.noura,
        factories.person(now, "أحمد علي الزهراني", partner_id=cast.university.id),
        factories.person(now, "أحمد علي الزهراني"),
        factories.person(now, "سلمى فهد الحربي"),
    ]
    campaign_id = campaigns.create(
        campaigns.CampaignPlan(name_ar="رمضان", name_en="Ramadan"), by=cast.layla.id, now=now
    )
    calls = [factories.opportunity(now), factories.opportunity(now, campaign_id=campaign_id)]
    course = factories.opportunity(now, "course")
    counted = factories.service(name_en="Crowd-flow lanes", counted_by="lane")
    lanes = factories.opportunity(now, service_id=counted.id)
    plan = [
        *((calls[0], cast.mataf, 1), (calls[0], cast.squares, 3), (calls[1], cast.mataf, 160)),
        *((calls[1], cast.squares, 161), (course, cast.mataf, 20), (course, cast.squares, 400)),
        *((lanes, cast.mataf, 2), (lanes, cast.mataf, 330)),
    ]
    return who, [(shift_of(now, *one), one[1]) for one in plan], lanes


def shift_of(now, call, site, days):
    return factories.shift(now - timedelta(days=days), site, call, minutes=240)


def work(now, people, shifts) -> None:
    for number, (shift, site) in enumerate(shifts):
        poster = factories.poster(shift.starts_at - timedelta(days=2), site, shift)
        for who in people[: 2 + number % 3]:
            factories.assign(shift.starts_at - timedelta(days=1), who, shift)
            check_in(who, poster, shift.starts_at)
            check_out(who, shift, shift.starts_at + 239 * MINUTE, beneficiaries=number)


class Hands:
    """Somebody who does one thing after another to whatever is there."""

    def __init__(self, seed: int, cast, now, shifts) -> None:
        self._random, self._cast, self._now = Random(seed), cast, now
        self._shifts = shifts

    def act(self) -> None:
        one = self._random.choice(db.session.scalars(select(Attendance)).all())
        how = self._random.choice(
            (self.approve, self.approve, self.adjust, self.reject, self.take_back, self.tap)
        )
        by = self._random.choice((self._cast.salem, self._cast.layla)).id
        with suppress(Problem, Conflict):
            how(one, by)

    def approve(self, one, by) -> None:
        approvals.approve(one.id, one.row_version, by=by, now=self._now)

    def adjust(self, one, by) -> None:
        minutes = self._random.randrange(240)
        counts = {"minutes": minutes, "beneficiaries": 7}
        approvals.adjust(one.id, one.row_version, **counts, reason="seen", by=by, now=self._now)

    def reject(self, one, by) -> None:
        approvals.reject(one.id, one.row_version, reason="not_present", by=by, now=self._now)

    def take_back(self, one, by) -> None:
        approvals.reopen(one.id, one.row_version, words="راجعنا السجل", by=by, now=self._now)

    def tap(self, _one, by) -> None:
        shift, _ = self._random.choice(self._shifts[-2:])
        tap = tally.Tap(str(uuid.uuid4()), shift.id, self._random.randint(1, 20))
        tally.tap(tap, by=by, reach=ALL, now=shift.starts_at + 30 * MINUTE)


@pytest.mark.parametrize("seed", range(2))
def test_the_sums_follow_every_act(cast, now, town, seed):
    who, where, _ = town
    work(now, who, where)
    hands = Hands(seed, cast, now, where)
    approved = 0
    for _ in range(ACTS):
        hands.act()
        assert proof.count_wrong() == 0
        approved = max(approved, figures.totals(Filter(ALL)).attendances)
    assert approved > 3
    agree()


def test_the_times_of_one_place_are_those_of_its_records(cast, now, town):
    who, where, lanes = town
    work(now, who, where)
    for one in db.session.scalars(select(Attendance)).all():
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    campaign_id = db.session.scalar(
        select(Opportunity.campaign_id).where(Opportunity.campaign_id > 0)
    )
    for narrower in (
        *({}, {"site_id": cast.mataf.id}, {"service_id": lanes.service_id}, {"service_id": 0}),
        *({"partner_id": cast.university.id}, {"partner_id": 0}, {"campaign_id": campaign_id}),
        *({"campaign_id": 0}, {"kind": "general"}, {"opportunity_id": lanes.id}),
    ):
        agree_on_times(narrower)


@pytest.mark.parametrize("way", ["joined", "parted"])
def test_two_rows_of_one_person_are_one_person(cast, now, town, way):
    who, where, _ = town
    work(now, who, where)
    for one in db.session.scalars(select(Attendance)).all():
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    before = figures.totals(Filter(ALL)).volunteers
    merge(who[1].id, who[2].id)
    agree()
    assert figures.totals(Filter(ALL)).volunteers == before - 1
    if way == "parted":
        merge(who[1].id, who[2].id, back=True)
        agree()
        assert figures.totals(Filter(ALL)).volunteers == before
    else:
        own = figures.totals_of(who[1].id)
        assert own.attendances == sum(
            db.session.scalar(
                records.rows_of(Filter(ALL), [func.count()]).where(
                    Attendance.volunteer_id == one.id, figures.definitions.VOLUNTEERED
                )
            )
            for one in who[1:3]
        )


@transaction
def merge(kept_id: int, merged_id: int, back: bool = False) -> None:
    with rollup.in_step(volunteer_ids=[kept_id, merged_id]):
        db.session.execute(
            update(Person)
            .where(Person.id == merged_id)
            .values(merged_into_id=None if back else kept_id)
        )


def test_whoever_joins_a_team_brings_what_they_did(cast, now, town):
    who, where, _ = town
    work(now, who, where)
    for one in db.session.scalars(select(Attendance)).all():
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    team = factories.team()
    merge(who[1].id, who[2].id)
    by_team = partial(figures.report, [Dimension.TEAM], Filter(ALL))
    total, nobody = by_team().total, by_team().rows
    assert [row.key for row in nobody] == [0]
    teams.join(who[1].id, team.id, by=cast.layla.id, now=now)
    agree()
    rows = {row.key: row.totals for row in by_team().rows}
    assert rows[team.id].volunteers == 1
    assert rows[team.id].attendances == figures.totals_of(who[1].id).attendances > 1
    assert rows[team.id].attendances + rows[0].attendances == total.attendances
    teams.leave(who[1].id, team.id, by=cast.layla.id, now=now)
    agree()
    assert by_team().rows == nobody


def test_merging_takes_a_gender_and_a_team_over_and_gives_them_back(cast, now, town):
    who, where, _ = town
    work(now, who, where)
    for one in db.session.scalars(select(Attendance)).all():
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    other = db.session.get_one(Person, who[2].id)
    profile = people.Profile(name=other.name, mobile=other.mobile, gender="man")
    people.change(other.id, profile, by=cast.layla.id, now=now)
    teams.join(other.id, factories.team().id, by=cast.layla.id, now=now)
    agree()
    made = merging.merge(who[1].id, other.id, {"gender", "team"}, by=cast.layla.id, now=now)
    agree()
    assert kept.lines("", GENDER)[1].volunteers == 1
    merging.undo(made, by=cast.layla.id, now=now)
    agree()


def test_an_opportunity_that_was_far_away_for_long_comes_back(cast, now, town):
    """Its spots of the months around tell nothing of its years."""
    who, _, call = town
    plan = [shift_of(now, call, cast.mataf, days) for days in (2, 3, 200, 320, 700)]
    work(now, who, [(shift, cast.mataf) for shift in plan])
    waiting = db.session.scalars(select(Attendance).order_by(Attendance.id)).all()
    for one in (*waiting, *waiting[::2]):
        with suppress(Problem, Conflict):
            row = db.session.get_one(Attendance, one.id, populate_existing=True)
            act = approvals.approve if row.state == "closed" else approvals.reopen
            words = {} if row.state == "closed" else {"words": "راجعنا السجل"}
            act(row.id, row.row_version, **words, by=cast.layla.id, now=now)
        assert proof.count_wrong() == 0


def test_an_opportunity_of_another_service_takes_its_people_along(cast, now, town):
    who, where, _ = town
    work(now, who, where)
    for one in db.session.scalars(select(Attendance)).all():
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    call = db.session.get_one(Opportunity, where[0][0].opportunity_id)
    other = factories.service("سقيا الماء", "Water for visitors")
    names = {"name_ar": call.name_ar, "name_en": call.name_en, "service_id": other.id}
    plan = opportunities.OpportunityPlan(kind="service", **names)
    opportunities.change(call.id, plan, by=cast.layla.id, now=now)
    agree()
    lines = {line.key: line.totals for line in figures.by(Grouping.SERVICE, Filter(ALL))}
    assert lines[other.id].volunteers == 3


def test_what_is_wrong_is_told_and_mended(cast, now, town, caplog):
    who, where, _ = town
    work(now, who, where)
    one = db.session.scalars(select(Attendance)).first()
    approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    assert proof.prove(now) == 0
    spoil()
    assert figures.totals(Filter(ALL)) != figures.totals(counted(Filter(ALL)))
    with caplog.at_level(logging.ERROR):
        assert proof.prove(now) == 3
    assert "differ from the records" in caplog.text
    assert proof.recompute() == 3
    agree()
    assert proof.recompute() == 0


@transaction
def spoil() -> None:
    first = db.session.scalar(select(MonthTotal).limit(1))
    first.approved_minutes += 1
    db.session.scalar(select(OpportunityDay).limit(1)).attendances += 1
    db.session.scalar(select(PeriodTotal).limit(1)).volunteers += 1


def test_the_sums_are_made_from_nothing(cast, now, town):
    who, where, _ = town
    work(now, who, where)
    for one in db.session.scalars(select(Attendance)).all():
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    empty()
    assert figures.totals(Filter(ALL)).approved_minutes == 0
    assert proof.recompute() > 10
    agree()


@transaction
def empty() -> None:
    for model in (MonthTotal, OpportunityDay, PeriodTotal):
        db.session.execute(model.__table__.delete())


@pytest.fixture
def proved(cast, now, town, monkeypatch):
    """Approved attendances, of which somebody was entered twice, read one at a time."""
    for name in ("PEOPLE_AT_ONCE", "CALLS_AT_ONCE"):
        monkeypatch.setattr(truth, name, 1)
    monkeypatch.setattr(proof, "LINES_AT_ONCE", 50)
    who, where, _ = town
    work(now, who, where)
    merge(who[1].id, who[2].id)
    for one in db.session.scalars(select(Attendance).order_by(Attendance.id)).all()[1:]:
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    assert proof.count_wrong() == 0


def all_lines() -> dict[str, list]:
    tables = (model.__table__ for model in (MonthTotal, OpportunityDay, PeriodTotal))
    return {table.name: sorted(map(tuple, db.session.execute(select(table)))) for table in tables}


def one_of_each() -> list:
    """A line of every kind of each table: of each grouping, and each sort of period."""
    found = {}
    for model in (MonthTotal, OpportunityDay, PeriodTotal):
        for line in db.session.scalars(select(model)):
            kind = model.__name__, *(getattr(line, name, "") for name in ("within", "grouping"))
            found[*kind, re.sub(r"\d", "0", getattr(line, "period", ""))] = line
    return list(found.values())


@transaction
def change_lines() -> int:
    """One more of some figure, of all figures in turn."""
    lines = one_of_each()
    for number, line in enumerate(lines):
        table = next(one for one in truth.TABLES if isinstance(line, one.model))
        name = table.sums[number % len(table.sums)]
        setattr(line, name, getattr(line, name) + 1)
    return len(lines)


@transaction
def lose_lines() -> int:
    lines = one_of_each()
    for line in lines:
        db.session.delete(line)
    return len(lines)


@transaction
def invent_lines() -> int:
    """In periods and opportunities that have others, and in such that nobody knows."""
    month, day = (db.session.scalar(select(one).limit(1)) for one in (MonthTotal, OpportunityDay))
    nought = dict.fromkeys(OF_PLACE, 0) | {"volunteers": 1}
    db.session.add_all(
        [
            MonthTotal(**{**values_of(month), "lane_id": 987}),
            OpportunityDay(**{**values_of(day), "team_id": 987}),
            *(
                PeriodTotal(**dict(zip(PLACE, place, strict=True)), **nought)
                for place in (
                    *(("", "all", "site", 0, 987), ("2026", "all", "day", 0, 20260101)),
                    *(("1999", "all", "all", 0, 0), ("1420h-09", "site", "type", 1, 1)),
                    *(("2026", "all", "opportunity", 0, -1), ("", "all", "opportunity", 0, 987)),
                    ("2026-11", "site", "opportunity", 1, 987_654),
                )
            ),
        ]
    )
    return 9


def values_of(line) -> dict:
    return {column.key: getattr(line, column.key) for column in line.__table__.columns}


@pytest.mark.parametrize("spoiled", [change_lines, lose_lines, invent_lines])
def test_every_line_is_proved_and_mended(proved, spoiled):
    before = all_lines()
    number = spoiled()
    assert all_lines() != before
    assert proof.count_wrong() == number
    assert proof.recompute() == number
    assert all_lines() == before
    assert proof.count_wrong() == 0


def test_what_is_decided_meanwhile_is_neither_wrong_nor_lost(cast, now, proved, monkeypatch):
    lines, waiting = truth.lines, db.session.scalars(select(Attendance).limit(1)).one()

    def slowly(connection):
        for number, some in enumerate(lines(connection)):
            row = db.session.get_one(Attendance, waiting.id, populate_existing=True)
            acts = {
                0: partial(approvals.approve, row.id, row.row_version),
                2: partial(approvals.reopen, row.id, row.row_version, words="راجعنا السجل"),
                4: partial(approvals.approve, row.id, row.row_version),
            }
            if number in acts:
                acts[number](by=cast.layla.id, now=now)
            yield some

    monkeypatch.setattr(truth, "lines", slowly)
    spoil_total()
    assert proof.recompute() == 1
    monkeypatch.undo()
    assert proof.count_wrong() == 0
    assert db.session.get_one(Attendance, waiting.id, populate_existing=True).state == "approved"


@transaction
def spoil_total() -> None:
    db.session.execute(
        update(PeriodTotal)
        .where(PeriodTotal.grouping == "all")
        .values(volunteers=77)
        .where(PeriodTotal.period == "")
    )


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        (None, None, ""),
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2026, 6, 16), date(2027, 6, 5), "1448h"),
        (date(2026, 1, 1), date(2026, 12, 30), None),
        (date(2026, 6, 16), date(2027, 6, 4), None),
        (date(2026, 11, 1), date(2026, 11, 30), "2026-11"),
        (date(2026, 11, 1), date(2026, 11, 29), None),
        (date(2026, 11, 1), date(2026, 12, 31), None),
        (date(2026, 6, 16), date(2026, 7, 14), "1448h-01"),
        (date(2026, 6, 16), date(2026, 7, 13), None),
        (date(2026, 6, 16), date(2026, 8, 13), None),
        (date(2026, 6, 16), date(2026, 12, 31), None),
        (date(2026, 1, 1), None, None),
        (None, date(2026, 12, 31), None),
        (date(1900, 1, 5), date(1900, 2, 5), None),
    ],
)
def test_a_period_is_a_whole_year_or_month_of_either_calendar(first, last, period):
    assert periods.named(first, last) == period


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        (None, None, ""),
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2026, 1, 1), date(2026, 6, 15), "2026+1447h"),
        (date(2026, 6, 16), date(2026, 12, 31), "2026+1448h"),
        (date(2026, 6, 1), date(2026, 6, 15), "20260601"),
        (date(2026, 11, 22), date(2026, 11, 28), "20261122+7"),
        (date(2026, 11, 22), date(2026, 11, 22), "20261122+1"),
        (date(2026, 11, 29), date(2026, 11, 30), "20261129+2"),
        (date(2026, 12, 1), date(2026, 12, 5), "20261201+5"),
        (date(2026, 11, 8), date(2026, 11, 10), "20261108+3"),
        (date(2026, 11, 22), date(2026, 11, 27), None),
        (date(2026, 11, 15), date(2026, 11, 28), None),
        (date(2026, 1, 1), date(2026, 6, 14), None),
        (date(2026, 1, 1), None, None),
    ],
)
def test_so_are_weeks_days_and_what_periods_share(first, last, period):
    assert periods.kept(first, last) == period


def test_the_days_around_one_are_those_of_its_months_and_week():
    assert periods.around(date(2026, 11, 26)) == (date(2026, 11, 1), date(2026, 12, 9))
    assert periods.around(date(2026, 11, 1)) == (date(2026, 10, 12), date(2026, 11, 30))
    assert periods.around(date(1900, 1, 31)) == (date(1900, 1, 1), date(1900, 2, 3))


def test_months_are_cut_where_a_hijri_month_begins():
    assert periods.stretch_of(date(2026, 6, 15)) == date(2026, 6, 1)
    assert periods.stretch_of(date(2026, 6, 16)) == date(2026, 6, 16)
    assert periods.stretch_of(date(2026, 6, 30)) == date(2026, 6, 16)
    assert periods.stretch_of(date(2026, 7, 1)) == date(2026, 7, 1)
    assert periods.stretch_of(date(2026, 7, 20)) == date(2026, 7, 15)
    assert periods.stretch_of(date(1900, 7, 9)) == date(1900, 7, 1)
    assert periods.whole_stretches(date(2026, 6, 16), date(2026, 7, 31))
    assert not periods.whole_stretches(date(2026, 6, 17), None)
    assert not periods.whole_stretches(None, date(2026, 7, 30))


def test_a_shift_moved_by_an_hour_and_a_gender_said_later_take_the_figures_along(cast, now, town):
    everybody, plan, _ = town
    work(now, everybody, plan)
    for one in db.session.scalars(select(Attendance)).all():
        with suppress(Problem):
            approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    women = kept.lines("", GENDER).get(2, Totals()).volunteers
    salma = people.find(everybody[3].id)
    profile = people.Profile(name=salma.name, mobile=salma.mobile, gender="woman")
    people.change(salma.id, profile, by=cast.layla.id, now=now)
    assert kept.lines("", GENDER)[2].volunteers == women + 1
    hours = kept.lines("", HOUR)
    moved = shifts.find(plan[0][0].id, ALL)
    later = (moved.starts_at + timedelta(hours=1)).astimezone(ZoneInfo("Asia/Riyadh")).time()
    other = replace(shifts.plan_of(moved), starts=later)
    shifts.change(moved.id, other, row_version=moved.row_version, by=cast.layla.id, now=now)
    assert kept.lines("", HOUR) != hours
    agree()
