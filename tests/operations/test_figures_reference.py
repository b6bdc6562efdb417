"""Whatever is decided, valued and closed: every figure is what a slow count in Python says.

The count reads scans, decisions, rates, valuations and closings, one after the other as they
happened, and knows nothing of sums that are kept. An example is one act and one question about all
figures: in total, by every table, and in reports by some dimensions and pairs of them, other ones
each time. `FIGURES_EXAMPLES=500` asks for so many on each engine.
"""

import os
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import cycle, islice
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hijridate import Gregorian, Hijri
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import Conflict, Problem
from checkin.domain.months import month_after
from checkin.models import (
    Attendance,
    AuditEntry,
    Campaign,
    Decision,
    Lane,
    LateEntry,
    MonthClosing,
    Opportunity,
    Person,
    Rate,
    Scan,
    Shift,
    Team,
)
from checkin.operations import approvals, figures, months, rates, revaluing, teams
from checkin.operations.figures import Dimension, Filter, Grouping, Totals, proof
from checkin.operations.permissions import Reach
from tests import factories

EXAMPLES = int(os.environ.get("FIGURES_EXAMPLES", "30"))
ALL = Reach(everywhere=True)
MINUTE = timedelta(minutes=1)
PERIODS = (
    (None, None),
    (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2026, 1, 1), date(2026, 12, 31)),
    (date(2026, 6, 16), date(2027, 6, 5)),
    (date(2026, 11, 1), date(2026, 11, 30)),
    (date(2026, 10, 1), date(2026, 10, 31)),
    (date(2026, 10, 8), date(2026, 11, 21)),
    (date(2026, 3, 1), None),
    (date(2026, 6, 16), date(2026, 12, 31)),
    (date(2026, 6, 1), date(2026, 11, 30)),
    (date(2025, 12, 1), date(2026, 11, 12)),
    (date(2026, 10, 11), date(2026, 10, 17)),
    (date(2026, 11, 21), date(2026, 11, 21)),
)
MONTHS = (date(2026, 10, 1), date(2026, 9, 1), date(2025, 12, 1))
COUNTS = ("approve", "adjust", "confirm")
DAYS_AGO = (1, 15, 40, 41, 48, 70, 160, 330)


# --- the town ------------------------------------------------------------------------------


@dataclass
class Place:
    """What a question may be narrowed to."""

    filters: list[dict[str, int | str]]
    reaches: list[Reach]


@pytest.fixture
def place(cast, now) -> Place:
    """Five people, two rows of one of them, at three sites in three calls and a course."""
    team, other = factories.team(), factories.team("فريق حي الشوقية")
    own = {"team_id": team.id, "gender": "man"}
    twin = factories.person(now, "أحمد علي الزهراني", **own)
    merged = {"team_id": other.id, "merged_into_id": twin.id}
    people = [
        *(cast.noura, factories.person(now, partner_id=cast.university.id, gender="woman"), twin),
        *(factories.person(now, twin.name, **merged), factories.person(now, **own)),
    ]
    campaign = factories.keep(Campaign(name_ar="كن من المليون", name_en="A Million"))
    calls = [
        factories.opportunity(now, campaign_id=campaign.id),
        factories.opportunity(now, type="professional"),
        factories.opportunity(now, "course"),
    ]
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 7", name_en="Lane 7"))
    sites = cast.mataf, cast.squares, factories.site(now, "ساحات التوسعة")
    for number, days in enumerate(DAYS_AGO):
        site = sites[number % 5 % 3]
        begin = now - timedelta(days=days, hours=5)
        lane_id = lane.id if site is cast.mataf and number % 3 else None
        shift = factories.shift(begin, site, calls[number % 3], lane_id=lane_id)
        poster = factories.poster(begin - timedelta(days=1), site, shift)
        for turn, who in enumerate(people[number % 3 : number % 3 + 3]):
            factories.assign(begin - timedelta(days=1), who, shift)
            factories.check_in(who, poster, begin + turn * MINUTE)
            factories.check_out(who, shift, begin + 237 * MINUTE, beneficiaries=number + turn)
    filters = [
        *({}, {"site_id": cast.mataf.id}, {"partner_id": cast.university.id}, {"partner_id": 0}),
        *({"service_id": calls[1].service_id}, {"campaign_id": campaign.id}, {"campaign_id": 0}),
        *({"lane_id": lane.id}, {"lane_id": 0}, {"kind": "general"}, {"kind": "professional"}),
        *({"team_id": team.id}, {"team_id": 0}, {"gender": "man"}, {"gender": "unsaid"}),
        *({"opportunity_id": calls[0].id}, {"site_id": cast.mataf.id, "kind": "professional"}),
    ]
    partners = frozenset({cast.university.id})
    reaches = [
        *(ALL, ALL, ALL, Reach(site_ids=frozenset({cast.squares.id})), Reach(partner_ids=partners)),
        Reach(site_ids=frozenset({cast.squares.id}), partner_ids=partners),
        *(Reach(site_ids=frozenset(one.id for one in some)) for some in (sites[:2], sites[1:])),
    ]
    return Place(filters, reaches)


