"""Limits that look after volunteers: how long, how rested, how old at what hour, trained or not.

Nothing here refuses anybody: each limit that was passed is a finding, and people decide. What is
judged is presence at work as the scans show it, whatever is credited for it. Volunteers are not
employees; where the limits come from, they are what the law asks for people who are paid.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from checkin.domain.days import MAKKAH, local_day, minutes_between
from checkin.domain.hours import Interval

MOST_MINUTES_A_DAY = 10 * 60
"""Saudi Labour Law, article 106: overtime included, nobody works more than ten hours a day."""
MINORS_MOST_MINUTES_A_DAY = 6 * 60
"""Saudi Labour Law, article 164: nobody under 18 works more than six hours a day."""
LEAST_REST_MINUTES = 8 * 60
"""ILO Convention 153, article 8: ten hours' rest a day, and in no case less than eight."""
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(6)
"""By the site's clock. Saudi Labour Law, article 163, forbids work at night under 18 and leaves the
hours to the minister; these are those of EU Directive 94/33, article 9."""
SAME_DAY_WITHIN = timedelta(hours=2)
"""What begins this soon after the last end goes on with the same day's service, also after
midnight: two shifts of one night, with the way between them. Our own choice."""


class Limit(StrEnum):
    """What can be passed; also the order in which it is told."""

    MINOR_AT_NIGHT = "minor_at_night"
    LITTLE_REST = "little_rest"
    LONG_DAY = "long_day"
    HEAVY_TOO_LONG = "heavy_too_long"
    COURSE_MISSING = "course_missing"
    COURSE_EXPIRED = "course_expired"


@dataclass(frozen=True, slots=True)
class Served:
    """One attendance as the limits see it: when somebody was there, and at what.

    The end of a stint that still runs is when it is expected to end. `work_on` is the local day
    of the shift. `kind` names the service and is empty for a course or meeting, which tires
    nobody by these rules; `longest_minutes` is how much of a heavy one a person should do in a
    day.
    """

    id: int
    work_on: date
    spans: tuple[Interval, ...]
    kind: int | None = None
    longest_minutes: int | None = None
    is_minor: bool = False
    zone: str = MAKKAH

    @property
    def begins_at(self) -> datetime:
        return min(begin for begin, _ in self.spans)

    @property
    def ends_at(self) -> datetime:
        return max(end for _, end in self.spans)


@dataclass(frozen=True, slots=True)
class Course:
    """The course an attendance asks for, and the day on which it was attended last, if ever."""

    valid_days: int | None
    attended_on: date | None

    @property
    def good_until(self) -> date | None:
        """The last day on which it counts; empty when for ever, or when it was never attended."""
        if self.attended_on is None or self.valid_days is None:
            return None
        return self.attended_on + timedelta(days=self.valid_days)


@dataclass(frozen=True, slots=True)
class Finding:
    """A limit that was passed, from `since` on: later than now means, if the plan is kept.

    `minutes` is how long somebody served by now (or will have by the end) or rested before;
    `most` is the limit it is held against.
    """

    limit: Limit
    since: datetime
    minutes: int | None = None
    most: int | None = None


def findings(
    one: Served, others: Iterable[Served], now: datetime, course: Course | None = None
) -> list[Finding]:
    """Which limits this attendance passes, in the order of `Limit`.

    `others` are the same volunteer's other attendances around it, in any order. A limit is
    passed by the attendance in which it is crossed and by those after it on that day, never by
    one before: what somebody does later does not change what they did.
    """
    if not one.spans:
        return []
    around = [other for other in others if other.id != one.id and other.spans]
    found = [*_hours(one, around, now), *_night(one), *_training(one, course)]
    order = list(Limit)
    return sorted(found, key=lambda finding: order.index(finding.limit))


# --- how long, and how rested --------------------------------------------------------------


def _hours(one: Served, around: list[Served], now: datetime) -> Iterator[Finding]:
    if one.kind is None:
        return
    before, day = _day_of(one, [other for other in around if other.kind is not None])
    yield from _rest(one, before, day)
    most = MINORS_MOST_MINUTES_A_DAY if one.is_minor else MOST_MINUTES_A_DAY
    yield from _length(Limit.LONG_DAY, one, day, most, now)
    if one.longest_minutes is not None:
        same = [other for other in day if other.kind == one.kind]
        yield from _length(Limit.HEAVY_TOO_LONG, one, same, one.longest_minutes, now)


