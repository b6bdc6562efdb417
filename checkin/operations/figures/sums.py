"""What approved attendances add up to, line by line, as it is kept beside them (`rollup.py`)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import combinations
from operator import add, sub
from typing import Any, NamedTuple

from checkin.domain.clock_hours import hour_of_week, spread
from checkin.operations.figures.definitions import GENDERS, NOT_SAID, WITHOUT, Grouping
from checkin.operations.figures.periods import (
    ALWAYS,
    parts_of,
    periods_of,
    stretch_name,
    stretch_of,
    years_of,
)
from checkin.operations.rates import TYPES

SITE, SERVICE, PARTNER, MONTH = (one.value for one in Grouping)
ALL, LANE, TYPE, CAMPAIGN, GENDER, TEAM = "all", "lane", "type", "campaign", "gender", "team"
OPPORTUNITY, DAY, HOUR = "opportunity", "day", "hour"
"""Groupings beside those of the tables: the total of a period; by lane, campaign or team (0 for
none); by type (1 general, 2 skilled, 3 professional); by gender (0 unsaid, 1 men, 2 women); by
opportunity; by day as 20261122, where volunteers are those who served on that day for the first
time in the period, and no opportunities are kept; by hour of the week, where only minutes are."""
PLACES = (SITE, LANE, SERVICE, TYPE, CAMPAIGN, PARTNER, GENDER, TEAM)
"""What sums are kept of in every period; of every two of them, in this order, in all time, years
and months."""
WITH_OPPORTUNITY = (SITE, LANE, GENDER)
"""Of what sums are kept there together with an opportunity; others it determines, or there are
more lines of than anybody reads."""
PAIRS = frozenset({*combinations(PLACES, 2), *((one, OPPORTUNITY) for one in WITH_OPPORTUNITY)})
NARROW = (SITE, SERVICE, PARTNER, CAMPAIGN)
"""Of what days are kept too, in all time and each year, and hours of the week, in all time and each
stretch."""
Stretch = tuple[int, date, int, int, int, int]
"""Opportunity, first day, site, lane, partner and gender: the key of a line of `month_totals`."""
Spot = tuple[int, date, int, int, int, int, int]
"""Opportunity, day, site, lane, partner, gender and team: the key of a line of
`opportunity_days`."""
Place = tuple[str, str, str, int, int]
"""Period, within what, grouping, the key of what, key: of a line of `period_totals`."""
Line = tuple[str, str, int, int]
"""The same without the period."""
STRETCH = ("opportunity_id", "from_on", "site_id", "lane_id", "partner_id", "gender")
OF_STRETCH = (
    *("attendances", "approved_minutes", "beneficiaries"),
    *("value_halalas", "valued_minutes", "below_halalas", "above_halalas"),
)
SPOT = ("opportunity_id", "work_on", "site_id", "lane_id", "partner_id", "gender", "team_id")
OF_SPOT = ("attendances",)
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
    team_id: int
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
    def spot(self) -> Spot:
        place = self.site_id, self.lane_id, self.partner_id, self.gender, self.team_id
        return self.opportunity_id, self.work_on, *place

    @property
    def narrow(self) -> tuple[int, ...]:
        return narrow_of(self.site_id, self.partner_id, self.call)

    @property
    def worth(self) -> tuple[int, ...]:
        sums = self.minutes, self.beneficiaries, self.value_halalas, self.valued_minutes
        return (1, *sums, self.below_halalas, self.above_halalas)


def narrow_of(site_id: int, partner_id: int, call: Call) -> tuple[int, ...]:
    """The keys of `NARROW`."""
    return site_id, call.service_id, partner_id, call.campaign_id


@dataclass(slots=True)
class Sums:
    """Lines of the three tables, or what must be added to them."""

    stretches: dict[Stretch, list[int]] = field(default_factory=dict)
    spots: dict[Spot, list[int]] = field(default_factory=dict)
    places: dict[Place, list[int]] = field(default_factory=dict)
    _calls: dict[int, Call] = field(default_factory=dict)
    _worth: dict[Spot, list[int]] = field(default_factory=dict)
    _hours: Counter[tuple[date, tuple[int, ...], int]] = field(default_factory=Counter)

    def add(self, one: Counted) -> None:
        """One attendance more; `spread` brings all of them to their places."""
        self._calls[one.opportunity_id] = one.call
        _add(self._worth, one.spot, one.worth)
        if one.is_volunteering:
            from_on = stretch_of(one.work_on)
            for hour, minutes in hours_of(one.begin, one.minutes):
                self._hours[from_on, one.narrow, hour] += minutes

    def spread(self) -> None:
        by_day: dict[tuple[date, Line], list[int]] = {}
        by_periods: dict[tuple[tuple[str, ...], Line], list[int]] = {}
        for (place, call), days in self._together().items():
            each, pairs = _lines_of(place, call)
            of_periods: dict[tuple[str, ...], list[int]] = {}
            for day, line in days.items():
                _add(of_periods, periods_of(day), line)
                for one in each:
                    _add(by_day, (day, one), line)
            for periods, line in of_periods.items():
                for one in pairs:
                    _add(by_periods, (periods, one), line)
        for (opportunity_id, day, *where), line in self._worth.items():
            values = _at_place(line, self._calls[opportunity_id])
            own, of_both = lines_of_opportunity(opportunity_id, where)
            _add(by_day, (day, own), values)
            for one in of_both:
                _add(by_periods, (periods_of(day), one), values)
        self._enter(by_day, by_periods)

    def _together(self) -> dict[tuple[tuple[int, ...], Call], dict[date, list[int]]]:
        """By place and call, then by day, of all opportunities; and what needs no spreading."""
        found: dict[tuple[tuple[int, ...], Call], dict[date, list[int]]] = defaultdict(dict)
        for key, line in self._worth.items():
            opportunity_id, day, *place = key
            call = self._calls[opportunity_id]
            self.spots[key] = [line[0]]
            _add(self.stretches, (opportunity_id, stretch_of(day), *place[:-1]), line)
            _add(found[tuple(place), call], day, _at_place(line, call))
        return found

    def _enter(
        self,
        by_day: Mapping[tuple[date, Line], list[int]],
        by_periods: Mapping[tuple[tuple[str, ...], Line], list[int]],
    ) -> None:
        for (day, one), line in by_day.items():
            for period in (*periods_of(day), *parts_of(day)):
                _add(self.places, (period, *one), line)
            for place in places_of_day(day, one):
                _add(self.places, place, line)
        for (periods, one), line in by_periods.items():
            for period in periods:
                _add(self.places, (period, *one), line)
        of_hours: Counter[Place] = Counter()
        for (from_on, narrow, hour), minutes in self._hours.items():
            for place in places_of_hour(from_on, narrow, hour):
                of_hours[place] += minutes
        for place, minutes in of_hours.items():
            _add(self.places, place, _only_minutes(minutes))

    def add_once(self, what: int, places: Iterable[Place], times: int = 1) -> None:
        """One volunteer or opportunity more, or less, in places that are all different."""
        for place in places:
            line = self.places.get(place)
            if line is None:
                line = self.places[place] = [0] * len(OF_PLACE)
            line[what] += times

    def less(self, other: "Sums") -> "Sums":
        """What is more in this than in the other, which is not needed any longer."""
        for lines, others in (
            (self.stretches, other.stretches),
            (self.spots, other.spots),
            (self.places, other.places),
        ):
            for key, line in others.items():
                _take_off(lines, key, line)
        return self


def _lines_of(place: tuple[int, ...], call: Call) -> tuple[list[Line], list[Line]]:
    """The lines that work there is part of in every period, and more in all but the smallest."""
    site_id, lane_id, partner_id, gender, team_id = place
    keys = site_id, lane_id, call.service_id, key_of_type(call.type), call.campaign_id
    own = tuple(zip(PLACES, (*keys, partner_id, gender, team_id), strict=True))
    each: list[Line] = [_WHOLE, *((ALL, one, 0, key) for one, key in own)]
    return each, [(a, b, a_key, b_key) for (a, a_key), (b, b_key) in combinations(own, 2)]


_WHOLE: Line = (ALL, ALL, 0, 0)


def lines_of_opportunity(
    opportunity_id: int, place: Sequence[int]
) -> tuple[Line, tuple[Line, ...]]:
    """Its own line, of every period, and more in all but the smallest."""
    site_id, lane_id, _, gender, _ = place
    keys = zip(WITH_OPPORTUNITY, (site_id, lane_id, gender), strict=True)
    pairs = tuple((one, OPPORTUNITY, key, opportunity_id) for one, key in keys)
    return (ALL, OPPORTUNITY, 0, opportunity_id), pairs


def line_of_month(day: date) -> Line:
    return ALL, MONTH, 0, day.year * 100 + day.month


def places_of_day(day: date, line: Line) -> Iterator[Place]:
    """Where what a day has of a line stands as the day's and the month's."""
    _, grouping, _, key = line
    if grouping == ALL:
        for period in periods_of(day):
            yield period, ALL, DAY, 0, number_of(day)
        for year in years_of(day):
            yield year, *line_of_month(day)
    elif grouping in NARROW:
        for year in years_of(day):
            yield year, grouping, DAY, key, number_of(day)


def hours_of(begin: datetime, minutes: int) -> Sequence[tuple[int, int]]:
    """Hours of the week, each with its minutes."""
    return _spread(hour_of_week(begin), begin.minute, minutes)


@lru_cache(65536)
def _spread(hour: int, minute: int, minutes: int) -> tuple[tuple[int, int], ...]:
    """Many begin and end alike."""
    return tuple(spread(A_SUNDAY + timedelta(hours=hour, minutes=minute), minutes))


A_SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)
"""Any one; the hours of the week are the same in each."""


def places_of_hour(from_on: date, narrow: Sequence[int], hour: int) -> Iterator[Place]:
    for period in periods_of(from_on):
        yield period, ALL, HOUR, 0, hour
    for period in (ALWAYS, stretch_name(from_on)):
        for one, key in zip(NARROW, narrow, strict=True):
            yield period, one, HOUR, key, hour


# --- whoever is counted once -------------------------------------------------------------------


class Lines:
    """Which lines work is part of, each by a number: numbers are gathered and counted much faster
    than what they stand for."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._numbers: dict[Line, int] = {}
        self._at_place: dict[tuple[tuple[int, ...], Call], tuple[list[int], list[int]]] = {}

    def of(self, worked: Iterable[tuple[Spot, Call]]) -> dict[str, set[int]]:
        """By period, every line in which somebody who volunteered there is one of the people, and
        an opportunity in which somebody did is one of those; a course never is."""
        found: dict[str, set[int]] = defaultdict(set)
        for (opportunity_id, day, *place), call in worked:
            if call.service_id == WITHOUT:
                continue
            each, pairs = self.of_place(tuple(place), call)
            own, both = lines_of_opportunity(opportunity_id, place)
            smallest = (*each, self.number(own))
            all_of_them = (*smallest, *pairs, *map(self.number, both))
            for period in parts_of(day):
                found[period].update(smallest)
            for period in periods_of(day):
                found[period].update(all_of_them)
            for year in years_of(day):
                found[year].add(self.number(line_of_month(day)))
        return found

    def more(self, more: Mapping[str, set[int]], less: Mapping[str, set[int]]) -> Iterator[Place]:
        """The places of the one that are not of the other."""
        for period, lines in more.items():
            for number in lines - less.get(period, set()):
                yield period, *self._lines[number]

    def line(self, number: int) -> Line:
        return self._lines[number]

    def of_place(self, place: tuple[int, ...], call: Call) -> tuple[list[int], list[int]]:
        """Those of every period, and more of all but the smallest."""
        known = self._at_place.get((place, call))
        if known is None:
            each, pairs = _lines_of(place, call)
            known = [*map(self.number, each)], [*map(self.number, pairs)]
            self._at_place[place, call] = known
        return known

    def number(self, line: Line) -> int:
        number = self._numbers.get(line)
        if number is None:
            number = self._numbers[line] = len(self._lines)
            self._lines.append(line)
        return number


