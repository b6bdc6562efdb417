"""Whether the record holds: what must be true of every database, whatever happened to it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind, ScanFact, ShiftFact, State, fold
from checkin.domain.hours import MOST_MINUTES
from checkin.models import Attendance, AuditEntry, Opportunity, Scan, Shift
from checkin.models.attendance import DECIDED
from checkin.operations import audit
from tests.load.servers import app_on


def faults(
    engine: Engine, now: datetime, acknowledged: Iterable[tuple[int, str]] = ()
) -> list[str]:
    """Sentences about what does not hold; an empty list is a whole record.

    `acknowledged` are (volunteer id, scan id) pairs somebody was told are kept. Checked: each of
    them is there once; every undecided attendance equals the fold of its volunteer's scans;
    nobody has two open; a scan names an attendance of its own volunteer; the audit log has one
    line for each scan and for nothing that is not there; the file is sound.
    """
    with Session(engine) as session:
        scans = list(session.scalars(select(Scan)))
        attendances = list(session.scalars(select(Attendance)))
        shifts = {
            row.id: ShiftFact(
                *(row.id, row.starts_at, row.ends_at, row.cancelled_at is not None),
                most_minutes=most or MOST_MINUTES,
            )
            for row, most in session.execute(
                select(Shift, Opportunity.most_minutes).join(Shift.opportunity)
            )
        }
        found = [
            *_lost_or_doubled(scans, acknowledged),
            *_two_open(attendances),
            *_strangers(scans, attendances),
            *_not_folded(scans, attendances, shifts, now),
            *_not_noted(scans, session.scalars(select(AuditEntry))),
        ]
    return found + _damage(engine)


def chain_faults(url: str) -> list[str]:
    """Seal what is left of the audit log, and say where the chain does not hold."""
    with app_on(url):
        while audit.seal():
            pass
        broken, sealed = audit.broken_at(), audit.sealed_count()
    return [f"the chain of {sealed} seals is broken at {broken}"] if broken else []


def _lost_or_doubled(scans: list[Scan], acknowledged: Iterable[tuple[int, str]]) -> list[str]:
    kept = Counter((scan.volunteer_id, scan.scan_uid) for scan in scans)
    return [
        f"scan {key} was acknowledged and is lost" for key in acknowledged if key not in kept
    ] + [f"scan {key} is kept {count} times" for key, count in kept.items() if count > 1]


def _two_open(attendances: list[Attendance]) -> list[str]:
    opened = Counter(one.volunteer_id for one in attendances if one.state == "open")
    return [f"volunteer {who} has {count} open" for who, count in opened.items() if count > 1]


def _strangers(scans: list[Scan], attendances: list[Attendance]) -> list[str]:
    owner = {one.id: one.volunteer_id for one in attendances}
    return [
        f"scan {scan.scan_uid} names attendance {scan.attendance_id} of somebody else"
        for scan in scans
        if scan.attendance_id is not None and owner.get(scan.attendance_id) != scan.volunteer_id
    ]


def _not_folded(
    scans: list[Scan], attendances: list[Attendance], shifts: dict[int, ShiftFact], now: datetime
) -> list[str]:
    facts: dict[int, list[ScanFact]] = defaultdict(list)
    for scan in scans:
        if scan.shift_id is not None:
            facts[scan.volunteer_id].append(_fact(scan))
    wrong = []
    by_person: dict[int, dict[int, Attendance]] = defaultdict(dict)
    for one in attendances:
        by_person[one.volunteer_id][one.shift_id] = one
    for volunteer_id, said in facts.items():
        kept = by_person[volunteer_id]
        for shift_id, folded in fold(said, shifts, now).items():
            one = kept.get(shift_id)
            if one is None:
                if folded.state is not State.CANCELLED:
                    wrong.append(f"volunteer {volunteer_id} has scans but no attendance")
            elif one.state not in DECIDED and _told(one) != (
                folded.state,
                folded.in_at,
                folded.out_at,
                folded.credited_minutes,
                folded.beneficiaries,
            ):
                wrong.append(f"attendance {one.id} is {_told(one)}, its scans say {folded}")
    return wrong


def _told(one: Attendance) -> tuple[Any, ...]:
    return one.state, one.in_at, one.out_at, one.credited_minutes, one.beneficiaries


def _fact(scan: Scan) -> ScanFact:
    assert scan.shift_id is not None
    return ScanFact(
        *(scan.scan_uid, Kind(scan.kind), scan.shift_id, scan.effective_at, scan.received_at),
        *(Evidence(scan.evidence), scan.beneficiaries, scan.undoes, scan.entered_by_id),
        scan.joined,
    )


def _not_noted(scans: list[Scan], entries: Iterable[AuditEntry]) -> list[str]:
    kept = Counter((scan.volunteer_id, scan.scan_uid) for scan in scans)
    noted = Counter(
        (one.facts["volunteer"], one.facts["uid"])
        for one in entries
        if {"uid", "volunteer"} <= one.facts.keys()
    )
    return [
        f"scan {key} has {noted[key]} lines in the audit log"
        for key in kept | noted
        if kept[key] != noted[key]
    ]


def _damage(engine: Engine) -> list[str]:
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        said = list(connection.execute(text("PRAGMA integrity_check")).scalars())
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    return [line for line in said if line != "ok"] + [f"broken reference {row}" for row in broken]
