"""What somebody tells of a year before this system: whose figures, and how much of each."""

from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from checkin.models import PastTotal
from checkin.operations.figures import spans
from checkin.operations.figures.spans import Span

ALL = "all"


class Figures(NamedTuple):
    """As in `figures.Totals`; nothing where it was not told, which is not nought."""

    approved_minutes: int | None = None
    beneficiaries: int | None = None
    volunteers: int | None = None
    attendances: int | None = None
    opportunities: int | None = None
    course_attendances: int | None = None
    value_halalas: int | None = None

    @property
    def is_told(self) -> bool:
        return any(one is not None for one in self)


class Entry(msgspec.Struct, frozen=True):
    """A year's figures of everybody, or of one site, partner or campaign.

    `period`, `scope` and `key` as in `PastTotal`. `row` is where they stand in the file.
    """

    period: str
    scope: str
    key: int
    figures: Figures
    row: int | None = None

    @property
    def place(self) -> tuple[str, str, int]:
        """There is one line of it at a time."""
        return self.period, self.scope, self.key

    @property
    def span(self) -> Span:
        return span_of(self.period)


def span_of(period: str) -> Span:
    span = spans.of_key(period)
    assert span is not None
    return span


def figures_of(row: PastTotal) -> Figures:
    return Figures(*(getattr(row, name) for name in Figures._fields))


@dataclass(frozen=True, slots=True)
class Named:
    """A line as it was kept, with the names there are for it."""

    row: PastTotal
    name_ar: str | None
    name_en: str | None
    """Of the site, partner or campaign; nothing for everybody."""
    imported_by: str
    dropped_by: str | None

    @property
    def figures(self) -> Figures:
        return figures_of(self.row)

    @property
    def span(self) -> Span:
        return span_of(self.row.period)
