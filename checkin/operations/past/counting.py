"""What earlier years add to figures that somebody looks at, when they ask for it.

Only whole years were told, so they add to all of time and to their own year, never to a month or
other days; and only to everybody, or to one site, partner or campaign. What adds up is added;
people and opportunities of earlier years cannot be told from ours, so they stand apart.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields

from sqlalchemy import ColumnElement, select

from checkin.database import db
from checkin.models import PastTotal, Site
from checkin.operations.figures import Filter, Totals, periods
from checkin.operations.figures.spans import Span
from checkin.operations.past.entries import ALL, Figures, span_of
from checkin.operations.permissions import Reach

ADDS_UP = (
    *("approved_minutes", "beneficiaries", "attendances"),
    *("course_attendances", "value_halalas"),
)
ONCE = ("volunteers", "opportunities")
"""Each counted once in every total, which nobody can do for names that are not known."""
PARTS = ("site", "partner", "campaign")
"""Where nobody told the whole of a year, its parts may add up to it: sites first."""
_NARROWER = {f"{scope}_id": scope for scope in PARTS}
_P = PastTotal
Part = tuple[str, frozenset[int]]
"""Some sites, partners or campaigns: what they are, and their ids."""


@dataclass(frozen=True, slots=True)
class Year:
    """One earlier year: its figures and where they come from."""

    period: str
    figures: Figures
    sources: tuple[str, ...]
    parts: Mapping[str, Part] = field(default_factory=dict)
    """The figures told of some parts alone, and of which."""

    @property
    def span(self) -> Span:
        return span_of(self.period)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The earlier years that belong to what was asked, the latest first."""

    years: tuple[Year, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.years)

    @property
    def figures(self) -> Figures:
        """The sums of what was told; people and opportunities of several years are no people
        counted once, which is why they are never added to ours."""
        return _sum(year.figures for year in self.years)

    @property
    def valued_minutes(self) -> int:
        """Of years of which a value was told."""
        return sum(
            year.figures.approved_minutes or 0
            for year in self.years
            if year.figures.value_halalas is not None
        )

    @property
    def unvalued_minutes(self) -> int:
        return (self.figures.approved_minutes or 0) - self.valued_minutes

    @property
    def sources(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys(source for year in self.years for source in year.sources))

    def sources_of(self, figure: str) -> tuple[str, ...]:
        """Where one figure comes from, each source once."""
        told = (year for year in self.years if getattr(year.figures, figure) is not None)
        return tuple(dict.fromkeys(source for year in told for source in year.sources))

    def in_part(self, figure: str) -> list[Year]:
        """The years that tell it of some parts alone: no whole to compare with."""
        return [year for year in self.years if figure in year.parts]

    def number_of_years(self, figure: str) -> int:
        """Those that tell it."""
        return sum(getattr(year.figures, figure) is not None for year in self.years)

    def added_to(self, totals: Totals) -> Totals:
        """Ours and what adds up of theirs.

        People and opportunities stay ours, for they may be the same; those of a single year are
        taken where we have none of our own.
        """
        told = self.figures
        more = {name: getattr(told, name) or 0 for name in ADDS_UP}
        more |= {name: 0 if self._is_apart(name, totals) else getattr(told, name) for name in ONCE}
        more["valued_minutes"] = self.valued_minutes
        return totals._replace(**{name: getattr(totals, name) + more[name] for name in more})

    def apart(self, totals: Totals) -> dict[str, int]:
        """People and opportunities that were told and are not added to ours."""
        told = self.figures._asdict()
        return {name: told[name] for name in ONCE if told[name] and self._is_apart(name, totals)}

    def _is_apart(self, name: str, totals: Totals) -> bool:
        told = getattr(self.figures, name)
        return not told or len(self.years) > 1 or bool(getattr(totals, name))


def counted(wanted: Filter) -> Earlier:
    """What was told of exactly these figures; empty where nothing was, or where it cannot be."""
    which = _which(wanted)
    if which is None:
        return Earlier()
    rows = db.session.scalars(
        select(_P).where(_P.dropped_at.is_(None), *which).order_by(_P.period)
    ).all()
    by_year: dict[str, list[PastTotal]] = {}
    for row in rows:
        by_year.setdefault(row.period, []).append(row)
    whole = _whole(wanted, rows)
    years = [_year(period, lines, whole) for period, lines in by_year.items()]
    return Earlier(tuple(sorted(years, key=lambda year: year.span.first, reverse=True)))


