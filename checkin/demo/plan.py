"""A season on paper: which shifts there were, who came, when they scanned, how many they served.

Nothing here touches the database. The sums are made exact by small, believable changes: a few
people leave some minutes early, and the served are shared out so that none is left over.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from checkin.demo.facts import Season, facts
from checkin.demo.organisation import Duty, Volunteer
from checkin.domain.days import MAKKAH
from checkin.domain.hours import Interval, credited_minutes, planned_minutes

SLOTS = ((5, 240), (9, 240), (16, 300), (20, 240), (22, 300))
"""When shifts begin, in hours of the day, and how many minutes they last."""
COURSE_HOUR, COURSE_MINUTES, COURSE_SEATS = 19, 120, 35
SEEN_LEAVING_EARLIER = 30
"""Minutes a supervisor takes off when a check-out was forgotten and the leaving was seen."""
EARLIEST_LEAVING = 10
"""A check-out this many minutes before the end still matches the plan."""


@dataclass(slots=True)
class PlannedShift:
    """A shift before and after it has an id."""

    duty: Duty
    starts_at: datetime
    ends_at: datetime
    work_on: date
    size: int
    id: int = 0

    @property
    def minutes(self) -> int:
        return planned_minutes(self.starts_at, self.ends_at)


@dataclass(slots=True)
class Stay:
    """One volunteer at one shift, as the scans will say it."""

    shift: PlannedShift
    volunteer: Volunteer
    stints: list[tuple[datetime, datetime | None]]
    rejected: bool = False
    served: int | None = None

    @property
    def forgot(self) -> bool:
        return self.stints[-1][1] is None

    @property
    def minutes(self) -> int:
        """What will be approved."""
        ends = self.shift.ends_at
        spans: list[Interval] = [(begin, end or ends) for begin, end in self.stints]
        counted = credited_minutes(spans, self.shift.starts_at, ends)
        return counted - SEEN_LEAVING_EARLIER if self.forgot else counted

    @property
    def whole(self) -> bool:
        """There from before the start until after the end, without a pause."""
        begin, end = self.stints[0]
        shift = self.shift
        full = end is not None and begin <= shift.starts_at and end >= shift.ends_at
        return full and len(self.stints) == 1 and not self.rejected

    def leave_early(self, minutes: int) -> None:
        self.stints = [(self.stints[0][0], self.shift.ends_at - timedelta(minutes=minutes))]


def shifts_of(season: Season, duties: Sequence[Duty], random: Random) -> list[PlannedShift]:
    """Three or four shifts a day, more people on the busy days, enough for the season's hours."""
    shifts = [
        _shift(random.choice(duties), day, *slot, size=0)
        for day in _days(season)
        for slot in random.sample(SLOTS, 4 if day.weekday() == 4 else 3)
    ]
    weights = [_weight(shift.work_on, season, random) for shift in shifts]
    asked = sum(weight * shift.minutes for weight, shift in zip(weights, shifts, strict=True))
    for weight, shift in zip(weights, shifts, strict=True):
        # a twentieth more than needed: not everybody stays for all of it
        shift.size = max(round(weight * season.minutes * 1.05 / asked), 2)
    return shifts


def courses_of(season: Season, courses: Sequence[Duty], random: Random) -> list[PlannedShift]:
    """Sessions on evenings spread over the season, for exactly as many as attended courses."""
    left = season.course_attendances
    sessions: list[PlannedShift] = []
    days = list(_days(season))
    while left:
        size = min(left, random.randint(COURSE_SEATS - 10, COURSE_SEATS))
        day = random.choice(days)
        days.remove(day)
        course = courses[len(sessions) % len(courses)]
        sessions.append(_shift(course, day, COURSE_HOUR, COURSE_MINUTES, size))
        left -= size
    return sessions