class Hands:
    """Somebody who does one thing after another to whatever is there, a minute apart."""

    def __init__(self, seed: int, cast, now: datetime) -> None:
        self.random, self._cast, self.now = Random(seed), cast, now

    def begin(self) -> None:
        """Some are approved, their month is closed, and one of them is taken back."""
        self.set_rate(None)
        for one in db.session.scalars(select(Attendance).order_by(Attendance.id)).all()[::2]:
            self.approve(one)
        months.close(MONTHS[0], **self._by)
        self.now += MINUTE
        closed = Attendance.work_on >= MONTHS[0], Attendance.work_on < month_after(MONTHS[0])
        approved = select(Attendance).where(Attendance.state == "approved", *closed)
        self.take_back(db.session.scalars(approved).first())

    def act(self) -> None:
        self.now += MINUTE
        acts = (*(self.approve,) * 5, *(self.adjust,) * 2, *(self.take_back,) * 3, self.reject)
        about = (self.set_rate, self.value_anew, self.close, self.close, self.open)
        about += (self.change_team,) * 2
        one = self.random.choice(db.session.scalars(select(Attendance)).all())
        with suppress(Problem, Conflict):
            self.random.choice((*acts, *about))(one)

    @property
    def _by(self) -> dict[str, object]:
        return {"by": self._cast.layla.id, "now": self.now}

    def approve(self, one) -> None:
        approvals.approve(one.id, one.row_version, **self._by)

    def adjust(self, one) -> None:
        counts = {"minutes": self.random.randrange(300), "beneficiaries": self.random.randrange(9)}
        approvals.adjust(one.id, one.row_version, **counts, reason="seen", **self._by)

    def take_back(self, one) -> None:
        approvals.reopen(one.id, one.row_version, words="راجعنا السجل", **self._by)

    def reject(self, one) -> None:
        approvals.reject(one.id, one.row_version, reason="not_present", **self._by)

    def change_team(self, one) -> None:
        """Of the person: what they did goes along, also under another row."""
        row = db.session.get_one(Person, one.volunteer_id)
        who = db.session.get_one(Person, row.merged_into_id or row.id)
        team_id = self.random.choice(db.session.scalars(select(Team.id)).all())
        change = teams.leave if who.team_id == team_id else teams.join
        change(who.id, team_id, **self._by)

    def set_rate(self, _one) -> None:
        type_ = self.random.choice(("general", "general", "professional"))
        from_on = date(2026, self.random.randrange(1, 12), 1)
        per_hour = self.random.randrange(701, 9000)
        ends = self.random.choice(
            ((), (per_hour - 700, per_hour), (per_hour - 301, per_hour + 517))
        )
        plan = rates.RatePlan(type_, from_on, per_hour, "قرار", *ends)
        rates.set_rate(plan, by=self._cast.majed.id, now=self.now)

    def value_anew(self, _one) -> None:
        revaluing.recompute(revaluing.preview(), by=self._cast.majed.id, now=self.now)

    def close(self, _one) -> None:
        months.close(self.random.choice(MONTHS), **self._by)

    def open(self, _one) -> None:
        months.reopen(self.random.choice(MONTHS), reason="أخطأنا", **self._by)


