"""Check-ins that wait for a supervisor: somebody scanned where the code could not admit them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from checkin.database import AnyRow, db, transaction
from checkin.domain.fold import Kind
from checkin.domain.scanning import REQUESTS
from checkin.models import Attendance, AuditEntry, Person, Scan
from checkin.operations import audit

REQUEST_KEPT = timedelta(hours=12)
_DECLINED = "request_declined"


def requests_at(site_ids: Collection[int], now: datetime) -> list[AnyRow]:
    """The latest kept check-in of each person who then did not come in there, newest first."""
    return list(db.session.execute(kept_at(site_ids, now - REQUEST_KEPT, now)))


def kept_at(site_ids: Any, after: Any, now: Any) -> Select[*tuple[Any, ...]]:
    """The question of `requests_at`, about `REQUEST_KEPT`; all three may be parameters."""
    latest = (
        select(func.max(Scan.id))
        .where(Scan.site_id.in_(site_ids), Scan.kind == Kind.IN, Scan.verdict.in_(REQUESTS))
        .where(Scan.received_at > after, Scan.received_at <= now)
        .group_by(Scan.volunteer_id, Scan.site_id)
    )
    return (
        select(
            *(Scan.id, Scan.scan_uid, Scan.verdict, Scan.effective_at, Scan.volunteer_id),
            Scan.site_id,
            *(Person.name, Person.mobile),
        )
        .join(Person, Person.id == Scan.volunteer_id)
        .where(Scan.id.in_(latest), ~_came_in(), ~_declined())
        .order_by(Scan.effective_at.desc(), Scan.id.desc())
    )


def _came_in() -> ColumnElement[bool]:
    a = Attendance
    return (
        select(a.id)
        .where(a.volunteer_id == Scan.volunteer_id, a.site_id == Scan.site_id)
        .where(a.state != "cancelled", a.until_at >= Scan.effective_at)
        .correlate(Scan)
        .exists()
    )


@transaction
def decline(scan_id: int, *, by: int, now: datetime) -> None:
    """Say no to a request; asking anew with another scan is a new request."""
    if db.session.scalar(select(Scan.id).where(Scan.id == scan_id, ~_declined())) is not None:
        audit.note(_DECLINED, "scan", scan_id, by=by, at=now)


def _declined() -> ColumnElement[bool]:
    """The log itself remembers it: a scan is never changed, and no request outlives its day."""
    e = AuditEntry
    return (
        select(e.id)
        .where(e.thing == "scan", e.thing_id == Scan.id, e.act == _DECLINED)
        .correlate(Scan)
        .exists()
    )