def _days(season: Season) -> Iterator[date]:
    for ordinal in range(season.first_on.toordinal(), season.last_on.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _shift(duty: Duty, day: date, hour: int, minutes: int, size: int) -> PlannedShift:
    begin = datetime.combine(day, time(hour), ZoneInfo(MAKKAH)).astimezone(UTC)
    return PlannedShift(duty, begin, begin + timedelta(minutes=minutes), day, size)


def _weight(day: date, season: Season, random: Random) -> float:
    first_busy, last_busy = season.busy
    return random.uniform(0.6, 1.4) * (2 if first_busy <= day <= last_busy else 1)


# --- who came ------------------------------------------------------------------------------


@dataclass(slots=True)
class Roster:
    """Whom to ask next: those who fit, came least for their zeal, and are free that day."""

    volunteers: Sequence[Volunteer]
    random: Random
    came: Counter[int] = field(default_factory=Counter)
    busy: dict[date, set[int]] = field(default_factory=lambda: defaultdict(set))
    _fitting: dict[int | None, list[Volunteer]] = field(default_factory=dict)

    def take(self, shift: PlannedShift) -> list[Volunteer]:
        busy = self.busy[shift.work_on]
        free = [one for one in self._who_fits(shift.duty.service) if one.id not in busy]
        taken = heapq.nsmallest(shift.size, free, key=self._turn)
        for one in taken:
            self.came[one.id] += 1
            busy.add(one.id)
        return taken

    def _who_fits(self, service: int | None) -> list[Volunteer]:
        if service not in self._fitting:
            self._fitting[service] = [one for one in self.volunteers if one.fits(service)]
        return self._fitting[service]

    def _turn(self, one: Volunteer) -> float:
        return (self.came[one.id] + self.random.random()) / one.zeal


def stays_of(
    season: Season,
    shifts: Sequence[PlannedShift],
    sessions: Sequence[PlannedShift],
    volunteers: Sequence[Volunteer],
    random: Random,
) -> list[Stay]:
    """Everybody who came, with the season's exact hours and beneficiaries."""
    roster = Roster(volunteers, random)
    learning = [_attend(at, one, random) for at in sessions for one in roster.take(at)]
    serving = [_serve(at, one, random) for at in shifts for one in roster.take(at)]
    _fit_minutes(serving, season.minutes, random)
    _share_out(serving, season.beneficiaries, random)
    return [*serving, *learning]


def _attend(session: PlannedShift, volunteer: Volunteer, random: Random) -> Stay:
    begin = session.starts_at - _some(random, 1, 20)
    return Stay(session, volunteer, [(begin, session.ends_at + _some(random, 0, 9))])


def _serve(shift: PlannedShift, volunteer: Volunteer, random: Random) -> Stay:
    begin = shift.starts_at - _some(random, 1, 25)
    end = shift.ends_at + _some(random, 0, 12)
    luck = random.random()
    stints: list[tuple[datetime, datetime | None]] = [(begin, end)]
    if luck < 0.012:
        stints = [(begin, None)]
    elif luck < 0.035:
        pause = shift.starts_at + timedelta(minutes=shift.minutes // 2)
        stints = [(begin, pause + _some(random, 0, 5)), (pause + _some(random, 18, 30), end)]
    elif luck < 0.05:
        stints = [(begin, shift.ends_at - _some(random, 20, 70))]
    elif luck < 0.2:
        stints = [(shift.starts_at + _some(random, 1, 13), end)]
    elif luck < 0.35:
        stints = [(begin, shift.ends_at - _some(random, 1, 12))]
    return Stay(shift, volunteer, stints, rejected=luck > 0.997)


def _some(random: Random, least: int, most: int) -> timedelta:
    return timedelta(seconds=random.randint(least * 60, most * 60))


# --- exact sums ----------------------------------------------------------------------------


def _fit_minutes(stays: list[Stay], target: int, random: Random) -> None:
    """Leave out whole stays, then let some leave a little early, until the minutes are right."""
    surplus = sum(stay.minutes for stay in stays if not stay.rejected) - target
    if surplus < 0:
        raise ValueError(f"the season is {-surplus} minutes short")
    order = list(range(len(stays)))
    random.shuffle(order)
    left_out = set()
    for number in order:
        minutes = stays[number].minutes
        if not stays[number].rejected and minutes <= surplus:
            left_out.add(number)
            surplus -= minutes
        if surplus < EARLIEST_LEAVING * 30:
            break
    stays[:] = [stay for number, stay in enumerate(stays) if number not in left_out]
    for stay in filter(lambda stay: stay.whole, stays):
        minutes = min(surplus, EARLIEST_LEAVING)
        if minutes:
            stay.leave_early(minutes)
            surplus -= minutes


def _share_out(stays: Sequence[Stay], target: int, random: Random) -> None:
    """Each volunteer's usual number with some luck, scaled to the total without a remainder."""
    counting = [stay for stay in stays if _counts(stay)]
    weights = [round(stay.minutes * _usual(stay) * random.uniform(0.7, 1.3)) for stay in counting]
    total = sum(weights)
    for stay, weight in zip(counting, weights, strict=True):
        stay.served = weight * target // total
    missing = target - sum(stay.served or 0 for stay in counting)
    for stay in random.sample(counting, missing):
        stay.served = (stay.served or 0) + 1


def _counts(stay: Stay) -> bool:
    asked = facts()["services"][stay.shift.duty.service]["counted_by"] == "volunteer"
    return asked and not stay.forgot and not stay.rejected


def _usual(stay: Stay) -> int:
    usual: int = facts()["services"][stay.shift.duty.service]["usual"]
    return usual
