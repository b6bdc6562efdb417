"""Lines of earlier years entered, taken back and listed: each has a source, none is ever lost.

A line says nothing about years in which this system has approved attendances itself, for both
would count, nor about one that is not over, nor about days that a line of the other calendar
holds already (decision 19).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from checkin.database import db, pass_gate, transaction
from checkin.domain.days import local_day
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Attendance, Campaign, Partner, PastTotal, Person, Site
from checkin.models.attendance import COUNTED
from checkin.operations import audit
from checkin.operations.figures.spans import Span
from checkin.operations.past import drafts
from checkin.operations.past.counting import ADDS_UP
from checkin.operations.past.entries import ALL, Entry, Named, figures_of, span_of
from checkin.operations.permissions import Reach

GATE = 0x70617374
"""Who enters lines or takes one back passes it alone."""
OF: dict[str, type[Site] | type[Partner] | type[Campaign]] = {
    "site": Site,
    "partner": Partner,
    "campaign": Campaign,
}
"""What a line may be of, when it is not of everybody."""
_P = PastTotal
_STANDING = _P.dropped_at.is_(None)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would become of an entry: entered, in place of another line, or refused."""

    entry: Entry
    problem: Problem | None
    replaces: PastTotal | None


# --- acts ----------------------------------------------------------------------------------


@transaction
def enter(
    entries: Sequence[Entry],
    *,
    source: str,
    file_name: str = "",
    seen: Collection[int],
    by: int,
    now: datetime,
) -> int:
    """Enter what can be; how many lines. Lines of the same year and whom go, as was `seen`.

    Problems: `source_missing`, `nothing_to_enter`, Conflict `past_changed` when other lines would
    go than those that were shown.
    """
    said = drafts.source_said(source)
    pass_gate(GATE, alone=True)
    found = [one for one in prospects(entries, local_day(now)) if one.problem is None]
    if not found:
        raise Problem("nothing_to_enter")
    replaced = [one.replaces for one in found if one.replaces is not None]
    if {row.id for row in replaced} != set(seen):
        raise Conflict("past_changed")
    for row in replaced:
        row.dropped_at, row.dropped_by_id = now, by
    db.session.flush()
    rows = [_row(one.entry, said, file_name, by, now) for one in found]
    db.session.add_all(rows)
    db.session.flush()
    ids = {"lines": [row.id for row in rows], "replaced": [row.id for row in replaced]}
    audit.note("past.enter", "past_total", None, by=by, at=now, **ids)
    return len(rows)


def _row(entry: Entry, source: str, file_name: str, by: int, now: datetime) -> PastTotal:
    return PastTotal(
        period=entry.period,
        scope=entry.scope,
        key=entry.key,
        source=source,
        file_name=file_name[-200:],
        imported_by_id=by,
        imported_at=now,
        **entry.figures._asdict(),
    )


def put(entry: Entry, *, source: str, by: int, now: datetime) -> int:
    """One line by hand; never in place of another.

    Problems: `source_missing`, `nothing_told`, `past_taken`, and those of `prospects`.
    """
    if not entry.figures.is_told:
        raise Problem("nothing_told")
    if entry.scope != ALL and db.session.get(OF[entry.scope], entry.key) is None:
        raise NotFound(entry.scope)
    (prospect,) = prospects([entry], local_day(now))
    if prospect.problem is not None:
        raise prospect.problem
    if prospect.replaces is not None:
        raise Problem("past_taken")
    return enter([entry], source=source, seen=(), by=by, now=now)


@transaction
def drop(past_id: int, *, by: int, now: datetime) -> None:
    """Take a line back: it stays, with who did it, and counts no more; again changes nothing."""
    pass_gate(GATE, alone=True)
    row = db.session.get(_P, past_id, populate_existing=True)
    if row is None:
        raise NotFound("past_total")
    if row.dropped_at is not None:
        return
    row.dropped_at, row.dropped_by_id = now, by
    audit.note("past.drop", "past_total", row.id, by=by, at=now, period=row.period)


# --- before an act -------------------------------------------------------------------------


def prospects(entries: Iterable[Entry], today: date) -> list[Prospect]:
    """What would become of each entry.

    Problems: `year_not_over`; `year_worked` where this system has approved records of the
    year; `year_shared` (fact `period`) where days of it are told by a line of the other calendar,
    in the file or entered before.
    """
    standing = {(row.period, row.scope, row.key): row for row in _standing()}
    told = {row.period: span_of(row.period) for row in standing.values()}
    worked: dict[str, bool] = {}
    found = []
    for entry in entries:
        problem = _problem(entry.span, told, worked, today)
        found.append(Prospect(entry, problem, standing.get(entry.place)))
        if problem is None:
            told[entry.period] = entry.span
    return found