def first_places(volunteered: Iterable[tuple[date, tuple[int, ...]]]) -> set[Place]:
    """The days on which somebody volunteered first, who did on these days, each with its `narrow`:
    of a period, and at each place of a year."""
    firsts: dict[tuple[str, str, int], date] = {}
    for day, narrow in sorted(volunteered):
        for period in periods_of(day):
            firsts.setdefault((period, ALL, 0), day)
        for year in years_of(day):
            for one, key in zip(NARROW, narrow, strict=True):
                firsts.setdefault((year, one, key), day)
    return {
        (period, within, DAY, key, number_of(day)) for (period, within, key), day in firsts.items()
    }


# --- keys --------------------------------------------------------------------------------------


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
    """Sums of a spot as they stand at a place; courses are attendance and nothing else."""
    if call.service_id == WITHOUT:
        return (0, 0, line[0], *_NO_WORTH)
    return (0, 0, 0, *line)


_NO_WORTH = (0,) * len(OF_STRETCH)


def _only_minutes(minutes: int) -> list[int]:
    return [minutes if name == "approved_minutes" else 0 for name in OF_PLACE]


def _add(lines: dict[Any, list[int]], key: Any, values: Sequence[int]) -> None:
    line = lines.get(key)
    lines[key] = list(values if line is None else map(add, line, values))


def _take_off(lines: dict[Any, list[int]], key: Any, values: Sequence[int]) -> None:
    """Less of a line; one with nothing left is gone."""
    line = lines.pop(key, None) or [0] * len(values)
    if any(left := list(map(sub, line, values))):
        lines[key] = left