def told_years(reach: Reach) -> list[Span]:
    """The years that were told of anything within somebody's reach, the latest first."""
    which = _whose(Filter(reach))
    if which is None:
        return []
    periods_told = select(_P.period).where(_P.dropped_at.is_(None), *which).distinct()
    found = map(span_of, db.session.scalars(periods_told))
    return sorted(found, key=lambda span: span.first, reverse=True)


def _which(wanted: Filter) -> list[ColumnElement[bool]] | None:
    """Which lines; nothing when none says exactly what is asked."""
    period = periods.named(wanted.first, wanted.last)
    whose = _whose(wanted)
    if period is None or whose is None:
        return None
    return whose if period == periods.ALWAYS else [_P.period == period, *whose]


def _whose(wanted: Filter) -> list[ColumnElement[bool]] | None:
    bounds = ("reach", "first", "last")
    said = {one.name: getattr(wanted, one.name) for one in fields(wanted) if one.name not in bounds}
    narrowed = {name: key for name, key in said.items() if key is not None}
    reach = wanted.reach
    if not narrowed:
        return [] if reach.everywhere else _own(wanted)
    (name, key), *more = narrowed.items()
    if more or name not in _NARROWER:
        return None
    mine = {"site": reach.site_ids, "partner": reach.partner_ids}.get(_NARROWER[name], frozenset())
    if not reach.everywhere and key not in mine:
        return None
    return [_P.scope == _NARROWER[name], _P.key == key]


def _own(wanted: Filter) -> list[ColumnElement[bool]] | None:
    """All of somebody's sites, or of their partners."""
    reach = wanted.reach
    own = {"site": reach.site_ids, "partner": reach.partner_ids}
    held = [(scope, ids) for scope, ids in own.items() if ids]
    if len(held) != 1 or reach.shift_ids:
        return None
    return [_P.scope == held[0][0], _P.key.in_(held[0][1])]


def _whole(wanted: Filter, rows: Sequence[PastTotal]) -> dict[str, Set[int]]:
    """By scope: the parts that are all of what is asked, once each of them is told."""
    reach = wanted.reach
    narrowed = {scope: getattr(wanted, name) for name, scope in _NARROWER.items()}
    if any(narrowed.values()):
        return {scope: {key} for scope, key in narrowed.items() if key}
    if not reach.everywhere:
        return {"site": reach.site_ids, "partner": reach.partner_ids}
    if all(row.scope == ALL for row in rows):
        return {}
    return {"site": set(db.session.scalars(select(Site.id).where(Site.closed_at.is_(None))))}


def _year(period: str, lines: Sequence[PastTotal], whole: Mapping[str, Set[int]]) -> Year:
    """The line of everybody; what it does not tell, and adds up, from the parts of one kind."""
    by_scope: dict[str, list[PastTotal]] = {}
    for line in lines:
        by_scope.setdefault(line.scope, []).append(line)
    told = {name: _told(name, by_scope) for name in Figures._fields}
    used = dict.fromkeys(line for some in told.values() for line in some)
    figures = {name: _added(name, some) for name, some in told.items()}
    parts = {name: _part(some, whole) for name, some in told.items()}
    return Year(
        period,
        Figures(**figures),
        tuple(dict.fromkeys(line.source for line in used)),
        {name: part for name, part in parts.items() if part},
    )


def _told(name: str, by_scope: Mapping[str, Sequence[PastTotal]]) -> list[PastTotal]:
    """The lines that one figure of a year is taken from."""
    for scope in (ALL, *PARTS):
        lines = [one for one in by_scope.get(scope, ()) if getattr(one, name) is not None]
        if lines and (len(lines) == 1 or name in ADDS_UP):
            return lines
    return []


def _added(name: str, lines: Sequence[PastTotal]) -> int | None:
    return sum(int(getattr(one, name)) for one in lines) if lines else None


def _part(lines: Sequence[PastTotal], whole: Mapping[str, Set[int]]) -> Part | None:
    """Which parts these lines are of, where others are missing."""
    if not lines or lines[0].scope == ALL:
        return None
    scope, keys = lines[0].scope, frozenset(line.key for line in lines)
    needed = whole.get(scope)
    return None if needed and needed <= keys else (scope, keys)


def _sum(all_figures: Iterable[Figures]) -> Figures:
    found: list[int | None] = [None] * len(Figures._fields)
    for one in all_figures:
        for place, number in enumerate(one):
            if number is not None:
                found[place] = (found[place] or 0) + number
    return Figures(*found)
