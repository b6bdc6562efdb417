"""A year's goals: set, changed, taken away, and how each stands against what was approved."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.exc import IntegrityError

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.pace import Pace, pace
from checkin.models import Campaign, Partner, Site, Target, Team
from checkin.models.reports import FIGURES
from checkin.operations import audit, figures, past
from checkin.operations.figures import Filter, Totals, spans
from checkin.operations.figures.spans import Span
from checkin.operations.permissions import Reach

MOST = 10**12
ALL = "all"
OF: dict[str, type[Partner] | type[Site] | type[Team] | type[Campaign]] = {
    "partner": Partner,
    "site": Site,
    "team": Team,
    "campaign": Campaign,
}
"""What a target may be of, when it is not of everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPlan:
    """What a coordinator says about a target; `amount` in hours, riyals or numbers."""

    figure: str
    period: str
    amount: int
    scope: str = ALL
    key: int = 0

    def check(self) -> None:
        """Problems `amount_out_of_range`, `year_unknown`; NotFound for what it is of."""
        if not 0 < self.amount <= MOST:
            raise Problem("amount_out_of_range", most=MOST)
        if self.figure not in FIGURES:
            raise NotFound("figure")
        span = spans.of_key(self.period)
        if span is None or span.month is not None:
            raise Problem("year_unknown")
        if self.scope == ALL and self.key:
            raise NotFound("scope")
        if self.scope != ALL and db.session.get(_model(self.scope), self.key) is None:
            raise NotFound(self.scope)


@dataclass(frozen=True, slots=True)
class Standing:
    """A target, whose it is, and how it stands."""

    target: Target
    span: Span
    reached: int
    """In the unit of the target's amount; a begun hour or riyal does not count."""
    pace: Pace
    name_ar: str | None
    name_en: str | None
    """Of the partner, site, team or campaign; nothing for everybody."""


# --- acts --------------------------------------------------------------------------------------


@transaction
def put(plan: TargetPlan, *, by: int, now: datetime) -> int:
    """A new target's id; Problem `target_taken`, and those of the plan."""
    plan.check()
    row = Target(**asdict(plan), set_by_id=by, set_at=now)
    with _one_each():
        db.session.add(row)
        db.session.flush()
    _note("put", row, by, now, amount=plan.amount)
    return row.id


@transaction
def change(target_id: int, plan: TargetPlan, row_version: int, *, by: int, now: datetime) -> None:
    """Set it anew; Conflict when somebody else did so meanwhile, else as `put`."""
    plan.check()
    row = _held(target_id, row_version)
    before = row.amount
    for name, value in asdict(plan).items():
        setattr(row, name, value)
    row.set_by_id, row.set_at, row.row_version = by, now, row_version + 1
    with _one_each():
        db.session.flush()
    _note("change", row, by, now, before=before, amount=plan.amount)


@transaction
def remove(target_id: int, row_version: int, *, by: int, now: datetime) -> None:
    """Take a target away; Conflict when somebody changed it meanwhile."""
    row = _held(target_id, row_version)
    db.session.delete(row)
    db.session.flush()
    _note("remove", row, by, now, amount=row.amount)


