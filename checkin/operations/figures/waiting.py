"""What waits for a decision, by the same definitions as what is approved."""

from typing import NamedTuple

from sqlalchemy import and_, case, distinct, func
from sqlalchemy.orm import aliased

from checkin.database import db
from checkin.models import Attendance, Opportunity, Person
from checkin.operations.figures import records
from checkin.operations.figures.definitions import VOLUNTEERING, Filter

_A = Attendance
_TWIN = aliased(Person)


class Waiting(NamedTuple):
    """What would join each figure if all that waits were approved as the scans prove it."""

    minutes: int = 0
    """A forgotten check-out proves none."""
    beneficiaries: int = 0
    volunteers: int = 0
    """People with something waiting; they may have approved hours too."""
    attendances: int = 0
    opportunities: int = 0
    course_attendances: int = 0


def waiting(wanted: Filter) -> Waiting:
    """One question, asked of those alone that wait: they are few."""
    twin = and_(_TWIN.id == _A.volunteer_id, _TWIN.merged_into_id.is_not(None))
    person = func.coalesce(_TWIN.merged_into_id, _A.volunteer_id)
    columns = [
        records.summed(case((VOLUNTEERING, _A.credited_minutes))),
        records.summed(case((VOLUNTEERING, _A.beneficiaries))),
        func.count(distinct(case((VOLUNTEERING, person)))),
        func.count(case((VOLUNTEERING, _A.id))),
        func.count(distinct(case((VOLUNTEERING, Opportunity.id)))),
        func.count(case((~VOLUNTEERING, _A.id))),
    ]
    row = db.session.execute(records.waiting_rows(wanted, columns).outerjoin(_TWIN, twin))
    return Waiting(*map(int, row.one()))
