"""Rates: what an hour is worth by type and from which day, who said so, and which one holds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Problem
from checkin.domain.money import HALALAS, MOST_PER_HOUR
from checkin.models import Attendance, Opportunity, Person, Rate, ValueRun
from checkin.operations import audit

TYPES = ("general", "skilled", "professional")
LONGEST_SOURCE = 300
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class RatePlan:
    """A rate as an administrator sets it; amounts are halalas an hour."""

    type: str
    from_on: date
    halalas_per_hour: int
    source: str
    low_halalas: int | None = None
    high_halalas: int | None = None

    def check(self) -> None:
        """Problems `rate_out_of_range`, `rate_range`, `rate_too_early`, `source_missing`."""
        if not 1 <= self.halalas_per_hour <= MOST_PER_HOUR:
            raise Problem("rate_out_of_range", most=MOST_PER_HOUR // HALALAS)
        if not self._range_holds:
            raise Problem("rate_range")
        if self.from_on < EARLIEST:
            raise Problem("rate_too_early", year=EARLIEST.year)
        if not 0 < len(self.source.strip()) <= LONGEST_SOURCE:
            raise Problem("source_missing", longest=LONGEST_SOURCE)

    @property
    def _range_holds(self) -> bool:
        """No range, or one around the rate."""
        if self.low_halalas is None or self.high_halalas is None:
            return self.low_halalas is self.high_halalas
        return 1 <= self.low_halalas <= self.halalas_per_hour <= self.high_halalas <= MOST_PER_HOUR


@transaction
def set_rate(plan: RatePlan, *, by: int, now: datetime) -> int:
    """Let this rate hold for work from its day on; its id. What is approved keeps its value.

    A rate for the same type and day is superseded, never changed. Problem `value_under_way` while
    approvals are valued anew by the rates that somebody saw.
    """
    plan.check()
    if db.session.scalar(select(ValueRun.id).where(ValueRun.state == "valuing")) is not None:
        raise Problem("value_under_way")
    facts = asdict(plan) | {"source": plan.source.strip()}
    rate = Rate(**facts, set_by_id=by, set_at=now)
    db.session.add(rate)
    db.session.flush()
    told = {"type": plan.type, "from_on": plan.from_on.isoformat()}
    audit.note("rate.set", "rate", rate.id, by=by, at=now, **told, halalas=plan.halalas_per_hour)
    return rate.id


# --- questions -----------------------------------------------------------------------------


def is_set() -> bool:
    """Whether any rate was ever set."""
    return db.session.scalar(select(Rate.id).limit(1)) is not None


def of(attendance: Attendance) -> Rate | None:
    """The rate by which an attendance is valued."""
    return db.session.get(Rate, attendance.rate_id) if attendance.rate_id else None


def set_by(rate: Rate) -> str:
    """The name of whoever set it."""
    return db.session.get_one(Person, rate.set_by_id).name


def history() -> Sequence[AnyRow]:
    """Every `Rate` with the name of who set it (`set_by`), by type, the latest first."""
    order = (Rate.type, Rate.from_on.desc(), Rate.id.desc())
    named = select(Rate, Person.name.label("set_by")).join(Person, Person.id == Rate.set_by_id)
    return db.session.execute(named.order_by(*order)).all()


def standing() -> dict[str, list[Rate]]:
    """By type, the rates that hold, each from its day to the next one's; the earliest first."""
    found: dict[str, dict[date, Rate]] = {type_: {} for type_ in TYPES}
    for rate in db.session.scalars(select(Rate).order_by(Rate.from_on, Rate.id)):
        found[rate.type][rate.from_on] = rate
    return {type_: list(of_day.values()) for type_, of_day in found.items()}


def holding_id() -> ScalarSelect[Any]:
    """The id of the rate that values an attendance of an opportunity, both in the question
    around it; nothing where none holds, and at courses and meetings."""
    rate = aliased(Rate)
    return (
        select(rate.id)
        .where(rate.type == Opportunity.type, rate.from_on <= Attendance.work_on)
        .where(Opportunity.kind == "service")
        .order_by(rate.from_on.desc(), rate.id.desc())
        .limit(1)
        .correlate(Opportunity, Attendance)
        .scalar_subquery()
    )
