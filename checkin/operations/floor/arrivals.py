"""Single scans a supervisor asks after: kept on a phone and arrived, or just entered by hand."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db
from checkin.domain.clocks import KEPT_FOR
from checkin.domain.fold import Kind
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.domain.text import latin_digits
from checkin.models import Person, Scan
from checkin.operations.attendance import derived_uid
from checkin.operations.receipts import number_of


def is_receipt_number(typed: str) -> bool:
    """Whether somebody may have typed the four digits that a phone shows for a scan it keeps."""
    digits = latin_digits(typed).strip()
    return len(digits) == 4 and digits.isascii() and digits.isdecimal()


def delivered(site_id: int, typed: str, now: datetime) -> list[AnyRow]:
    """The scans kept on a phone under these four digits that have arrived for this site."""
    number = latin_digits(typed).strip()
    arrived = db.session.execute(
        select(*(Scan.scan_uid, Scan.kind, Scan.effective_at, Scan.received_at, Scan.verdict))
        .add_columns(Person.name)
        .join(Person, Person.id == Scan.volunteer_id)
        .where(Scan.site_id == site_id, Scan.received_at > now - KEPT_FOR)
        .where(Scan.device_at.is_not(None), Scan.kind.in_((Kind.IN, Kind.OUT)))
        .order_by(Scan.received_at.desc(), Scan.id.desc())
    )
    return [row for row in arrived if number_of(row.scan_uid) == number]


def entry_by(person_id: int, uid: str, now: datetime) -> AnyRow | None:
    """A scan this person has just entered by hand, for saying so and offering to undo it.

    `moved` is whether the volunteer left another shift by it.
    """
    leaving = aliased(Scan)
    moved = select(leaving.id).where(
        leaving.volunteer_id == Scan.volunteer_id,
        leaving.scan_uid == derived_uid(uid, "leave"),
    )
    return db.session.execute(
        select(Scan.scan_uid, Scan.kind, Scan.volunteer_id, Scan.shift_id, Scan.effective_at)
        .add_columns(Person.name, moved.exists().label("moved"))
        .join(Person, Person.id == Scan.volunteer_id)
        .where(Scan.scan_uid == uid, Scan.entered_by_id == person_id)
        .where(Scan.received_at > now - AUTO_CLOSE_AFTER)
        .order_by(Scan.id.desc())
        .limit(1)
    ).first()
