"""The mobiles of everybody on site, for a tablet that may lose the network: noted when taken."""

from datetime import datetime

from checkin.database import db, transaction
from checkin.models import Attendance, Person
from checkin.operations import audit
from checkin.operations.permissions import Reach
from checkin.operations.presence.here import open_at


@transaction
def take_numbers(site_id: int, *, reach: Reach, by: int, now: datetime) -> dict[int, str]:
    """The mobiles by person, within reach; whoever takes them stands in the log."""
    rows = db.session.execute(
        open_at(site_id, reach, now)
        .join(Person, Person.id == Attendance.volunteer_id)
        .with_only_columns(Person.id, Person.mobile)
        .where(Person.mobile.is_not(None), Person.erased_at.is_(None))
        .order_by(Person.id)
    )
    numbers = {row.id: row.mobile for row in rows}
    audit.note("numbers_taken", "site", site_id, by=by, at=now, people=len(numbers))
    return numbers
