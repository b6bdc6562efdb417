"""The record does not depend on the order in which its scans arrived."""

import uuid
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.models import Attendance
from checkin.operations.attendance import Reading, close_forgotten, record_scan
from tests import factories

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each example is a database; making a failing one smaller would take minutes."""

acts = st.tuples(
    st.sampled_from([Kind.IN, Kind.OUT]),
    st.sampled_from([0, 1]),
    st.integers(-90, 240),
    st.none() | st.integers(0, 30),
)


def record(who, by, shifts, history, now):
    """Enter each act by hand at its stated time, in the order given."""
    for kind, which, minute, served in history:
        record_scan(
            Reading(
                uid=str(uuid.uuid4()),
                kind=kind,
                volunteer_id=who.id,
                shift_id=shifts[which].id,
                at=now + timedelta(minutes=minute),
                beneficiaries=served if kind is Kind.OUT else None,
                carrier="manual",
                entered_by_id=by.id,
            ),
            now=now + timedelta(hours=6),
        )


def told(who) -> list[tuple[object, ...]]:
    """What the record says of somebody, without ids; taken-back nothings left out."""
    db.session.expire_all()
    rows = db.session.scalars(
        db.select(Attendance)
        .where(Attendance.volunteer_id == who.id, Attendance.state != "cancelled")
        .order_by(Attendance.shift_id)
    )
    return [
        (
            *(row.shift_id, row.state, row.stints, row.credited_minutes, row.proposed_minutes),
            *(row.beneficiaries, row.evidence, row.flags, row.entered_by_id),
        )
        for row in rows
    ]


@settings(
    max_examples=25,
    deadline=None,
    phases=NO_SHRINK,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(acts, max_size=6, unique_by=lambda act: act[2]), st.data())
def test_any_order_gives_the_same_attendances(cast, now, history, data):
    shifts = [
        factories.shift(now, cast.mataf, starts=-60, minutes=240),
        factories.shift(now, cast.squares, starts=60, minutes=240),
    ]
    one, other = factories.person(now), factories.person(now)
    record(one, cast.salem, shifts, history, now)
    record(other, cast.salem, shifts, data.draw(st.permutations(history)), now)
    assert told(one) == told(other)


def test_the_sweep_changes_nothing_a_scan_would_not(cast, now):
    factories.check_in(cast.noura, cast.poster, now)
    late = cast.shift.ends_at + timedelta(minutes=60)
    assert close_forgotten(late - timedelta(seconds=1)) == 0
    assert close_forgotten(late) == 1
    assert close_forgotten(late) == 0
    ((_, state, _, credited, proposed, *_),) = told(cast.noura)
    assert (state, credited, proposed) == ("unclosed", None, 240)
