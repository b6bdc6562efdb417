"""Why a record waits for a second look: each reason with the facts that make it plain."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db
from checkin.domain.evidence import Flag, needs_review
from checkin.domain.hours import planned_minutes
from checkin.models import Assignment, Attendance, Person, Scan, Shift, Site
from checkin.operations.presence import last_seen

OTHER_SITE = "other_site"
"""Expected at that time at another site than the one they came to."""
NOT_SEEN = "not_seen"
"""A supervisor looked for them on the floor and did not find them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a flag, or a code of this module, and the facts its sentence needs."""

    flag: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Flagged(Protocol):
    """An attendance, or a row with these of its columns."""

    @property
    def id(self) -> int: ...
    @property
    def flags(self) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class _Case:
    """One attendance with what was looked up about it."""

    attendance: Attendance
    shift: Shift
    scans: Sequence[AnyRow] = ()
    meeting: AnyRow | None = None
    """Another record of the same person that shares time with it."""


def reasons_for(shift: Shift, attendances: Sequence[Attendance]) -> dict[int, list[Reason]]:
    """By attendance: why somebody should look. `shift` comes with opportunity and service."""
    flags = {one.id: needs_review(one.flags) for one in attendances}
    scans = _scans_behind(shift, _having(attendances, flags, _FROM_SCANS))
    meeting = _meetings(shift, _having(attendances, flags, {Flag.OVERLAP}))
    expected = _expected_elsewhere(attendances)
    unseen = _unseen([one.id for one in attendances])
    found = {}
    for one in attendances:
        case = _Case(one, shift, scans.get(one.volunteer_id, ()), meeting.get(one.id))
        more = (expected.get(one.id), unseen.get(one.id))
        told = [Reason(flag, _facts(flag, case)) for flag in flags[one.id]]
        found[one.id] = [*told, *(reason for reason in more if reason)]
    return found


def noticed(attendances: Sequence[Flagged]) -> set[int]:
    """Those of many attendances that somebody should look at, of any shifts; only their ids."""
    flagged = {one.id for one in attendances if needs_review(one.flags)}
    return (
        flagged | set(_expected_elsewhere(attendances)) | set(_unseen([a.id for a in attendances]))
    )


# --- facts of one flag ---------------------------------------------------------------------


def _facts(flag: Flag, case: _Case) -> Mapping[str, Any]:
    told = _FACTS.get(flag)
    return told(case) if told else {}


def _shorter(case: _Case) -> dict[str, Any]:
    planned = planned_minutes(case.shift.starts_at, case.shift.ends_at)
    return {"minutes": planned - (case.attendance.credited_minutes or 0)}


def _longer(case: _Case) -> dict[str, Any]:
    out_at = case.attendance.out_at
    return {"minutes": _minutes(out_at - case.shift.ends_at) if out_at else 0}


def _long(case: _Case) -> dict[str, Any]:
    one = case.attendance
    return {"minutes": _minutes(one.out_at - one.in_at) if one.in_at and one.out_at else 0}


def _by_hand(case: _Case) -> dict[str, Any]:
    entered = [scan for scan in case.scans if scan.entered_by and scan.kind in ("in", "out")]
    if not entered:
        return {}
    return {"name": entered[-1].entered_by, "why": entered[-1].reason}


def _offline(case: _Case) -> dict[str, Any]:
    late = [s.received_at - s.effective_at for s in case.scans if s.device_sent_at is not None]
    return {"minutes": _minutes(max(late))} if late else {}


def _skewed(case: _Case) -> dict[str, Any]:
    """More than nothing is slow, less than nothing fast."""
    wrong = [
        _minutes(scan.received_at - scan.device_sent_at)
        for scan in case.scans
        if Flag.CLOCK_SKEW in scan.flags and scan.device_sent_at is not None
    ]
    return {"minutes": max(wrong, key=abs)} if wrong else {}


def _jumped(case: _Case) -> dict[str, Any]:
    jumps = [
        _minutes(scan.device_sent_at - scan.device_at - timedelta(milliseconds=scan.elapsed_ms))
        for scan in case.scans
        if Flag.CLOCK_JUMP in scan.flags
        if scan.device_at and scan.device_sent_at and scan.elapsed_ms is not None
    ]
    return {"minutes": abs(max(jumps, key=abs))} if jumps else {}


def _far(case: _Case) -> dict[str, Any]:
    metres = [scan.distance_m for scan in case.scans if scan.distance_m is not None]
    return {"metres": max(metres)} if metres else {}


def _meeting(case: _Case) -> dict[str, Any]:
    other = case.meeting
    if other is None:
        return {}
    ends = other.out_at or other.proposed_out_at or other.until_at
    return {"site": other, "begins": other.in_at, "ends": ends}


def _served(case: _Case) -> dict[str, Any]:
    """People an hour, beside what is usual for the service."""
    one, service = case.attendance, case.shift.opportunity.service
    if service is None or one.beneficiaries is None:
        return {}
    minutes = one.credited_minutes or one.proposed_minutes or 0
    return {
        "per_hour": round(one.beneficiaries * 60 / max(minutes, 60)),
        "low": service.low_per_hour,
        "high": service.high_per_hour,
    }


_FACTS: Mapping[Flag, Callable[[_Case], Mapping[str, Any]]] = {
    Flag.SHORTER: _shorter,
    Flag.LONGER: _longer,
    Flag.LONG: _long,
    Flag.MANUAL: _by_hand,
    Flag.OFFLINE: _offline,
    Flag.CLOCK_SKEW: _skewed,
    Flag.CLOCK_JUMP: _jumped,
    Flag.FAR_AWAY: _far,
    Flag.OVERLAP: _meeting,
    Flag.MANY_BENEFICIARIES: _served,
    Flag.FEW_BENEFICIARIES: _served,
}
_FROM_SCANS = {Flag.MANUAL, Flag.OFFLINE, Flag.CLOCK_SKEW, Flag.CLOCK_JUMP, Flag.FAR_AWAY}


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)


# --- what is asked, only about those it can concern ----------------------------------------


def _having(
    attendances: Iterable[Attendance], flags: Mapping[int, list[Flag]], wanted: set[Flag]
) -> list[Attendance]:
    return [one for one in attendances if wanted & set(flags[one.id])]


def _scans_behind(shift: Shift, flagged: Sequence[Attendance]) -> dict[int, list[AnyRow]]:
    """By volunteer, in order of time."""
    if not flagged:
        return {}
    s = Scan
    rows = db.session.execute(
        select(
            *(s.volunteer_id, s.kind, s.flags, s.reason, s.distance_m, s.elapsed_ms),
            *(s.effective_at, s.received_at, s.device_at, s.device_sent_at),
            Person.name.label("entered_by"),
        )
        .outerjoin(Person, Person.id == s.entered_by_id)
        .where(s.shift_id == shift.id, s.volunteer_id.in_([one.volunteer_id for one in flagged]))
        .order_by(s.effective_at, s.id)
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.volunteer_id].append(row)
    return found


def _meetings(shift: Shift, overlapping: Sequence[Attendance]) -> dict[int, AnyRow]:
    """By attendance: the first other record of the same person that shares time with it."""
    if not overlapping:
        return {}
    a = Attendance
    rows = db.session.execute(
        select(
            *(a.volunteer_id, a.in_at, a.out_at, a.proposed_out_at, a.until_at),
            *(Site.name_ar, Site.name_en),
        )
        .join(Site, Site.id == a.site_id)
        .where(a.volunteer_id.in_([one.volunteer_id for one in overlapping]))
        .where(a.shift_id != shift.id, a.state.not_in(("cancelled", "rejected", "voided")))
        .where(a.in_at < max(one.until_at for one in overlapping))
        .where(a.until_at > min(one.in_at for one in overlapping if one.in_at))
        .order_by(a.in_at, a.id)
    ).all()
    return {
        one.id: row
        for one in overlapping
        for row in reversed(rows)
        if row.volunteer_id == one.volunteer_id
        if row.in_at < one.until_at and row.until_at > (one.in_at or shift.starts_at)
    }


def _expected_elsewhere(attendances: Iterable[Flagged]) -> dict[int, Reason]:
    """By attendance, for those who joined here: the site whose roster named them for that time."""
    joined = [one.id for one in attendances if Flag.OFF_ROSTER in one.flags]
    if not joined:
        return {}
    here, there = aliased(Shift), aliased(Shift)
    rows = db.session.execute(
        select(Attendance.id, Site.name_ar, Site.name_en)
        .join(here, here.id == Attendance.shift_id)
        .join(Assignment, Assignment.person_id == Attendance.volunteer_id)
        .join(there, there.id == Assignment.shift_id)
        .join(Site, Site.id == there.site_id)
        .where(Attendance.id.in_(joined), Assignment.how == "roster")
        .where(there.site_id != here.site_id, there.cancelled_at.is_(None))
        .where(there.is_draft.is_(False))
        .where(there.starts_at < here.ends_at, there.ends_at > here.starts_at)
    )
    return {row.id: Reason(OTHER_SITE, {"site": row}) for row in rows}


def _unseen(attendance_ids: Sequence[int]) -> dict[int, Reason]:
    """By attendance: the latest look for somebody, when they were not there."""
    return {
        attendance_id: Reason(NOT_SEEN, {"at": look.at, "name": look.name})
        for attendance_id, look in last_seen(attendance_ids).items()
        if not look.was_seen
    }