def _day_of(one: Served, around: list[Served]) -> tuple[datetime | None, list[Served]]:
    """When the service before this day's ended, and everything served on the day with `one`.

    A day's service is what belongs to one local day, and what goes on with it after midnight.
    """
    before: datetime | None = None
    ended: datetime | None = None
    day: list[Served] = []
    for served in sorted([one, *around], key=lambda it: (it.begins_at, it.id)):
        if day and _continues(day[0], ended, served):
            day.append(served)
        elif one in day:
            break
        else:
            before, day = ended, [served]
        ended = max(ended, served.ends_at) if ended else served.ends_at
    return before, day


def _continues(first: Served, ended: datetime | None, served: Served) -> bool:
    if ended is not None and served.begins_at - ended <= SAME_DAY_WITHIN:
        return True
    return first.work_on == served.work_on


def _rest(one: Served, before: datetime | None, day: list[Served]) -> Iterator[Finding]:
    """Told of the day's first attendance only: the break comes before it."""
    if before is None or day[0] != one:
        return
    rested = minutes_between(before, one.begins_at)
    if rested < LEAST_REST_MINUTES:
        yield Finding(Limit.LITTLE_REST, one.begins_at, rested, LEAST_REST_MINUTES)


def _length(
    limit: Limit, one: Served, day: list[Served], most: int, now: datetime
) -> Iterator[Finding]:
    """Whether presence on this day, until `one` ends, is longer than `most` minutes."""
    spans = _joined(span for served in day for span in served.spans)
    spans = _until(spans, one.ends_at)
    since = _crossing(spans, timedelta(minutes=most))
    if since is None:
        return
    since = max(since, one.begins_at)
    served = _until(spans, now) if since <= now else spans
    yield Finding(limit, since, int(_sum(served) / timedelta(minutes=1)), most)


def _joined(spans: Iterable[Interval]) -> list[Interval]:
    """The same time without counting any instant twice."""
    joined: list[Interval] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


def _until(spans: list[Interval], at: datetime) -> list[Interval]:
    return [(begin, min(end, at)) for begin, end in spans if begin < at]


def _sum(spans: list[Interval]) -> timedelta:
    return sum((end - begin for begin, end in spans), timedelta(0))


def _crossing(spans: list[Interval], most: timedelta) -> datetime | None:
    """The instant at which these spans together have become as long as `most`, if they pass it."""
    if _sum(spans) < most + timedelta(minutes=1):
        return None
    left = most
    for begin, end in spans:
        if end - begin > left:
            return begin + left
        left -= end - begin
    return None


# --- how old at what hour ------------------------------------------------------------------


def _night(one: Served) -> Iterator[Finding]:
    if not one.is_minor:
        return
    late = [at for span in one.spans if (at := _first_of_night(span, one.zone)) is not None]
    if late:
        yield Finding(Limit.MINOR_AT_NIGHT, min(late))


def _first_of_night(span: Interval, zone: str) -> datetime | None:
    """The first instant of a stint that lies in a night; a stint of no length lies in none."""
    begin, end = span
    day = local_day(begin, zone) - timedelta(days=1)
    while day <= local_day(end, zone):
        night = _night_of(day, zone)
        if begin < night[1] and end > night[0] and begin < end:
            return max(begin, night[0])
        day += timedelta(days=1)
    return None


def _night_of(day: date, zone: str) -> Interval:
    here = ZoneInfo(zone)
    dawn = datetime.combine(day + timedelta(days=1), NIGHT_ENDS, tzinfo=here)
    return datetime.combine(day, NIGHT_BEGINS, tzinfo=here), dawn


# --- trained or not ------------------------------------------------------------------------


def _training(one: Served, course: Course | None) -> Iterator[Finding]:
    """A course is good from the day it was attended until its last day, that day included."""
    if course is None:
        return
    if course.attended_on is None:
        yield Finding(Limit.COURSE_MISSING, one.begins_at)
    elif course.good_until is not None and course.good_until < one.work_on:
        yield Finding(Limit.COURSE_EXPIRED, one.begins_at)