# --- the slow count ------------------------------------------------------------------------


@dataclass
class Known:
    """One attendance as the roster and the scans know it."""

    person: Person
    work_on: date
    site_id: int
    lane_id: int
    partner_id: int
    call: Opportunity
    proved: int


@dataclass
class Ledger:
    """What happened to every attendance, and the day that counts it."""

    known: dict[int, Known]
    entries: list[tuple[int, date, list[int]]] = field(default_factory=list)
    """Attendance, day, and by how much: records, minutes, people served, valued minutes, value, and
    what others would say at least and at most."""
    approved: dict[int, list[int]] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    closed: set[date] = field(default_factory=set)

    def change(self, number: int, worth: list[int] | None, at: datetime) -> None:
        old = self.approved.pop(number, [0] * 7)
        if worth is not None:
            self.approved[number] = worth
        difference = [a - b for a, b in zip(worth or [0] * 7, old, strict=True)]
        day = self.known[number].work_on
        if day.replace(day=1) in self.closed:
            day = at.astimezone(ZoneInfo("Asia/Riyadh")).date()
        self.entries.append((number, day, difference))


def ledger() -> Ledger:
    book = Ledger(known_attendances())
    book.waiting = set(book.known)
    for _, happen in sorted(events(book), key=lambda event: event[0]):
        happen()
    return book


def events(book: Ledger):
    for one in db.session.scalars(select(Decision)):
        yield one.at, lambda one=one: decide(book, one)
    valued = select(AuditEntry.at).where(AuditEntry.act == "value.recompute")
    for at in db.session.scalars(valued):
        yield at, lambda at=at: value_anew(book, at)
    for one in db.session.scalars(select(MonthClosing)):
        yield one.closed_at, lambda one=one: book.closed.add(one.month_on)
        if one.reopened_at:
            yield one.reopened_at, lambda one=one: book.closed.discard(one.month_on)


def decide(book: Ledger, one: Decision) -> None:
    number = one.attendance_id
    worth = None
    if one.action in COUNTS:
        valued = worth_of(book.known[number], one.minutes_after, one.at)
        worth = [1, one.minutes_after, one.beneficiaries_after or 0, *valued]
    book.change(number, worth, one.at)
    if one.action in ("reject", *COUNTS):
        book.waiting.discard(number)
    else:
        book.waiting.add(number)


def value_anew(book: Ledger, at: datetime) -> None:
    for number, (one, minutes, served, *_) in list(book.approved.items()):
        if book.known[number].work_on.replace(day=1) not in book.closed:
            valued = worth_of(book.known[number], minutes, at)
            book.change(number, [one, minutes, served, *valued], at)


def worth_of(one: Known, minutes: int, at: datetime) -> list[int]:
    """Valued minutes, value and its range by the rates set until then, the latest of the latest
    day; halves rounded up."""
    if one.call.kind != "service":
        return [0] * 4
    fitting = [
        rate
        for rate in db.session.scalars(select(Rate))
        if rate.type == one.call.type and rate.from_on <= one.work_on and rate.set_at <= at
    ]
    if not fitting:
        return [0] * 4
    rate = max(fitting, key=lambda rate: (rate.from_on, rate.id))
    said = (rate.halalas_per_hour, rate.low_halalas, rate.high_halalas)
    exact = [Decimal(minutes) * (one or rate.halalas_per_hour) / 60 for one in said]
    return [minutes, *(int(one.quantize(Decimal(1), ROUND_HALF_UP)) for one in exact)]


