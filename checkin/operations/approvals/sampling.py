"""Chance draws one in twenty of what was approved in bulk; a coordinator looks at it again.

Each approval is drawn for itself, so no size of a batch is safe from it or sure of it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db, transaction, upsert
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Attendance, Decision, Opportunity, Person, Sample, Shift, Site
from checkin.operations import audit
from checkin.operations.approvals.holding import hold, take_back
from checkin.operations.approvals.reasons import own_words, written
from checkin.operations.identity import one_person

ONE_IN = 20
LONGEST_FINDING = 300
Lot = Callable[[int], int]
"""A number from 0 to below the one given, by chance, like `secrets.randbelow`."""


def draw(attendance_id: int, now: datetime, lot: Lot) -> None:
    """Perhaps put the latest decision about an attendance on the list; part of its transaction."""
    if lot(ONE_IN) != 0:
        return
    latest = (
        select(Decision.id)
        .where(Decision.attendance_id == attendance_id)
        .order_by(Decision.seq.desc())
        .limit(1)
    )
    drawn = upsert(Sample).values(decision_id=db.session.scalar(latest), drawn_at=now)
    db.session.execute(drawn.on_conflict_do_nothing(index_elements=["decision_id"]))


def waiting(limit: int = 100) -> list[AnyRow]:
    """The drawn decisions that still stand and nobody has looked at, the oldest first."""
    return list(db.session.execute(_described().where(Sample.looked_at.is_(None)).limit(limit)))


def waiting_count() -> int:
    found = _described().where(Sample.looked_at.is_(None)).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def sample(sample_id: int) -> AnyRow:
    """One that waits; NotFound for any other."""
    row = db.session.execute(
        _described().where(Sample.id == sample_id, Sample.looked_at.is_(None))
    ).first()
    if row is None:
        raise NotFound("sample")
    return row


def obstacle(row: AnyRow, by: int) -> str | None:
    """Why this person may not look at a sample, if anything."""
    if row.whose_id == by:
        return "own_record"
    return "own_decision" if row.decided_by_id == by else None


@transaction
def agree(sample_id: int, *, by: int, now: datetime) -> None:
    """The decision is right. Raises Problem `own_record`, `own_decision`, Conflict `changed`."""
    _look(sample_id, True, "", by, now)


@transaction
def disagree(sample_id: int, *, words: str, by: int, now: datetime) -> int:
    """The decision is wrong: the record is undecided again with the finding; the attendance's id.

    Raises what `agree` does, and `why_missing` without words.
    """
    why = written("other", words)
    row = sample(sample_id)
    held = hold(row.attendance_id)
    _look(sample_id, False, own_words(why)[:LONGEST_FINDING], by, now)
    states = ("approved",)
    take_back(held, "reopen", row.row_version, states, by=by, now=now, reason=why)
    return int(row.attendance_id)


def _look(sample_id: int, agrees: bool, finding: str, by: int, now: datetime) -> AnyRow:
    row = sample(sample_id)
    code = obstacle(row, by)
    if code is not None:
        raise Problem(code)
    changed = db.session.execute(
        update(Sample)
        .where(Sample.id == sample_id, Sample.looked_at.is_(None))
        .values(looked_at=now, looked_by_id=by, agrees=agrees, finding=finding)
        .returning(Sample.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise Conflict("changed")
    audit.note("sample.look", "attendance", row.attendance_id, by=by, at=now, agrees=agrees)
    return row


def _described() -> Select[Any]:
    """Samples whose decision is still the latest about its attendance, with all that names it."""
    d, later, decider = Decision, aliased(Decision), aliased(Person)
    superseded = select(later.id).where(later.attendance_id == d.attendance_id, later.seq > d.seq)
    rows = (
        select(
            *(Sample.id, Sample.drawn_at, d.attendance_id, d.decided_by_id),
            *(d.minutes_after, d.at, decider.name.label("decided_by"), Attendance.row_version),
            one_person().label("whose_id"),
            *(Person.name, Site.zone, Shift.starts_at, Shift.ends_at),
            *(Site.name_ar.label("site_ar"), Site.name_en.label("site_en")),
            *(Opportunity.name_ar, Opportunity.name_en),
        )
        # the samples are few: "+ 0" keeps SQLite from beginning with a million of something else
        .join(d, d.id == Sample.decision_id + 0)
        .join(decider, decider.id == d.decided_by_id + 0)
        .join(Attendance, Attendance.id == d.attendance_id + 0)
        .join(Person, Person.id == Attendance.volunteer_id + 0)
        .join(Shift, Shift.id == Attendance.shift_id + 0)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id + 0)
        .join(Site, Site.id == Attendance.site_id)
        .where(~superseded.exists())
        .order_by(Sample.drawn_at, Sample.id)
    )
    return cast(Select[Any], rows)
