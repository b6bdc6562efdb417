"""What approved attendances add up to, line by line, as it is kept beside them (`rollup.py`)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from checkin.domain.clock_hours import hour_of_week, spread
from checkin.operations.figures.definitions import GENDERS, NOT_SAID, WITHOUT, Grouping
from checkin.operations.figures.periods import (
    is_long,
    months_of,
    periods_of,
    stretch_name,
    stretch_of,
    years_of,
)
from checkin.operations.rates import TYPES

SITE, SERVICE, PARTNER, MONTH = (one.value for one in Grouping)
ALL, LANE, TYPE, CAMPAIGN, GENDER = "all", "lane", "type", "campaign", "gender"
DAY, HOUR = "day", "hour"
"""Groupings beside those of the tables: the total of a period; by lane or campaign (0 for none);
by type (1 general, 2 skilled, 3 professional); by gender (0 unsaid, 1 men, 2 women); by day as
20261122, where volunteers are those who served on that day for the first time in the period, and
no opportunities are kept; by hour of the week, where only minutes are kept."""
PLACES = (SITE, LANE, SERVICE, TYPE, CAMPAIGN, PARTNER, GENDER)
"""What sums are kept of in every period; of every two of them, in this order, in all time and
each year."""
NARROW = (SITE, SERVICE, PARTNER, CAMPAIGN)
"""Of what days are kept too, in all time and each year, and hours of the week, in stretches."""
Stretch = tuple[int, date, int, int, int, int]
"""Opportunity, first day, site, lane, partner and gender: the key of a line of `month_totals`."""
Where = tuple[date, int, int, int, int]
"""The same without the opportunity."""
Place = tuple[str, str, str, int, int]
"""Period, within what, grouping, the key of what, key: of a line of `period_totals`."""
Line = tuple[str, str, int, int]
"""The same without the period."""
STRETCH = ("opportunity_id", "from_on", "site_id", "lane_id", "partner_id", "gender")
OF_STRETCH = (
    *("attendances", "approved_minutes", "beneficiaries"),
    *("value_halalas", "valued_minutes", "below_halalas", "above_halalas"),
)
PLACE = ("period", "within", "grouping", "within_key", "key")
OF_PLACE = ("volunteers", "opportunities", "course_attendances", *OF_STRETCH)
VOLUNTEERS, OPPORTUNITIES = 0, 1
"""Where they stand among `OF_PLACE`: they do not add up, so each is counted once."""


class Call(NamedTuple):
    """What an opportunity is part of; `service_id` is 0 for courses and meetings."""

    service_id: int
    campaign_id: int
    type: str


class Counted(NamedTuple):
    """One approved attendance, as the sums see it."""

    volunteer_id: int
    gender: int
    work_on: date
    begin: datetime
    """Of the time that counts, on the clock of the site."""
    site_id: int
    lane_id: int
    partner_id: int
    opportunity_id: int
    call: Call
    minutes: int
    beneficiaries: int
    value_halalas: int
    valued_minutes: int
    below_halalas: int
    above_halalas: int

    @property
    def is_volunteering(self) -> bool:
        return self.call.service_id != WITHOUT

    @property
    def where(self) -> Where:
        place = self.site_id, self.lane_id, self.partner_id, self.gender
        return stretch_of(self.work_on), *place

    @property
    def narrow(self) -> tuple[int, ...]:
        """The keys of `NARROW`."""
        return self.site_id, self.call.service_id, self.partner_id, self.call.campaign_id

    @property
    def worth(self) -> tuple[int, ...]:
        sums = self.minutes, self.beneficiaries, self.value_halalas, self.valued_minutes
        return (1, *sums, self.below_halalas, self.above_halalas)


@dataclass(slots=True)
class Sums:
    """Lines of both tables, or what must be added to them."""

    stretches: dict[Stretch, list[int]] = field(default_factory=dict)
    places: dict[Place, list[int]] = field(default_factory=dict)
    _calls: dict[int, Call] = field(default_factory=dict)
    _days: dict[tuple[date, tuple[int, ...]], list[int]] = field(default_factory=dict)
    _hours: Counter[tuple[date, tuple[int, ...], int]] = field(default_factory=Counter)

    def add(self, one: Counted) -> None:
        """One attendance more; `spread` brings all of them to their places."""
        self._calls[one.opportunity_id] = one.call
        where = one.where
        _add(self.stretches, (one.opportunity_id, *where), one.worth)
        _add(self._days, (one.work_on, one.narrow), _at_place(one.worth, one.call))
        if one.is_volunteering:
            for hour, minutes in _spread(hour_of_week(one.begin), one.begin.minute, one.minutes):
                self._hours[where[0], one.narrow, hour] += minutes

    def spread(self) -> None:
        for (period, place, call), line in self._together().items():
            for one in _lines_of(place, call)[is_long(period)]:
                _add(self.places, (period, *one), line)
        for (day, narrow), line in self._days.items():
            for period, within, key in _days_kept(day, narrow):
                _add(self.places, (period, within, DAY, key, number_of(day)), line)
        for (from_on, narrow, hour), minutes in self._hours.items():
            for place_of_hour in _places_of_hour(from_on, narrow, hour):
                _add(self.places, place_of_hour, (0, 0, 0, 0, minutes, 0, 0, 0, 0, 0))

    def _together(self) -> dict[tuple[str, tuple[int, ...], Call], list[int]]:
        """Sums by period, place and call, of all days and opportunities: many are alike."""
        found: dict[tuple[str, tuple[int, ...], Call], list[int]] = {}
        for (opportunity_id, from_on, *place), line in self.stretches.items():
            call = self._calls[opportunity_id]
            values = _at_place(line, call)
            for period in periods_of(from_on):
                _add(found, (period, tuple(place), call), values)
            for year in years_of(from_on):
                _add(self.places, (year, *_line_of_month(from_on)), values)
        return found

    def add_once(self, what: int, places: Iterable[Place], times: int = 1) -> None:
        """One volunteer or opportunity more, or less, in places that are all different."""
        for place in places:
            line = self.places.get(place)
            if line is None:
                line = self.places[place] = [0] * len(OF_PLACE)
            line[what] += times

    @property
    def is_nought(self) -> bool:
        return self.number == 0

    @property
    def number(self) -> int:
        """Of lines that are not nought."""
        return sum(map(any, self.stretches.values())) + sum(map(any, self.places.values()))

    def less(self, other: "Sums") -> "Sums":
        return Sums(_less(self.stretches, other.stretches), _less(self.places, other.places))


@lru_cache(16384)
def _lines_of(place: tuple[int, ...], call: Call) -> tuple[list[Line], list[Line]]:
    """Every line that work there is part of in a month, and in a year or all time."""
    site_id, lane_id, partner_id, gender = place
    keys = site_id, lane_id, call.service_id, key_of_type(call.type), call.campaign_id, partner_id
    own = tuple(zip(PLACES, (*keys, gender), strict=True))
    each: list[Line] = [(ALL, ALL, 0, 0), *((ALL, one, 0, key) for one, key in own)]
    pairs = [(a, b, a_key, b_key) for (a, a_key), (b, b_key) in combinations(own, 2)]
    return each, [*each, *pairs]


def lines_of(where: Where, call: Call) -> Iterator[tuple[str, list[Line]]]:
    """By period, every line that work in these days, at this place and of these people, is of."""
    day, *place = where
    each, of_years = _lines_of(tuple(place), call)
    for year in years_of(day):
        yield year, [*of_years, _line_of_month(day)]
    for period in months_of(day):
        yield period, each


def _line_of_month(day: date) -> Line:
    return ALL, MONTH, 0, day.year * 100 + day.month


def _days_kept(day: date, narrow: Sequence[int]) -> Iterator[tuple[str, str, int]]:
    """Periods, and what days are kept of in them."""
    for period in periods_of(day):
        yield period, ALL, 0
    for period in years_of(day):
        for one, key in zip(NARROW, narrow, strict=True):
            yield period, one, key


@lru_cache(65536)
def _spread(hour: int, minute: int, minutes: int) -> tuple[tuple[int, int], ...]:
    """Many begin and end alike."""
    return tuple(spread(A_SUNDAY + timedelta(hours=hour, minutes=minute), minutes))


A_SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)
"""Any one; the hours of the week are the same in each."""


def _places_of_hour(from_on: date, narrow: Sequence[int], hour: int) -> Iterator[Place]:
    for period in periods_of(from_on):
        yield period, ALL, HOUR, 0, hour
    period = stretch_name(from_on)
    for one, key in zip(NARROW, narrow, strict=True):
        yield period, one, HOUR, key, hour


def lines_of_call(wheres: Iterable[Where], call: Call) -> dict[str, set[Line]]:
    """By period, where an opportunity is one of those in which somebody volunteered; a course
    never is."""
    found: dict[str, set[Line]] = defaultdict(set)
    for where in wheres if call.service_id != WITHOUT else ():
        for period, lines in lines_of(where, call):
            found[period].update(lines)
    return found


def places_of_call(wheres: Iterable[Where], call: Call) -> set[Place]:
    return _places(lines_of_call(wheres, call))


def lines_of_person(own: Iterable[Counted]) -> dict[str, set[Line]]:
    """By period, where somebody with these attendances is one of the people."""
    volunteered = [one for one in own if one.is_volunteering]
    found: dict[str, set[Line]] = defaultdict(set)
    for where, call in {(one.where, one.call) for one in volunteered}:
        for period, lines in lines_of(where, call):
            found[period].update(lines)
    firsts: dict[tuple[str, str, int], date] = {}
    for day, narrow in sorted({(one.work_on, one.narrow) for one in volunteered}):
        for period, within, key in _days_kept(day, narrow):
            firsts.setdefault((period, within, key), day)
    for (period, within, key), day in firsts.items():
        found[period].add((within, DAY, key, number_of(day)))
    return found


def places_of_person(own: Iterable[Counted]) -> set[Place]:
    return _places(lines_of_person(own))


def _places(found: Mapping[str, set[Line]]) -> set[Place]:
    return {(period, *line) for period, lines in found.items() for line in lines}


def number_of(day: date) -> int:
    """The key of a day."""
    return (day.year * 100 + day.month) * 100 + day.day


def day_of(key: int) -> date:
    return date(key // 10000, key // 100 % 100, key % 100)


def key_of_type(word: str) -> int:
    return TYPES.index(word) + 1


def type_of(key: int) -> str:
    return TYPES[key - 1]


def key_of_gender(word: str | None) -> int:
    """0 for who did not say, by the word for it or by nothing."""
    return WITHOUT if word in (None, NOT_SAID) else GENDERS.index(str(word)) + 1


def gender_of(key: int) -> str:
    return GENDERS[key - 1] if key else NOT_SAID


def _at_place(line: Sequence[int], call: Call) -> tuple[int, ...]:
    """Sums of a stretch as they stand at a place; courses are attendance and nothing else."""
    if call.service_id == WITHOUT:
        return (0, 0, line[0], 0, 0, 0, 0, 0, 0, 0)
    return (0, 0, 0, *line)


def _add(lines: dict[Any, list[int]], key: Any, values: Sequence[int]) -> None:
    line = lines.get(key)
    if line is None:
        lines[key] = list(values)
        return
    for number, value in enumerate(values):
        if value:
            line[number] += value


def _less(lines: Mapping[Any, list[int]], others: Mapping[Any, list[int]]) -> dict[Any, list[int]]:
    found = {key: list(line) for key, line in lines.items()}
    for key, line in others.items():
        _add(found, key, [-value for value in line])
    return found