def known_attendances() -> dict[int, Known]:
    people = {one.id: one for one in db.session.scalars(select(Person))}
    persons = {key: people[one.merged_into_id or key] for key, one in people.items()}
    shifts = {one.id: one for one in db.session.scalars(select(Shift))}
    calls = {one.id: one for one in db.session.scalars(select(Opportunity))}
    scanned = defaultdict(dict)
    for one in db.session.scalars(select(Scan)):
        scanned[one.attendance_id][str(one.kind)] = one.effective_at
    return {
        one.id: Known(
            person=persons[one.volunteer_id],
            work_on=shifts[one.shift_id].work_on,
            site_id=shifts[one.shift_id].site_id,
            lane_id=shifts[one.shift_id].lane_id or 0,
            partner_id=one.partner_id or 0,
            call=calls[shifts[one.shift_id].opportunity_id],
            proved=(scanned[one.id]["out"] - scanned[one.id]["in"]) // MINUTE,
        )
        for one in db.session.scalars(select(Attendance))
    }


# --- asking it -----------------------------------------------------------------------------


KeyOf = Callable[[Known, date], object]


def hijri_begin(day: date, month: int | None = None) -> date:
    there = Gregorian.fromdate(day).to_hijri()
    return date.fromisoformat(Hijri(there.year, month or there.month, 1).to_gregorian().isoformat())


KEYS: dict[Dimension, KeyOf] = {
    Dimension.SITE: lambda one, _day: one.site_id,
    Dimension.LANE: lambda one, _day: one.lane_id,
    Dimension.SERVICE: lambda one, _day: one.call.service_id or 0,
    Dimension.TYPE: lambda one, _day: one.call.type,
    Dimension.OPPORTUNITY: lambda one, _day: one.call.id,
    Dimension.CAMPAIGN: lambda one, _day: one.call.campaign_id or 0,
    Dimension.PARTNER: lambda one, _day: one.partner_id,
    Dimension.TEAM: lambda one, _day: one.person.team_id or 0,
    Dimension.GENDER: lambda one, _day: one.person.gender or "unsaid",
    Dimension.DAY: lambda _one, day: day,
    Dimension.WEEK: lambda _one, day: day - timedelta(days=(day.weekday() + 1) % 7),
    Dimension.MONTH: lambda _one, day: day.replace(day=1),
    Dimension.YEAR: lambda _one, day: date(day.year, 1, 1),
    Dimension.HIJRI_MONTH: lambda _one, day: hijri_begin(day),
    Dimension.HIJRI_YEAR: lambda _one, day: hijri_begin(day, 1),
}
TABLES = {one: KEYS[Dimension(one.value)] for one in Grouping}


def in_all(_one: Known, _day: date) -> object:
    return 0


def reaches(reach: Reach, one: Known) -> bool:
    within = one.site_id in reach.site_ids or one.partner_id in reach.partner_ids
    return reach.everywhere or within


def wanted_of(wanted: Filter, one: Known) -> bool:
    return (
        reaches(wanted.reach, one)
        and wanted.site_id in (None, one.site_id)
        and wanted.service_id in (None, one.call.service_id or 0)
        and wanted.partner_id in (None, one.partner_id)
        and wanted.campaign_id in (None, one.call.campaign_id or 0)
        and wanted.lane_id in (None, one.lane_id)
        and wanted.kind in (None, one.call.type)
        and wanted.opportunity_id in (None, one.call.id)
        and wanted.team_id in (None, one.person.team_id or 0)
        and wanted.gender in (None, one.person.gender or "unsaid")
    )


def within(wanted: Filter, day: date) -> bool:
    return (wanted.first or date.min) <= day <= (wanted.last or date.max)


