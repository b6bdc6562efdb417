"""Bringing attendances to what the scans say: read, fold, write what changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from checkin.database import AnyRow, ask
from checkin.domain.evidence import Evidence, Flag, in_order
from checkin.domain.fold import Folded, Kind, ScanFact, State, fold
from checkin.domain.hours import Interval, credited_minutes, planned_minutes
from checkin.domain.places import TRAVEL_LOOKS_BACK
from checkin.domain.plausibility import judge_beneficiaries
from checkin.models import Attendance, Scan, Site
from checkin.models.attendance import DECIDED
from checkin.operations.attendance.judging import place_of
from checkin.operations.attendance.plans import Plan, plans_of
from checkin.operations.attendance.succession import with_relief

SETTLED = ("approved", "proposed")
"""Decisions that gave minutes; a rejected attendance takes no time from another."""
_LATELY = timedelta(hours=36)
"""Longer than any attendance an undecided one could still share minutes with."""
_A = Attendance
_TABLE = Attendance.metadata.tables[Attendance.__tablename__]
_FOLDED = (
    *("state", "stints", "in_at", "out_at", "until_at", "credited_minutes", "proposed_out_at"),
    *("proposed_minutes", "beneficiaries", "evidence", "flags", "entered_by_id"),
)
"""The columns of an attendance that follow from its scans; all of them, or the fold is stale."""
_OPEN_SHIFT = (
    select(_A.shift_id)
    .where(_A.volunteer_id == bindparam("volunteer_id"), _A.state == State.OPEN.value)
    .scalar_subquery()
)
_BEGUN = select(func.min(_A.in_at)).where(
    _A.volunteer_id == bindparam("volunteer_id"),
    or_(_A.state == State.OPEN.value, _A.shift_id.in_(bindparam("shift_ids", expanding=True))),
)
_HISTORY = (
    select(
        *(_A.id, _A.shift_id, _A.site_id, *(_TABLE.c[name] for name in _FOLDED)),
        *(Scan.scan_uid, Scan.kind, Scan.shift_id.label("scan_shift_id"), Scan.effective_at),
        *(Scan.received_at, Scan.evidence.label("scan_evidence"), Scan.undoes, Scan.joined),
        *(Scan.beneficiaries.label("scan_beneficiaries"), Scan.flags.label("scan_flags")),
        *(Scan.entered_by_id.label("scan_entered_by_id"), Scan.site_id.label("scan_site_id")),
        *(Site.latitude, Site.longitude),
    )
    .select_from(Scan)
    .outerjoin(_A, and_(_A.volunteer_id == Scan.volunteer_id, _A.shift_id == Scan.shift_id))
    .outerjoin(Site, Site.id == Scan.site_id)
    .where(Scan.volunteer_id == bindparam("volunteer_id"), Scan.shift_id.is_not(None))
    .where(
        or_(
            Scan.effective_at >= bindparam("lately"),
            Scan.shift_id.in_(bindparam("shift_ids", expanding=True)),
            Scan.shift_id == _OPEN_SHIFT,
        )
    )
)
"""A volunteer's scans with the attendances they made, in one question: no attendance is without
a scan."""
_DECIDED = (
    *("id", "approved_minutes", "approved_beneficiaries"),
    *("rate_id", "value_halalas", "low_halalas", "high_halalas"),
)
OPENING = insert(_TABLE).values(
    {
        column.name: bindparam(column.name, type_=column.type)
        for column in _TABLE.columns
        if column.name not in _DECIDED
    }
)
"""A new attendance; what a decision sets is left empty."""
CHANGING = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("attendance_id"))
    .values(
        row_version=_TABLE.c.row_version + 1,
        updated_at=bindparam("updated_at"),
        **{name: bindparam(name) for name in _FOLDED},
    )
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An attendance as the database has it after folding."""

    id: int
    state: str
    folded: Folded | None
    """Empty when a decision stands above the scans."""


@dataclass(frozen=True, slots=True)
class Change:
    """One attendance that the scans now say differently: a new row, or new values of one."""

    folded: Folded
    values: dict[str, Any]
    attendance_id: int | None = None
    """Empty for a new one."""

    def write(self) -> Kept:
        if self.attendance_id is None:
            new_id = ask(_OPENED, self.values).scalar_one()
            return Kept(new_id, self.folded.state, self.folded)
        ask(CHANGING, self.values)
        return Kept(self.attendance_id, self.folded.state, self.folded)