def _problem(
    span: Span, told: dict[str, Span], worked: dict[str, bool], today: date
) -> Problem | None:
    if span.last >= today:
        return Problem("year_not_over")
    if span.key not in worked:
        worked[span.key] = is_worked(span)
    if worked[span.key]:
        return Problem("year_worked")
    for other in told.values():
        if other.hijri != span.hijri and other.first <= span.last and span.first <= other.last:
            return Problem("year_shared", period=other.key)
    return None


def is_worked(span: Span) -> bool:
    """Whether this system has an approved attendance in a year, be it at a course."""
    days = Attendance.work_on.between(span.first, span.last)
    # the state is spelled so that no index of it is used: that of days is the better one
    query = select(Attendance.id).where(days, Attendance.state.concat("") == COUNTED).limit(1)
    return db.session.scalar(query) is not None


def _standing() -> Sequence[PastTotal]:
    return db.session.scalars(select(_P).where(_STANDING)).all()


class Excess(NamedTuple):
    """A figure of a year of which sites tell more than everybody's line does."""

    period: str
    figure: str
    of_sites: int
    of_everybody: int


def exceeded(entries: Collection[Entry] = ()) -> list[Excess]:
    """Where sites add up to more than everybody, or one alone has more people or opportunities:
    in the years of these entries, once they are entered; without any in all that stand."""
    lines = [Entry(row.period, row.scope, row.key, figures_of(row)) for row in _standing()]
    told = {one.place: one for one in (*lines, *entries)}.values()
    periods = {one.period for one in entries or lines}
    everybody = [one for one in told if one.scope == ALL and one.period in periods]
    return [
        Excess(one.period, name, most, whole)
        for one in sorted(everybody, key=lambda one: one.span.first, reverse=True)
        for name, whole in one.figures._asdict().items()
        if whole is not None and (most := _of_sites(name, one.period, told)) > whole
    ]


def _of_sites(name: str, period: str, told: Iterable[Entry]) -> int:
    own = (one.figures for one in told if (one.period, one.scope) == (period, "site"))
    each = [getattr(one, name) or 0 for one in own]
    return int(sum(each) if name in ADDS_UP else max(each, default=0))


# --- questions -----------------------------------------------------------------------------


def find(past_id: int, reach: Reach) -> Named:
    """A line somebody may see, standing or not; NotFound."""
    found = _named(_seen(reach), _P.id == past_id)
    if not found:
        raise NotFound("past_total")
    return found[0]


def lines(reach: Reach) -> list[Named]:
    """All that stand, as far as somebody may see them: the latest year first, then the whole
    before its parts."""
    found = _named(_seen(reach), _STANDING)
    return sorted(found, key=_order)


def dropped(reach: Reach, most: int = 100) -> list[Named]:
    """Those that count no more, the latest first."""
    found = _named(_seen(reach), ~_STANDING)
    return sorted(found, key=lambda one: one.row.dropped_at or one.row.imported_at)[
        : -most - 1 : -1
    ]


def _order(one: Named) -> tuple[Any, ...]:
    row = one.row
    return -one.span.first.toordinal(), row.scope != ALL, row.scope, one.name_ar or ""


def _named(*which: ColumnElement[bool]) -> list[Named]:
    by, dropper = aliased(Person), aliased(Person)
    query = (
        select(_P, Site, Partner, Campaign, by.name, dropper.name)
        .outerjoin(Site, and_(_P.scope == "site", Site.id == _P.key))
        .outerjoin(Partner, and_(_P.scope == "partner", Partner.id == _P.key))
        .outerjoin(Campaign, and_(_P.scope == "campaign", Campaign.id == _P.key))
        .join(by, by.id == _P.imported_by_id)
        .outerjoin(dropper, dropper.id == _P.dropped_by_id)
    )
    found = []
    for row, site, partner, campaign, imported_by, dropped_by in db.session.execute(
        query.where(*which)
    ):
        of = site or partner or campaign
        names = (of.name_ar, of.name_en) if of is not None else (None, None)
        found.append(Named(row, names[0], names[1], imported_by, dropped_by))
    return found


def _seen(reach: Reach) -> ColumnElement[bool]:
    """Whose figures somebody sees, their earlier years too."""
    if reach.everywhere:
        return true()
    own = (("site", reach.site_ids), ("partner", reach.partner_ids))
    mine = (and_(_P.scope == scope, _P.key.in_(ids)) for scope, ids in own if ids)
    return or_(false(), *mine)
