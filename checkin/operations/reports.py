"""Reports under a name: kept, renamed, shared with everybody, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.models import Person, SavedReport
from checkin.operations import audit, catalogue

MOST = 100
"""How many one person keeps."""
LONGEST_NAME = 120
LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Naming:
    """What somebody calls a report, and whether everybody who sees figures finds it."""

    name: str
    is_shared: bool = False


# --- acts --------------------------------------------------------------------------------------


@catalogue.unique("name", "report_name_taken")
@transaction
def keep(naming: Naming, query: str, *, by: int, now: datetime) -> int:
    """A new one's id; Problems `report_name_taken`, `report_kept`, `reports_too_many`,
    `report_address_long`."""
    if len(query) > LONGEST_ADDRESS:
        raise Problem("report_address_long")
    if _number_of(by) >= MOST:
        raise Problem("reports_too_many", most=MOST)
    if (known := _name_of(query, by)) is not None:
        raise Problem("report_kept", name=known)
    row = SavedReport(
        owner_id=by, name=naming.name, query=query, is_shared=naming.is_shared, created_at=now
    )
    db.session.add(row)
    db.session.flush()
    audit.note("report.keep", "report", row.id, by=by, at=now, shared=int(naming.is_shared))
    return row.id


@catalogue.unique("name", "report_name_taken")
@transaction
def rename(report_id: int, naming: Naming, *, by: int, now: datetime) -> None:
    """Call it something else, share it or no longer; Problem `report_name_taken`, NotFound."""
    row = own(report_id, by)
    if (row.name, row.is_shared) == (naming.name, naming.is_shared):
        return
    row.name, row.is_shared = naming.name, naming.is_shared
    db.session.flush()
    audit.note("report.rename", "report", row.id, by=by, at=now, shared=int(naming.is_shared))


@transaction
def remove(report_id: int, *, by: int, now: datetime) -> None:
    """Take one's own away; NotFound."""
    row = own(report_id, by)
    db.session.delete(row)
    db.session.flush()
    audit.note("report.remove", "report", report_id, by=by, at=now)


# --- questions ---------------------------------------------------------------------------------


def _name_of(query: str, person_id: int) -> str | None:
    """What somebody calls this very report already."""
    mine = SavedReport.owner_id == person_id, SavedReport.query == query
    return db.session.scalar(select(SavedReport.name).where(*mine).limit(1))


def own(report_id: int, person_id: int) -> SavedReport:
    """One's own with this id; NotFound."""
    query = select(SavedReport).where(
        SavedReport.id == report_id, SavedReport.owner_id == person_id
    )
    row = db.session.scalar(query)
    if row is None:
        raise NotFound("report")
    return row


def seen_by(person_id: int) -> Sequence[AnyRow]:
    """`SavedReport` and the owner's `name`, by name: one's own, and what others share."""
    seen = or_(SavedReport.owner_id == person_id, SavedReport.is_shared)
    query = select(SavedReport, Person.name.label("owner")).where(seen)
    query = query.join(Person, Person.id == SavedReport.owner_id)
    return db.session.execute(query.order_by(SavedReport.name, SavedReport.id)).all()


def _number_of(person_id: int) -> int:
    query = select(func.count()).where(SavedReport.owner_id == person_id)
    return db.session.scalar(query) or 0