def _held(target_id: int, row_version: int) -> Target:
    query = select(Target).where(Target.id == target_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("target")
    if row.row_version != row_version:
        raise Conflict("target_changed")
    return row


@contextmanager
def _one_each() -> Iterator[None]:
    """One target for the same figure, year and whom."""
    try:
        yield
    except IntegrityError as fault:
        raise Problem("target_taken") from fault


def _note(act: str, row: Target, by: int, now: datetime, **facts: int) -> None:
    about = {"figure": row.figure, "period": row.period, "scope": row.scope, "key": row.key}
    audit.note(f"target.{act}", "target", row.id, by=by, at=now, **about, **facts)


# --- questions ---------------------------------------------------------------------------------


def find(target_id: int, reach: Reach) -> Target:
    """The target with this id, if it is the reader's to see; NotFound."""
    row = db.session.scalar(select(Target).where(Target.id == target_id, _seen(reach)))
    if row is None:
        raise NotFound("target")
    return row


def choosable(scope: str) -> Sequence[AnyRow]:
    """Id and names of all that a target may be of: partners, sites, teams or campaigns."""
    model = _model(scope)
    query = select(model.id, model.name_ar, model.name_en).where(model.closed_at.is_(None))
    return db.session.execute(query.order_by(model.name_ar)).all()


def standings(
    reach: Reach,
    today: date,
    *,
    periods: Sequence[str] | None = None,
    of: tuple[str, int] | None = None,
    with_earlier: bool = False,
) -> list[Standing]:
    """How the targets that somebody may see stand today, the latest year first.

    Only those of some `periods`, or `of` one scope and key, where these are given. With earlier
    years, what was told of a target's very year counts for it.
    """
    query = select(Target).where(_seen(reach))
    if periods is not None:
        query = query.where(Target.period.in_(periods))
    if of is not None:
        query = query.where(Target.scope == of[0], Target.key == of[1])
    rows = list(db.session.scalars(query))
    names, totals = _names(rows), _Totals(reach, with_earlier)
    found = [_standing(row, names, totals, today) for row in rows]
    return sorted(found, key=_order)


def _order(one: Standing) -> tuple[Any, ...]:
    target = one.target
    place = (*OF, ALL).index(target.scope)
    return -one.span.first.toordinal(), -place, target.key, FIGURES.index(target.figure)


def _standing(
    row: Target, names: dict[tuple[str, int], AnyRow], totals: "_Totals", today: date
) -> Standing:
    span = spans.of_key(row.period)
    assert span is not None
    reached = amount_of(row.figure, totals.of(row, span))
    named = names.get((row.scope, row.key))
    return Standing(
        target=row,
        span=span,
        reached=reached,
        pace=pace(row.amount, reached, span.first, span.last, today),
        name_ar=named.name_ar if named else None,
        name_en=named.name_en if named else None,
    )


def amount_of(figure: str, totals: Totals) -> int:
    """A figure in the unit of its target."""
    if figure == "hours":
        return totals.approved_minutes // 60
    if figure == "value":
        return totals.value_halalas // 100
    return int(getattr(totals, "course_attendances" if figure == "courses" else figure))


class _Totals:
    """The figures of each year and each whom, asked once however many targets there are."""

    def __init__(self, reach: Reach, with_earlier: bool) -> None:
        self._reach, self._with_earlier = reach, with_earlier
        self._known: dict[tuple[str, str, int], Totals] = {}

    def of(self, row: Target, span: Span) -> Totals:
        asked = (row.period, row.scope, row.key)
        if asked not in self._known:
            self._known[asked] = self._count(self._filter(row, span))
        return self._known[asked]

    def _count(self, wanted: Filter) -> Totals:
        own = figures.totals(wanted)
        return past.counted(wanted).added_to(own) if self._with_earlier else own

    def _filter(self, row: Target, span: Span) -> Filter:
        wanted = Filter(self._reach, span.first, span.last)
        narrower: dict[str, Any] = {} if row.scope == ALL else {f"{row.scope}_id": row.key}
        return replace(wanted, **narrower)


def _names(rows: Sequence[Target]) -> dict[tuple[str, int], AnyRow]:
    """Names by scope and key of all that the targets are of."""
    names: dict[tuple[str, int], AnyRow] = {}
    for scope, model in OF.items():
        keys = {row.key for row in rows if row.scope == scope}
        if keys:
            asked = select(model.id, model.name_ar, model.name_en).where(model.id.in_(keys))
            names |= {(scope, row.id): row for row in db.session.execute(asked)}
    return names


def _seen(reach: Reach) -> ColumnElement[bool]:
    """Whose figures somebody sees, their targets too."""
    if reach.everywhere:
        return true()
    own = (("site", reach.site_ids), ("partner", reach.partner_ids))
    return or_(
        false(), *(and_(Target.scope == scope, Target.key.in_(ids)) for scope, ids in own if ids)
    )


def _model(scope: str) -> Any:
    if scope not in OF:
        raise NotFound("scope")
    return OF[scope]
