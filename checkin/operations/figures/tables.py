"""Which lines of the sums answer a question by none, one or two groupings (`sums.py`)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from checkin.database import db
from checkin.models import Opportunity, OpportunityDay, PeriodTotal
from checkin.operations.figures.definitions import WITHOUT, Filter, Totals
from checkin.operations.figures.kept import KEPT, parts_of
from checkin.operations.figures.periods import has_pairs
from checkin.operations.figures.sums import (
    ALL,
    CAMPAIGN,
    GENDER,
    LANE,
    OPPORTUNITY,
    PAIRS,
    PARTNER,
    PLACES,
    SERVICE,
    SITE,
    TEAM,
    TYPE,
    gender_of,
    key_of_type,
    type_of,
)
from checkin.operations.rates import TYPES

_P, _D = PeriodTotal, OpportunityDay
_OF_OPPORTUNITY: dict[str, ColumnElement[Any]] = {
    SERVICE: func.coalesce(Opportunity.service_id, WITHOUT),
    TYPE: case({word: key_of_type(word) for word in TYPES}, value=Opportunity.type),
    CAMPAIGN: func.coalesce(Opportunity.campaign_id, WITHOUT),
}
"""What an opportunity determines, so that its own lines tell it."""


_OF_DAY: dict[str, ColumnElement[Any]] = {
    SITE: _D.site_id.expression,
    LANE: _D.lane_id.expression,
    PARTNER: _D.partner_id.expression,
    GENDER: _D.gender.expression,
    TEAM: _D.team_id.expression,
}
"""By what it is kept on which days there was somebody in an opportunity."""


@dataclass(frozen=True, slots=True)
class Table:
    """Lines by `asked`; `of` are all groupings they are kept by, `fixed` those of some keys."""

    asked: tuple[str, ...]
    of: tuple[str, ...]
    fixed: Mapping[str, Collection[int]]

    @property
    def in_a_row(self) -> int:
        """How many lines of one period may belong to the same row."""
        each = (len(keys) for name, keys in self.fixed.items() if name not in self.asked)
        return prod(each)

    def holds(self, period: str) -> bool:
        """Of two groupings together, only all time, years and months are kept."""
        return len(self.of) < 2 or has_pairs(period)

    def lines(
        self, periods: Sequence[str], most: int | None = None
    ) -> Iterator[tuple[str, tuple[int, ...], Totals]]:
        """Those with any figure, each with its period and its keys, in the order asked, without
        what waits.

        No more than `most`, where that is said.
        """
        columns = self._columns()
        rows = self._rows([_P.period, *(columns[name] for name in self.asked), *KEPT])
        rows = rows.where(_P.period.in_(periods))
        for name, keys in self.fixed.items():
            rows = rows.where(columns[name].in_(keys))
        end = 1 + len(self.asked)
        for row in db.session.execute(rows.limit(most)):
            yield row[0], tuple(row[1:end]), Totals._make(row[end:])

    def opportunities_by(
        self, others: Sequence[str], period: str, wanted: Filter, most: int
    ) -> int:
        """How many rows, up to `most`, opportunities have at least, each by what is in `others`."""
        ids = {key for _, (key,), _ in self.lines([period], most)}
        columns = [_OF_DAY[name] for name in others if name in _OF_DAY]
        if len(ids) >= most or not columns:
            return len(ids)
        rows = select(_D.opportunity_id, *columns).where(_D.opportunity_id.in_(ids))
        rows = rows.where(_D.attendances > 0, *_of_days(wanted))
        fixed = self.fixed.items()
        narrowed = (_OF_DAY[name].in_(keys) for name, keys in fixed if name in _OF_DAY)
        found = rows.where(*narrowed).distinct().limit(most).subquery()
        return db.session.scalar(select(func.count()).select_from(found)) or 0

    def _columns(self) -> dict[str, ColumnElement[Any]]:
        within, grouping = self._kept_by
        return {**_OF_OPPORTUNITY, within: _P.within_key.expression, grouping: _P.key.expression}

    def _rows(self, columns: Sequence[Any]) -> Select[Any]:
        within, grouping = self._kept_by
        rows: Select[Any] = select(*columns).where(_P.within == within, _P.grouping == grouping)
        rows = rows.where(or_(_P.attendances > 0, _P.course_attendances > 0))
        if {*self.asked, *self.fixed} <= {*self.of}:
            return rows
        return rows.join(Opportunity, Opportunity.id == _P.key)

    @property
    def _kept_by(self) -> tuple[str, str]:
        within, grouping = (ALL, ALL, *self.of)[-2:]
        return within, grouping


def table_of(asked: Sequence[str], wanted: Filter) -> Table | None:
    """The table of these groupings, for what is looked at; nothing when no sum is kept of it."""
    fixed = parts_of(wanted)
    if fixed is None:
        return None
    names = {*asked, *fixed}
    if OPPORTUNITY in names:
        names -= {*_OF_OPPORTUNITY}
    of = tuple(name for name in (*PLACES, OPPORTUNITY) if name in names)
    if len(of) > 2 or (len(of) == 2 and of not in PAIRS):
        return None
    return Table(tuple(asked), of, fixed) if {*asked} <= {*PLACES, OPPORTUNITY} else None


def _of_days(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.first is not None:
        yield _D.work_on >= wanted.first
    if wanted.last is not None:
        yield _D.work_on <= wanted.last


def word_of(grouping: str, key: int) -> int | str:
    """The word of a type or gender; other keys are ids."""
    if grouping == TYPE:
        return type_of(key)
    return gender_of(key) if grouping == GENDER else key