_OPENED = OPENING.returning(_TABLE.c.id)


@dataclass(frozen=True, slots=True)
class Refolded:
    """What the scans say, not written yet; closings before openings, as the one-open index
    is checked row by row."""

    kept: dict[int, Kept]
    """Attendances that stay as they are."""
    changes: list[Change]

    def write(self) -> dict[int, Kept]:
        """Write every change; all attendances by shift id."""
        return self.kept | {one.folded.shift_id: one.write() for one in self.changes}


@dataclass(frozen=True, slots=True)
class History:
    """What is kept of a volunteer around one instant."""

    scans: list[ScanFact]
    """Those that say something about the shifts in question, and what they are held against."""
    touched: list[AnyRow]
    """The attendances that a scan at that instant may change or clash with."""


def history_of(volunteer_id: int, shift_ids: Iterable[int], since: datetime) -> History:
    """The scans and attendances that scans of these shifts, from `since` on, may concern.

    One of these attendances may have begun long before: then all since is looked at, for what
    happened elsewhere meanwhile may end it.
    """
    wanted = frozenset(shift_ids)
    found = _history(volunteer_id, wanted, since)
    begun = min((row.in_at for row in found.touched if _may_change(row)), default=since)
    return found if begun >= since - _LATELY else _history(volunteer_id, wanted, begun)


def _may_change(row: AnyRow) -> bool:
    return row.in_at is not None and row.state not in DECIDED


def _history(volunteer_id: int, wanted: frozenset[int], since: datetime) -> History:
    named = {"volunteer_id": volunteer_id, "shift_ids": sorted(wanted), "lately": since - _LATELY}
    rows = ask(_HISTORY, named).all()
    attendances = {row.id: row for row in rows if row.id is not None}.values()
    touched = [row for row in attendances if _touches(row, wanted, since)]
    return History([_fact(row) for row in rows], touched)


def _touches(row: AnyRow, shift_ids: frozenset[int], since: datetime) -> bool:
    if row.state == State.OPEN or row.shift_id in shift_ids:
        return True
    # also what begins soon after: a scan shortly before it at another site is told there
    begun = row.in_at is not None and row.in_at <= since + TRAVEL_LOOKS_BACK
    if begun and row.until_at >= since:
        return True
    # a decided one is not changed, but minutes shared with it must be seen
    return row.state in SETTLED and row.until_at >= since - _LATELY


def refold(
    volunteer: Any,
    added: list[ScanFact],
    shift_ids: Iterable[int],
    now: datetime,
    *,
    plans: Mapping[int, Plan] | None = None,
    history: History | None = None,
) -> Refolded:
    """Fold the volunteer's scans around `added` into the attendances they touch.

    The caller holds the volunteer's lock. `added` are not stored yet. Attendances that a scan
    can touch are those of its own shift and those whose time it falls into; who has asked for
    them under the same lock (`history_of`), or for plans, hands them in.
    """
    wanted = set(shift_ids)
    past = history or history_of(volunteer.id, wanted, _since(volunteer.id, wanted, added, now))
    rows = past.touched
    decided = [row for row in rows if row.state in DECIDED]
    free = {row.shift_id: row for row in rows if row.state not in DECIDED}
    ids = (wanted | set(free)) - {row.shift_id for row in decided}
    known = plans or {}
    plans = {**known, **plans_of(ids - set(known))}
    scans = [*past.scans, *added]
    planned = {shift_id: plans[shift_id].fact for shift_id in ids if shift_id in plans}
    facts = with_relief(planned, volunteer.id, now)
    settled = [span for row in decided if row.state in SETTLED for span in _spans(row)]
    folded = fold(scans, facts, now, settled)
    found = _changes(volunteer, folded, free, plans, now)
    found.kept.update({row.shift_id: Kept(row.id, row.state, None) for row in decided})
    return found


def _since(
    volunteer_id: int, shift_ids: set[int], added: list[ScanFact], now: datetime
) -> datetime:
    """The instant of the new scans; without any, when what may change has begun."""
    if added:
        return min(scan.at for scan in added)
    begun = ask(_BEGUN, {"volunteer_id": volunteer_id, "shift_ids": sorted(shift_ids)}).scalar()
    return min(begun or now, now)


