"""Going on to another site or to the next shift: two scans, one transaction, one tap."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.models import Attendance, Display, Scan
from checkin.operations.attendance import Reading, record_scan
from checkin.operations.attendance.recording import derived_uid
from tests import factories
from tests.factories import check_in

HOUR = timedelta(hours=1)
END = 4 * HOUR
UID = "11111111-1111-4111-8111-111111111111"


@contextmanager
def commits():
    """How often the database is asked to keep something."""
    seen: list[int] = []

    def count(_connection) -> None:
        seen.append(1)

    event.listen(db.engine, "commit", count)
    try:
        yield seen
    finally:
        event.remove(db.engine, "commit", count)


def rows_of(who) -> tuple[list[tuple], list[tuple]]:
    db.session.expire_all()
    scans = db.session.scalars(db.select(Scan).where(Scan.volunteer_id == who.id))
    kept = db.session.scalars(db.select(Attendance).where(Attendance.volunteer_id == who.id))
    return (
        sorted((scan.kind, scan.effective_at, scan.beneficiaries) for scan in scans),
        sorted((one.shift_id, one.state, one.beneficiaries) for one in kept),
    )


@pytest.fixture
def there(cast, now):
    """A shift at another site, where Noura is expected from now on too."""
    shift = factories.shift(now, cast.squares, starts=-10, minutes=200)
    factories.assign(now, cast.noura, shift)
    return shift


def codes_at(cast, now) -> list[dict[str, object]]:
    """Paper and a screen at the other site."""
    shown = factories.keep(
        Display(site_id=cast.squares.id, number="AAAAAA", name="", created_at=now)
    )
    window = int(now.timestamp()) // 30
    return [
        {"poster_id": factories.poster(now, cast.squares).id},
        {"display_id": shown.id, "window_no": window, "carrier": "rotating"},
    ]


@pytest.mark.parametrize("code", [0, 1], ids=["poster", "display"])
def test_moving_is_two_scans_in_one_transaction(cast, there, now, code):
    check_in(cast.noura, cast.poster, now - HOUR)
    reading = Reading(UID, Kind.IN, cast.noura.id, moves=True, **codes_at(cast, now)[code])
    with commits() as kept:
        answer = record_scan(reading, now=now)
    assert len(kept) == 1
    assert (answer.verdict, answer.shift_id) == ("checked_in", there.id)
    scans, attendances = rows_of(cast.noura)
    assert scans == [("in", now - HOUR, None), ("in", now, None), ("out", now, None)]
    assert attendances == [(cast.shift.id, "closed", None), (there.id, "open", None)]
    record_scan(reading, now=now + timedelta(seconds=5))
    assert rows_of(cast.noura) == (scans, attendances)


@pytest.mark.parametrize("code", [0, 1], ids=["poster", "display"])
def test_without_the_tap_nothing_moves(cast, there, now, code):
    check_in(cast.noura, cast.poster, now - HOUR)
    reading = Reading(UID, Kind.IN, cast.noura.id, **codes_at(cast, now)[code])
    assert record_scan(reading, now=now).verdict == "open_elsewhere"
    assert rows_of(cast.noura)[1] == [(cast.shift.id, "open", None)]


@pytest.fixture
def after(cast, now):
    """Noura's next shift at the same site."""
    shift = factories.shift(now, cast.mataf, starts=240, minutes=240)
    factories.assign(now, cast.noura, shift)
    check_in(cast.noura, cast.poster, now)
    return shift


def test_the_next_shift_takes_the_number_served_to_the_one_before(cast, after, now):
    reading = Reading(
        *(UID, Kind.IN, cast.noura.id), poster_id=cast.poster.id, moves=True, beneficiaries=25
    )
    with commits() as kept:
        record_scan(reading, now=now + END)
    assert len(kept) == 1
    scans, attendances = rows_of(cast.noura)
    assert scans == [("in", now, None), ("in", now + END, None), ("out", now + END, 25)]
    assert attendances == [(cast.shift.id, "closed", 25), (after.id, "open", None)]


def test_a_second_scan_without_the_tap_is_no_new_shift(cast, after, now):
    answer = check_in(cast.noura, cast.poster, now + END)
    assert (answer.verdict, answer.shift_id) == ("already_in", cast.shift.id)
    assert rows_of(cast.noura)[1] == [(cast.shift.id, "open", None)]


def test_the_scan_that_leaves_has_a_name_of_its_own(cast, after, now):
    reading = Reading(UID, Kind.IN, cast.noura.id, poster_id=cast.poster.id, moves=True)
    record_scan(reading, now=now + END)
    names = set(db.session.scalars(db.select(Scan.scan_uid)))
    assert {UID, derived_uid(UID, "leave")} < names
