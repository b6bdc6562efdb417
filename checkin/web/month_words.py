"""What it means for a change that its month is closed, before it is made and after."""

from datetime import date

from flask_babel import gettext as _

from checkin.models import LateEntry
from checkin.operations import months
from checkin.operations.figures import late
from checkin.web import clock
from checkin.web.digits import clock_hours, num, signed
from checkin.web.filters import date_short, gregorian, isolate, month_long


def before(work_on: date) -> str | None:
    """Where what is changed now of this day will count; nothing while its month is open."""
    counted_on = months.counted_on(work_on, clock.now())
    if counted_on is None:
        return None
    return _(
        "%(month)s is closed and keeps its figures. What is changed now counts on %(day)s, and is "
        "listed under “Closed months”.",
        month=month_long(work_on),
        day=gregorian(counted_on),
    )


def with_after(done: str, attendance_id: int) -> str:
    """What was done, and where the latest decision counts if it does not by its own day."""
    entry = late.of_last_decision(attendance_id)
    if entry is None:
        return done
    counts = _(
        "%(month)s is closed, so this counts on %(day)s",
        month=month_long(entry.work_on),
        day=gregorian(entry.counted_on),
    )
    return f"{done}. {counts}"


def lines_of(attendance_id: int) -> list[str]:
    """Each change of a record that another month counts: how much, where, its reference, whose."""
    return [_line(row.LateEntry, row.by) for row in late.of_record(attendance_id)]


def _line(entry: LateEntry, by: str | None) -> str:
    return _(
        "%(hours)s on %(day)s, reference %(number)s, %(name)s",
        hours=signed(entry.approved_minutes, clock_hours(entry.approved_minutes)),
        day=date_short(entry.counted_on),
        number=num(entry.id),
        name=isolate(by) if by else _("The system"),
    )
