"""Planning a day of the demo: shifts at every site, who is expected, who joined and who waits.

Everything here is done through the same acts as on the pages.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from checkin.database import AnyRow, db
from checkin.demo.facts import facts
from checkin.demo.organisation import Duty, Organisation
from checkin.domain.days import local_day
from checkin.domain.prayer import Anchor, End
from checkin.models import Assignment, Lane, Opportunity, Person, Service, Shift
from checkin.operations import openings, opportunities, roster, shifts

DAYS = 7
"""Planned and published, from tomorrow on."""
Times = tuple[End, End]
MORNING: Times = (time(8), time(12))
EVENING: Times = (time(16), time(20))
NIGHT: Times = (Anchor("isha", 30), time(0, 30))
FRIDAY_MIDDAY = (time(10, 30), time(14))
"""When the mosque is fullest."""
SITES = range(4)
"""Of the mosque itself, as they count in the file of facts; the academy teaches."""
FILLED = (1.05, 1, 0.9, 0.75, 0.55, 0.3, 0.1)
"""Which part of the places is taken, by how many days it is until then."""
EVERY = 3
"""Days between two turns of the same people."""
LINK = "https://demo.example/hours"


class Turn:
    """Whose turn it is on a day, in an order by chance."""

    def __init__(self, people: list[AnyRow], random: Random) -> None:
        self._people = people
        random.shuffle(self._people)

    def take(self, number: int, gender: str | None = None) -> list[int]:
        """The next ones, of whom nobody comes twice."""
        taken = [one for one in self._people if gender in (None, one.gender)][:number]
        self._people = [one for one in self._people if one not in taken]
        return [one.id for one in taken]


class Planner:
    """Plans shifts and who is expected on them; `made` are the ids of the shifts."""

    def __init__(self, organisation: Organisation, now: datetime) -> None:
        self._organisation = organisation
        self._now = now
        self._by = organisation.staff["layla"]
        self.made: list[int] = []
        self._busy = self._expected()
        self._special = {
            (told["site"], told["slot"]): (self._call(told), told["gender"])
            for told in facts()["calls"]
        }

    # --- days ------------------------------------------------------------------------------

    def publish(self, day: date) -> None:
        """Three shifts at each site of the mosque, the nearer the fuller."""
        random = Random(day.isoformat())
        turn = self._turn(day, random)
        filled = FILLED[min((day - local_day(self._now)).days, DAYS) - 1]
        for site in SITES:
            for slot, times in enumerate((MORNING, EVENING, NIGHT)):
                duty, gender = self._duty(site, slot, day)
                seats = random.choice((10, 12, 14, 16))
                lane_id = self._lane(duty.site_id) if (site, slot) == (0, 0) else None
                shift_id = self._shift(duty, day, times, seats, lane_id=lane_id)
                size = round(seats * min(1, filled * random.uniform(0.8, 1.2)))
                self._expect(shift_id, turn.take(size, gender))

    def draft(self, friday: date) -> None:
        """More hands at midday, not published yet."""
        random = Random(friday.isoformat())
        turn = self._turn(friday, random)
        for site in (0, 1, 3):
            duty, _ = self._duty(site, 0, friday)
            shift_id = self._shift(duty, friday, FRIDAY_MIDDAY, 20, is_draft=True)
            self._expect(shift_id, turn.take(random.randint(4, 9)))

    def course(self, *days: date) -> None:
        """The course that pushing wheelchairs asks for, held again: some evenings, open to join."""
        number: int = facts()["course_again"]
        before = db.session.get_one(Opportunity, self._organisation.courses[number].id)
        plan = opportunities.OpportunityPlan(
            kind="course",
            name_ar=before.name_ar,
            name_en=before.name_en,
            partner_id=before.partner_id,
            valid_days=before.valid_days,
            is_open=True,
        )
        course_id = opportunities.create(plan, by=self._by, now=self._now)
        duty = Duty(course_id, self._organisation.site_ids[facts()["course_site"]], None)
        learning = self._turn(days[0], Random(course_id)).take(24)
        for day in days:
            self._expect(self._shift(duty, day, (time(20, 30), time(22, 30)), 35), learning)

    def happenings(self, tomorrow: date, later: date) -> None:
        """A full shift with people waiting, a place given back, a clash, and one called off."""
        random = Random(tomorrow.isoformat())
        turn = self._turn(tomorrow, random)
        duty, _ = self._duty(1, 0, tomorrow)
        full = self._shift(duty, tomorrow, (time(13), time(15, 30)), 12)
        asking = turn.take(18)
        for who in asking:
            self._join(full, who)
        openings.leave(full, by=asking[3], now=self._now)
        beside = self._shift(self._duty(0, 0, tomorrow)[0], tomorrow, (time(14), time(16)), 8)
        self._expect(beside, [self._organisation.noura_id, asking[0], *turn.take(5)])
        roster.invite(beside, link=LINK, by=self._by, now=self._now)
        off = self._shift(duty, later, (time(13), time(16)), 10)
        self._expect(off, self._turn(later, random).take(6))
        shifts.cancel(off, by=self._by, now=self._now)

    # --- what is planned -------------------------------------------------------------------

    def _duty(self, site: int, slot: int, day: date) -> tuple[Duty, str | None]:
        """What is done there at that time, by turns, and whom it is for."""
        site_id = self._organisation.site_ids[site]
        if (site, slot) in self._special:
            call_id, gender = self._special[site, slot]
            return Duty(call_id, site_id, None), gender
        here = [duty for duty in self._organisation.duties if duty.site_id == site_id]
        return here[(day.toordinal() + slot) % len(here)], None

    def _call(self, told: dict[str, Any]) -> int:
        """A call for women or for men, made the first time."""
        known = db.session.scalar(
            select(Opportunity.id).where(Opportunity.name_ar == told["ar"]).limit(1)
        )
        if known is not None:
            return known
        service = facts()["services"][told["service"]]
        requires = service.get("requires")
        plan = opportunities.OpportunityPlan(
            kind="service",
            name_ar=told["ar"],
            name_en=told["en"],
            about_ar=told["about_ar"],
            about_en=told["about_en"],
            service_id=db.session.scalar(
                select(Service.id).where(Service.name_ar == service["ar"])
            ),
            gender=told["gender"],
            minimum_age=told["age"],
            is_open=True,
            walk_ins=True,
            opens_minutes=60,
            requires_id=None if requires is None else self._organisation.courses[requires].id,
        )
        return opportunities.create(plan, by=self._by, now=self._now)

    def _shift(
        self,
        duty: Duty,
        day: date,
        times: Times,
        seats: int,
        *,
        lane_id: int | None = None,
        is_draft: bool = False,
    ) -> int:
        plan = shifts.ShiftPlan(
            opportunity_id=duty.id,
            site_id=duty.site_id,
            lane_id=lane_id,
            day=day,
            starts=times[0],
            ends=times[1],
            seats=seats,
        )
        made = shifts.create_on(plan, [day], by=self._by, now=self._now, is_draft=is_draft)
        self.made += made
        return made[0]

    def _lane(self, site_id: int) -> int | None:
        lanes = select(Lane.id).where(Lane.site_id == site_id).order_by(Lane.id)
        return db.session.scalar(lanes.limit(1))

    # --- who -------------------------------------------------------------------------------

    def _expect(self, shift_id: int, people: list[int]) -> None:
        roster.add(shift_id, people, by=self._by, now=self._now)
        self._busy |= set(people)

    def _join(self, shift_id: int, who: int) -> None:
        told = openings.obstacles(who, shift_id, self._now)
        openings.join(shift_id, by=who, now=self._now, aware=[one.code for one in told])
        self._busy.add(who)

    def _expected(self) -> set[int]:
        """Whoever is expected since yesterday has been asked already."""
        query = (
            select(Assignment.person_id)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(Shift.starts_at > self._now - timedelta(days=1))
        )
        return set(db.session.scalars(query))

    def _turn(self, day: date, random: Random) -> Turn:
        """Everybody's comes every third day, so that nobody has too little rest."""
        first, last = self._organisation.volunteers
        people = db.session.execute(
            select(Person.id, Person.gender)
            .where(Person.id.between(first, last), Person.id % EVERY == day.toordinal() % EVERY)
            .where(Person.erased_at.is_(None), Person.merged_into_id.is_(None))
            .where(Person.suspended_at.is_(None))
            .order_by(Person.id)
        )
        return Turn([one for one in people if one.id not in self._busy], random)