def _spans(row: AnyRow) -> Iterator[Interval]:
    for begin, end in row.stints:
        if end is not None:
            yield datetime.fromisoformat(begin), datetime.fromisoformat(end)


def _fact(row: AnyRow) -> ScanFact:
    return ScanFact(
        uid=row.scan_uid,
        kind=Kind(row.kind),
        shift_id=row.scan_shift_id,
        at=row.effective_at,
        received_at=row.received_at,
        evidence=Evidence(row.scan_evidence),
        beneficiaries=row.scan_beneficiaries,
        undoes=row.undoes,
        entered_by=row.scan_entered_by_id,
        joined=row.joined,
        flags=tuple(map(Flag, row.scan_flags)),
        place=place_of(row.scan_entered_by_id, row.scan_evidence, row.scan_site_id, row),
    )


def _changes(
    volunteer: Any,
    folded: dict[int, Folded],
    rows: dict[int, AnyRow],
    plans: Mapping[int, Plan],
    now: datetime,
) -> Refolded:
    kept: dict[int, Kept] = {}
    changes = []
    for one in sorted(folded.values(), key=lambda f: f.state is State.OPEN):
        row, plan = rows.get(one.shift_id), plans[one.shift_id]
        values = values_of(one, plan, now)
        if row is None:
            if one.state is not State.CANCELLED:
                changes.append(Change(one, values | _born(volunteer, one, plan)))
        elif _changed(row, values):
            changes.append(Change(one, {"attendance_id": row.id, **values}, row.id))
        else:
            kept[one.shift_id] = Kept(row.id, one.state, one)
    return Refolded(kept, changes)


def _born(volunteer: Any, folded: Folded, plan: Plan) -> dict[str, Any]:
    """What an attendance keeps from its first scan on."""
    return {
        "volunteer_id": volunteer.id,
        "shift_id": folded.shift_id,
        "site_id": plan.site_id,
        "partner_id": volunteer.partner_id,
        "work_on": plan.work_on,
        "row_version": 1,
    }


def values_of(folded: Folded, plan: Plan, now: datetime) -> dict[str, Any]:
    """The columns of an attendance that follow from its scans and its shift alone."""
    closed = folded.state is State.CLOSED
    return {
        "state": folded.state.value,
        "stints": [[_iso(begin), _iso(end)] for begin, end in folded.stints],
        "in_at": folded.in_at,
        "out_at": folded.out_at,
        "until_at": folded.out_at if closed else plan.fact.closes_at,
        "credited_minutes": folded.credited_minutes,
        "proposed_out_at": folded.proposed_out_at,
        "proposed_minutes": folded.proposed_minutes,
        "beneficiaries": None if plan.by_lane else folded.beneficiaries,
        "evidence": folded.evidence.value,
        "flags": [flag.value for flag in _all_flags(folded, plan)],
        "entered_by_id": folded.entered_by,
        "updated_at": now,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _all_flags(folded: Folded, plan: Plan) -> list[Flag]:
    """The fold's flags, and whether the count is plausible for this service."""
    flags = set(folded.flags)
    if folded.beneficiaries is not None and not plan.by_lane:
        planned = planned_minutes(plan.fact.starts_at, plan.fact.ends_at)
        known = (_served_minutes(folded, plan), folded.proposed_minutes, planned)
        minutes = next(one for one in known if one is not None)
        judged = judge_beneficiaries(
            folded.beneficiaries, minutes, plan.low_per_hour, plan.high_per_hour
        )
        flags |= {
            "high": {Flag.MANY_BENEFICIARIES},
            "low": {Flag.FEW_BENEFICIARIES},
            "ok": set[Flag](),
        }[judged]
    return list(in_order(flags))


def _served_minutes(folded: Folded, plan: Plan) -> int | None:
    """What was served in the shift, also where less is credited at most."""
    if folded.credited_minutes != plan.fact.most_minutes:
        return folded.credited_minutes
    closed = [(begin, end) for begin, end in folded.stints if end is not None]
    return credited_minutes(closed, plan.fact.starts_at, plan.fact.ends_at)


def _changed(row: AnyRow, values: dict[str, Any]) -> bool:
    return any(getattr(row, name) != values[name] for name in _FOLDED)
