"""What approved attendances add up to, line by line, as it is kept beside them (`rollup.py`)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from checkin.domain.clock_hours import spread
from checkin.operations.figures.definitions import WITHOUT, Grouping
from checkin.operations.figures.periods import periods_of, stretch_of

ALL, CAMPAIGN, GENDER, DAY, HOUR = "all", "campaign", "gender", "day", "hour"
"""Groupings beside those of the tables: the total of a period; by campaign (0 for none); by
gender (0 unsaid, 1 men, 2 women); by day as 20261122, where volunteers are those who served on
that day for the first time in the period; by hour of the week, where only minutes are kept. Of
genders and days no opportunities are kept."""
Stretch = tuple[int, date, int, int]
"""Opportunity, first day, site and partner: the key of a line of `month_totals`."""
Where = tuple[date, int, int]
"""The same without the opportunity."""
Place = tuple[str, str, int]
"""Period, grouping and key: of a line of `period_totals`."""
STRETCH = ("opportunity_id", "from_on", "site_id", "partner_id")
OF_STRETCH = (
    *("attendances", "approved_minutes", "beneficiaries"),
    *("value_halalas", "valued_minutes"),
)
PLACE = ("period", "grouping", "key")
OF_PLACE = ("volunteers", "opportunities", "course_attendances", *OF_STRETCH)
VOLUNTEERS, OPPORTUNITIES = 0, 1
"""Where they stand among `OF_PLACE`: they do not add up, so each is counted once."""


class Call(NamedTuple):
    """What an opportunity is part of; `service_id` is 0 for courses and meetings."""

    service_id: int
    campaign_id: int


class Counted(NamedTuple):
    """One approved attendance, as the sums see it."""

    volunteer_id: int
    gender: int
    work_on: date
    begin: datetime
    """Of the time that counts, on the clock of the site."""
    site_id: int
    partner_id: int
    opportunity_id: int
    call: Call
    minutes: int
    beneficiaries: int
    value_halalas: int
    valued_minutes: int

    @property
    def is_volunteering(self) -> bool:
        return self.call.service_id != WITHOUT

    @property
    def stretch(self) -> Stretch:
        return self.opportunity_id, stretch_of(self.work_on), self.site_id, self.partner_id

    @property
    def worth(self) -> tuple[int, ...]:
        sums = self.minutes, self.beneficiaries, self.value_halalas, self.valued_minutes
        return (1, *sums)


@dataclass(slots=True)
class Sums:
    """Lines of both tables, or what must be added to them."""

    stretches: dict[Stretch, list[int]] = field(default_factory=dict)
    places: dict[Place, list[int]] = field(default_factory=dict)
    _calls: dict[int, Call] = field(default_factory=dict)
    _days: dict[tuple[date, int], list[int]] = field(default_factory=dict)
    _hours: Counter[tuple[date, int]] = field(default_factory=Counter)

    def add(self, one: Counted) -> None:
        """One attendance more; `spread` brings all of them to their places."""
        self._calls[one.opportunity_id] = one.call
        _add(self.stretches, one.stretch, one.worth)
        _add(self._days, (one.work_on, one.gender), _at_place(one.worth, one.call))
        if one.is_volunteering:
            for hour, minutes in spread(one.begin, one.minutes):
                self._hours[stretch_of(one.work_on), hour] += minutes

    def spread(self) -> None:
        for key, line in self.stretches.items():
            call = self._calls[key[0]]
            for place in places_of(key[1:], call):
                _add(self.places, place, _at_place(line, call))
        for (day, gender), line in self._days.items():
            for period in periods_of(day):
                _add(self.places, (period, GENDER, gender), line)
                _add(self.places, (period, DAY, number_of(day)), line)
        for (from_on, hour), minutes in self._hours.items():
            for period in periods_of(from_on):
                _add(self.places, (period, HOUR, hour), (0, 0, 0, 0, minutes, 0, 0, 0))

    def add_once(self, what: int, places: Iterable[Place], times: int = 1) -> None:
        """One volunteer or opportunity more, or less, in places that are all different."""
        for place in places:
            self.places.setdefault(place, [0] * len(OF_PLACE))[what] += times

    @property
    def is_nought(self) -> bool:
        return self.number == 0

    @property
    def number(self) -> int:
        """Of lines that are not nought."""
        return sum(map(any, self.stretches.values())) + sum(map(any, self.places.values()))

    def less(self, other: "Sums") -> "Sums":
        return Sums(_less(self.stretches, other.stretches), _less(self.places, other.places))


def places_of(where: Where, call: Call) -> Iterator[Place]:
    """Every line that work in these days, at this site and for this partner is part of."""
    day, site_id, partner_id = where
    month = day.year * 100 + day.month
    for period in periods_of(day):
        yield period, ALL, 0
        yield period, Grouping.SITE.value, site_id
        yield period, Grouping.SERVICE.value, call.service_id
        yield period, Grouping.PARTNER.value, partner_id
        yield period, Grouping.MONTH.value, month
        yield period, CAMPAIGN, call.campaign_id


def places_of_call(wheres: Iterable[Where], call: Call) -> set[Place]:
    """Where an opportunity is one of those in which somebody volunteered; a course never is."""
    if call.service_id == WITHOUT:
        return set()
    return {place for where in wheres for place in places_of(where, call)}


def places_of_person(own: Iterable[Counted]) -> set[Place]:
    """Where somebody with these attendances is one of the people."""
    volunteered = [one for one in own if one.is_volunteering]
    wheres = {(one.stretch[1:], one.call) for one in volunteered}
    found = {place for where, call in wheres for place in places_of(where, call)}
    firsts: dict[str, date] = {}
    for day in sorted({one.work_on for one in volunteered}):
        for period in periods_of(day):
            firsts.setdefault(period, day)
    genders = {one.gender for one in volunteered}
    found.update((period, GENDER, gender) for period in firsts for gender in genders)
    found.update((period, DAY, number_of(day)) for period, day in firsts.items())
    return found


def number_of(day: date) -> int:
    """The key of a day."""
    return (day.year * 100 + day.month) * 100 + day.day


def day_of(key: int) -> date:
    return date(key // 10000, key // 100 % 100, key % 100)


def _at_place(line: Sequence[int], call: Call) -> tuple[int, ...]:
    """Sums of a stretch as they stand at a place; courses are attendance and nothing else."""
    if call.service_id == WITHOUT:
        return (0, 0, line[0], 0, 0, 0, 0, 0)
    return (0, 0, 0, *line)


def _add(lines: dict[Any, list[int]], key: Any, values: Sequence[int]) -> None:
    line = lines.get(key)
    if line is None:
        lines[key] = list(values)
        return
    for number, value in enumerate(values):
        line[number] += value


def _less(lines: Mapping[Any, list[int]], others: Mapping[Any, list[int]]) -> dict[Any, list[int]]:
    found = {key: list(line) for key, line in lines.items()}
    for key, line in others.items():
        _add(found, key, [-value for value in line])
    return found
