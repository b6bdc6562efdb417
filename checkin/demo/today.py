"""Shifts around the present hour, with people expected, in, gone and waiting to be decided.

Everything here is done through the same acts as on the pages, only at other times of the day.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.demo import week
from checkin.demo.facts import facts
from checkin.demo.organisation import Duty, Organisation
from checkin.domain.days import MAKKAH
from checkin.domain.fold import Kind
from checkin.models import Assignment, Lane, Opportunity, Partner, Person, Shift
from checkin.operations import groups, manual, opportunities, roster, services, shifts, tally
from checkin.operations.attendance import Reading, record_scan
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.permissions import Reach

STILL_LONG = timedelta(hours=1)
"""A shift that ends sooner is not worth scanning for any more."""
WALKING_IN = 6
"""Places left for whoever comes by."""
A_DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def refresh(organisation: Organisation, now: datetime) -> bool:
    """See to it that shifts are running now at every site; whether any had to be made."""
    made = not _runs(organisation, now) and _make(organisation, now)
    if made:
        close_forgotten(now)
    return made


def _runs(organisation: Organisation, now: datetime) -> bool:
    """The Mataf, where Noura serves, stands for all sites: they are planned together."""
    query = (
        select(Shift.id)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(Shift.site_id == organisation.site_ids[0], Shift.cancelled_at.is_(None))
        .where(Assignment.person_id == organisation.noura_id)
        .where(Shift.starts_at <= now, Shift.ends_at >= now + STILL_LONG)
    )
    return db.session.scalar(query.limit(1)) is not None


@transaction
def _make(organisation: Organisation, now: datetime) -> bool:
    if _runs(organisation, now):
        return False  # somebody else was faster
    week.make_room(now)
    day = Day(organisation, now)
    lanes, wheelchairs, chairs_too = (organisation.duties[number] for number in (0, 2, 3))
    if day.is_first:
        day.over(lanes)
        day.yesterday(_at_site(organisation, 1))
    day.running(lanes, hours=(-2, 3), people=24, noura=True)
    squares = day.running(_at_site(organisation, 1), hours=(-1, 3), people=14)
    trained = day.taught(_required_by(chairs_too, organisation), people=13)
    day.earlier(chairs_too, hours=(-6, -2), people=trained[:4])
    # one of them goes on pushing, and some of the others were never at the course
    day.running(chairs_too, hours=(-1, 3), people=14, known=[trained[4], trained[0], *trained[5:]])
    named: int = facts()["group"]["named"]
    entrances = _at_site(organisation, 3)
    day.arriving(day.running(entrances, hours=(-2, 3), people=16, room=WALKING_IN + named))
    day.coming(wheelchairs, hours=(1, 5), people=10)
    day.counting(hours=(-2, 3), people=8)
    day.ask_elsewhere(squares.people[:2], organisation.site_ids[0])
    return True


def _required_by(duty: Duty, organisation: Organisation) -> Duty:
    """The course that whoever serves there should have attended."""
    assert duty.service is not None
    number: int = facts()["services"][duty.service]["requires"]
    return organisation.courses[number]


def _at_site(organisation: Organisation, number: int) -> Duty:
    site_id = organisation.site_ids[number]
    return next(duty for duty in organisation.duties if duty.site_id == site_id)


def _counting_call(told: dict[str, Any], by: int, now: datetime) -> int:
    """The opportunity whose service is counted by the lane, made the first time."""
    call = select(Opportunity.id).where(Opportunity.name_ar == told["ar"])
    known = db.session.scalar(call.limit(1))
    if known is not None:
        return known
    named = {"name_ar": told["ar"], "name_en": told["en"]}
    band = {"low_per_hour": told["low"], "high_per_hour": told["high"]}
    service = services.ServicePlan(**named, counted_by="lane", **band)
    service_id = services.create(service, by=by, now=now)
    plan = opportunities.OpportunityPlan(kind="service", **named, service_id=service_id)
    return opportunities.create(plan, by=by, now=now)


def _lane(site_id: int, number: int) -> int | None:
    lanes = select(Lane.id).where(Lane.site_id == site_id).order_by(Lane.id)
    return db.session.scalar(lanes.offset(number - 1).limit(1))


@dataclass(frozen=True, slots=True)
class Crew:
    """A shift and those expected on it."""

    duty: Duty
    shift_id: int
    starts_at: datetime
    ends_at: datetime
    people: list[int]


class Day:
    """Plans shifts by hours from now, and lets people come and go at them."""

    def __init__(self, organisation: Organisation, now: datetime) -> None:
        self._organisation = organisation
        self._now = now
        self._hour = now.replace(minute=0, second=0, microsecond=0)
        self._random = Random(self._hour.isoformat())
        self._by = organisation.staff["layla"]
        around = self._around()
        self.is_first = all(begins_at > now for begins_at in around.values())
        self._free = self._shuffled(set(around))

    def running(
        self,
        duty: Duty,
        *,
        hours: tuple[int, int],
        people: int,
        known: Sequence[int] = (),
        noura: bool = False,
        room: int = WALKING_IN,
    ) -> Crew:
        """Most are there; some are still expected, one came late, one was entered by hand.

        `known` are the last of the people, who were somewhere before.
        """
        crew = self._crew(duty, hours, people, known, room=room)
        if noura:
            roster.add(crew.shift_id, [self._organisation.noura_id], by=self._by, now=self._now)
        present = crew.people[people // 4 :]
        for volunteer_id in present[2:]:
            self._come(crew, volunteer_id, self._between(-15, 8))
        self._come(crew, present[0], 40)
        self._enter_by_hand(crew, present[1])
        for volunteer_id in present[-people // 10 :]:
            self._leave(crew, volunteer_id, self._now - self._between(3, 9) * MINUTE)
        return crew

    def counting(self, *, hours: tuple[int, int], people: int) -> None:
        """A lane that counts for everybody on it: the supervisor taps whenever a group passes."""
        told = facts()["counting_lane"]
        site_id = self._organisation.site_ids[told["site"]]
        duty = Duty(_counting_call(told, self._by, self._now), site_id, None)
        crew = self._crew(duty, hours, people, lane_id=_lane(site_id, told["lane"]))
        for volunteer_id in crew.people[1:]:
            self._come(crew, volunteer_id, self._between(-15, 8))
        by = self._organisation.supervisor_of(site_id)
        at = crew.starts_at
        while at < self._now:
            amount = self._random.choice((1, 1, 5, 5, 10, 10, 10))
            one = tally.Tap(self._uid(), crew.shift_id, amount)
            tally.tap(one, by=by, reach=Reach(everywhere=True), now=at)
            at += self._between(2, 6) * MINUTE

    def arriving(self, crew: Crew) -> None:
        """A group came with its leader, who has named most of those it brought."""
        told = facts()["group"]
        leader_id, *named = [next(self._free) for _ in range(told["named"] + 1)]
        partner = facts()["partners"][told["partner"]]["ar"]
        arrival = groups.Arrival(
            self._uid(),
            crew.shift_id,
            leader_id,
            told["headcount"],
            partner_id=db.session.scalar(select(Partner.id).where(Partner.name_ar == partner)),
            at=crew.starts_at + 5 * MINUTE,
        )
        supervisor = self._organisation.supervisor_of(crew.duty.site_id)
        group_id = groups.arrive(arrival, by=supervisor, now=self._now)
        entries = [groups.Named(person_id=one) for one in named]
        groups.name_members(group_id, entries, by=leader_id, now=self._now)

    def coming(self, duty: Duty, *, hours: tuple[int, int], people: int) -> None:
        """Begins within the hour; nobody is there yet."""
        self._crew(duty, hours, people)

    def over(self, duty: Duty) -> None:
        """Ended some hours ago and waits: 37 records match the plan and 3 need a look."""
        crew = self._crew(duty, (-9, -4), 40)
        _forgot, short, many, *rest = crew.people
        for volunteer_id in crew.people:
            self._come(crew, volunteer_id, self._between(-15, 5))
        self._leave(crew, short, crew.ends_at - 95 * MINUTE)
        self._leave(crew, many, crew.ends_at, served=700)
        for volunteer_id in rest:
            self._leave(crew, volunteer_id, crew.ends_at + self._between(-8, 10) * MINUTE)

    def yesterday(self, duty: Duty) -> None:
        """Long over: three stayed away and one check-out was forgotten."""
        crew = self._crew(duty, (-27, -23), 11)
        came = crew.people[:-3]
        for volunteer_id in came:
            self._come(crew, volunteer_id, self._between(-12, 5))
        for volunteer_id in came[1:]:
            self._leave(crew, volunteer_id, crew.ends_at + self._between(-5, 8) * MINUTE)

    def taught(self, course: Duty, *, people: int) -> list[int]:
        """Attended all of a course some days ago: it was held once more, in one shift."""
        again = opportunities.copy(course.id, by=self._by, now=self._now)
        crew = self._whole(self._crew(replace(course, id=again), (-75, -73), people))
        opportunities.close(again, by=self._by, now=self._now)
        return crew.people

    def earlier(self, duty: Duty, *, hours: tuple[int, int], people: Sequence[int]) -> None:
        """Over since a while, and everybody stayed."""
        self._whole(self._crew(duty, hours, len(people), people))

    def _whole(self, crew: Crew) -> Crew:
        for volunteer_id in crew.people:
            self._come(crew, volunteer_id, self._between(-12, 5))
        for volunteer_id in crew.people:
            self._leave(crew, volunteer_id, crew.ends_at + self._between(-5, 8) * MINUTE)
        return crew

    def ask_elsewhere(self, people: list[int], site_id: int) -> None:
        """They are expected somewhere else and scan this site's poster."""
        for volunteer_id in people:
            self._scan_poster(volunteer_id, site_id, self._now - self._between(2, 20) * MINUTE)

    # --- what they do ----------------------------------------------------------------------

    def _come(self, crew: Crew, volunteer_id: int, minutes: int) -> None:
        at = crew.starts_at + minutes * MINUTE
        self._scan_poster(volunteer_id, crew.duty.site_id, min(at, self._now))

    def _scan_poster(self, volunteer_id: int, site_id: int, at: datetime) -> None:
        reading = Reading(
            uid=self._uid(),
            kind=Kind.IN,
            volunteer_id=volunteer_id,
            poster_id=self._organisation.poster_of(site_id),
        )
        record_scan(reading, now=at)

    def _leave(
        self, crew: Crew, volunteer_id: int, at: datetime, served: int | None = None
    ) -> None:
        reading = Reading(
            uid=self._uid(),
            kind=Kind.OUT,
            volunteer_id=volunteer_id,
            poster_id=self._organisation.poster_of(crew.duty.site_id),
            shift_id=crew.shift_id,
            beneficiaries=self._served(crew, at) if served is None else served,
        )
        record_scan(reading, now=at)

    def _enter_by_hand(self, crew: Crew, volunteer_id: int) -> None:
        at = crew.starts_at + 5 * MINUTE
        entry = manual.Entry(self._uid(), volunteer_id, crew.shift_id, "no_phone")
        manual.check_in(entry, by=self._organisation.supervisor_of(crew.duty.site_id), now=at)

    def _served(self, crew: Crew, at: datetime) -> int | None:
        if crew.duty.service is None:
            return None
        told = facts()["services"][crew.duty.service]
        if told["counted_by"] != "volunteer":
            return None
        minutes = (at - crew.starts_at) / MINUTE
        return int(told["usual"] * minutes / 60 * self._random.uniform(0.8, 1.2))

    # --- who, when -------------------------------------------------------------------------

    def _crew(
        self,
        duty: Duty,
        hours: tuple[int, int],
        size: int,
        known: Sequence[int] = (),
        lane_id: int | None = None,
        room: int = WALKING_IN,
    ) -> Crew:
        begin, end = (self._hour + timedelta(hours=one) for one in hours)
        shift_id = self._plan(duty, begin, end, seats=size + room, lane_id=lane_id)
        people = [*(next(self._free) for _ in range(size - len(known))), *known]
        before = min(self._now, begin - A_DAY)
        roster.add(shift_id, people, by=self._by, now=before)
        return Crew(duty, shift_id, begin, end, people)

    def _plan(
        self, duty: Duty, begin: datetime, end: datetime, *, seats: int, lane_id: int | None
    ) -> int:
        here = ZoneInfo(MAKKAH)
        plan = shifts.ShiftPlan(
            opportunity_id=duty.id,
            site_id=duty.site_id,
            day=begin.astimezone(here).date(),
            starts=begin.astimezone(here).time(),
            ends=end.astimezone(here).time(),
            seats=seats,
            lane_id=lane_id,
        )
        return shifts.create(plan, by=self._by, now=min(self._now, begin - A_DAY))[0]

    def _around(self) -> dict[int, datetime]:
        """Whoever is expected between yesterday and tomorrow has their turn, and when first."""
        rows = db.session.execute(
            select(Assignment.person_id, Shift.starts_at)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(Shift.starts_at > self._now - A_DAY, Shift.starts_at < self._now + A_DAY)
            .order_by(Shift.starts_at.desc())
        )
        return {row.person_id: row.starts_at for row in rows}

    def _shuffled(self, busy: set[int]) -> Iterator[int]:
        first, last = self._organisation.volunteers
        query = (
            select(Person.id)
            .where(Person.id.between(first, last))
            .where(Person.erased_at.is_(None), Person.suspended_at.is_(None))
            .order_by(Person.id)
        )
        free = [person_id for person_id in db.session.scalars(query) if person_id not in busy]
        self._random.shuffle(free)
        return iter(free)

    def _between(self, least: int, most: int) -> int:
        return self._random.randint(least, most)

    def _uid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
