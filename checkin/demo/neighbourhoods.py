"""An association's years on paper: its calls, their shifts, and who comes to each of them.

Nothing here touches the database. The minutes are made exact by people who come late or leave
early: what there is too much of is shared out over all stays that are left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from checkin.demo.facts import facts
from checkin.domain.days import MAKKAH

SHIFTS = 3
"""Of each call, on three days within two weeks."""
LENGTHS = (*(180,) * 4, *(240,) * 11, *(300,) * 5)
"""Minutes, as they come in twenty shifts; a little more than the four hours wanted on average."""
HOURS = (8, 16, 20)
MOST_LOST = 14
"""Minutes late or early that still match the plan."""
MOST_LOST_ON_AVERAGE = 6
FORGOT, PAUSED = 0.012, 0.022
"""One in a hundred forgets the check-out, another one goes out between."""
SEEN_LEAVING_EARLIER = 30
LAST_ONES = 600
"""Stays at the end among which what is left of the surplus is divided exactly."""


class Scale(NamedTuple):
    """How large the association is; `minutes` is what its attendances add up to."""

    volunteers: int
    opportunities: int
    attendances: int
    minutes: int
    centres: int
    first_on: date

    @classmethod
    def published(cls) -> "Scale":
        told = facts()["association"]
        return cls(
            *(told["volunteers"], told["opportunities"], told["attendances"]),
            *(told["hours"] * 60, len(told["centres"]), date.fromisoformat(told["first_on"])),
        )


@dataclass(slots=True)
class Call:
    """One opportunity at one centre; `service` counts in the file of facts."""

    number: int
    centre: int
    service: int
    shifts: list["Session"] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    """One of its shifts."""

    call: Call
    starts_at: datetime
    minutes: int
    work_on: date
    size: int = 0

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class Stay(NamedTuple):
    """One volunteer at one shift; `lost` minutes of it were not worked."""

    volunteer: int
    kind: str
    """`late`, `early`, `forgot` or `paused`."""
    lost: int


def calls_of(scale: Scale, last_on: date, random: Random) -> list[Call]:
    """Every call with its shifts, as many places in all as there are attendances."""
    services = len(facts()["association"]["services"])
    calls = [
        Call(number, number % scale.centres, random.randrange(services))
        for number in range(scale.opportunities)
    ]
    days = (last_on - scale.first_on).days - 14
    lengths = _lengths(random)
    for call in calls:
        first = scale.first_on + timedelta(days=random.randrange(days))
        for offset in sorted(random.sample(range(14), SHIFTS)):
            day = first + timedelta(days=offset)
            begin = datetime.combine(day, time(random.choice(HOURS)), ZoneInfo(MAKKAH))
            call.shifts.append(Session(call, begin.astimezone(UTC), next(lengths), day))
    _share_places([shift for call in calls for shift in call.shifts], scale.attendances, random)
    return calls


def _lengths(random: Random) -> Iterator[int]:
    while True:
        yield from random.sample(LENGTHS, len(LENGTHS))


def _share_places(shifts: Sequence[Session], total: int, random: Random) -> None:
    usual = total / len(shifts)
    for shift in shifts:
        shift.size = max(round(usual * random.uniform(0.6, 1.4)), 1)
    missing = total - sum(shift.size for shift in shifts)
    step = 1 if missing > 0 else -1
    while missing:
        for shift in shifts:
            if missing and shift.size + step > 0:
                shift.size += step
                missing -= step


class Pool:
    """The volunteers of one centre, asked in turn; the eager ones more often."""

    def __init__(self, volunteers: Sequence[int], random: Random) -> None:
        self._random = random
        self._every = {one: random.choice((1, 1, 1, 2, 3)) for one in volunteers}
        self._turn = 0
        self._queue: list[int] = []
        self._busy: dict[date, set[int]] = {}

    def take(self, shift: Session) -> list[int]:
        """So many that nobody is asked twice on one day."""
        busy = self._busy.setdefault(shift.work_on, set())
        taken: list[int] = []
        passed: list[int] = []
        while len(taken) < shift.size:
            one = self._next()
            if one in busy:
                passed.append(one)
                continue
            busy.add(one)
            taken.append(one)
        self._queue += passed
        return taken

    def _next(self) -> int:
        if not self._queue:
            self._queue = [one for one, every in self._every.items() if self._turn % every == 0]
            self._random.shuffle(self._queue)
            self._turn += 1
        return self._queue.pop()


class Losses:
    """What every stay loses, so that all of them together lose exactly the surplus."""

    def __init__(self, shifts: Sequence[Session], surplus: int, random: Random) -> None:
        self.surplus = surplus
        self.left = sum(shift.size for shift in shifts)
        self._random = random
        if not _can_be_lost(self.surplus, self.left):
            raise ValueError(f"{self.surplus} minutes too many in {self.left} attendances")

    def next(self, shift: Session, volunteer: int) -> Stay:
        kind, lost = self._ordinary() if self.left <= LAST_ONES else self._any()
        self.surplus -= lost
        self.left -= 1
        return Stay(volunteer, kind, lost)

    def _ordinary(self) -> tuple[str, int]:
        return "early", min(self.surplus // self.left, MOST_LOST)

    def _any(self) -> tuple[str, int]:
        random = self._random
        luck = random.random()
        if luck < FORGOT:
            return "forgot", SEEN_LEAVING_EARLIER
        if luck < PAUSED:
            return "paused", random.randint(10, 25)
        # half of MOST_LOST on average, as often as the surplus asks for
        if random.random() * (MOST_LOST + 1) / 2 * self.left < self.surplus:
            return random.choice(("late", "early")), random.randint(1, MOST_LOST)
        return "late", 0


def _can_be_lost(surplus: int, attendances: int) -> bool:
    return attendances <= surplus <= MOST_LOST_ON_AVERAGE * attendances


def told(shift: Session) -> dict[str, Any]:
    """What the facts say about a shift's service."""
    service: dict[str, Any] = facts()["association"]["services"][shift.call.service]
    return service