def counted(book: Ledger, wanted: Filter, key_of: KeyOf) -> dict[object, Totals]:
    sums: dict[object, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * 7))
    for number, day, difference in book.entries:
        one = book.known[number]
        if within(wanted, day) and wanted_of(wanted, one):
            line = sums[key_of(one, day)][number]
            line[:] = [a + b for a, b in zip(line, difference, strict=True)]
    waiting: dict[object, int] = defaultdict(int)
    for number in book.waiting:
        one = book.known[number]
        if within(wanted, one.work_on) and wanted_of(wanted, one) and one.call.kind == "service":
            waiting[key_of(one, one.work_on)] += one.proved
    keys = sums.keys() | waiting.keys()
    found = {key: total(book, sums.get(key, {}), waiting.get(key, 0)) for key in keys}
    return {key: one for key, one in found.items() if any(one)}


def total(book: Ledger, lines: dict[int, list[int]], waiting: int) -> Totals:
    served = {one for one in lines if book.known[one].call.kind == "service"}
    there = {one for one in served if lines[one][0] > 0}
    sums = [sum(lines[one][place] for one in served) for place in range(7)]
    return Totals(
        approved_minutes=sums[1],
        waiting_minutes=waiting,
        beneficiaries=sums[2],
        volunteers=len({book.known[one].person.id for one in there}),
        attendances=sums[0],
        opportunities=len({book.known[one].call.id for one in there}),
        course_attendances=sum(lines[one][0] for one in lines.keys() - served),
        value_halalas=sums[4],
        valued_minutes=sums[3],
        below_halalas=sums[4] - sums[5],
        above_halalas=sums[6] - sums[4],
    )


def agree_by(book: Ledger, wanted: Filter, first: Dimension, second: Dimension | None) -> None:
    """A report's total, its rows, and the rows within them."""
    dimensions = (first,) if second is None else (first, second)
    told = figures.report(dimensions, wanted)
    assert told.dimensions == dimensions
    assert told.total == counted(book, wanted, in_all).get(0, Totals())
    rows = {row.key: row.totals for row in told.rows if any(row.totals)}
    assert rows == counted(book, wanted, KEYS[first]), (dimensions, wanted)
    adds_up(told.total, told.rows)
    if second is None:
        return
    pairs = {(row.key, own.key): own.totals for row in told.rows for own in row.rows}
    both = counted(book, wanted, lambda one, day: (KEYS[first](one, day), KEYS[second](one, day)))
    assert pairs == both, (dimensions, wanted)
    for row in told.rows:
        adds_up(row.totals, row.rows)


def adds_up(whole: Totals, rows: tuple[figures.Row, ...]) -> None:
    for name in set(Totals._fields) - {"volunteers", "opportunities"}:
        assert getattr(whole, name) == sum(getattr(row.totals, name) for row in rows), name


@pytest.mark.parametrize("seed", range(2))
def test_every_figure_is_what_a_slow_count_says(cast, now, place, seed):
    hands = Hands(seed, cast, now)
    hands.begin()
    each = cycle(Dimension)
    for _ in range(max(EXAMPLES // 2, 1)):
        hands.act()
        db.session.rollback()
        db.session.expire_all()
        book, random = ledger(), hands.random
        first, last = random.choice(PERIODS)
        wanted = Filter(random.choice(place.reaches), first, last, **random.choice(place.filters))
        assert figures.totals(wanted) == counted(book, wanted, in_all).get(0, Totals()), wanted
        for grouping, key_of in TABLES.items():
            told = {line.key: line.totals for line in figures.by(grouping, wanted)}
            assert told == counted(book, wanted, key_of), (grouping, wanted)
        for dimension in islice(each, 2):
            agree_by(book, wanted, dimension, None)
            other = random.choice([one for one in Dimension if one is not dimension])
            agree_by(book, wanted, dimension, other)
    assert proof.count_wrong() == 0
    assert db.session.scalar(select(LateEntry.id).limit(1)) is not None
