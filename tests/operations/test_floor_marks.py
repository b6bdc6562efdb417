"""The mark of a board: any act it shows changes it, at one site and not at another."""

import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Assignment, Attendance, SignInRequest
from checkin.operations import accounts, approvals, closing, floor, manual, roster, shifts, tally
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def mark(site, now, at=None) -> str:
    return floor.mark_at([site.id], at or now, since=now - floor.REACHES_BACK)


def attendance(who) -> Attendance:
    wanted = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def test_every_act_changes_the_mark_of_its_site_alone(cast, now):
    """One after the other, the acts of a day; each time it is another mark."""
    elsewhere, seen = mark(cast.squares, now), [mark(cast.mataf, now)]
    by = {"by": cast.salem.id, "now": now}

    def changed(act: str) -> None:
        seen.append(mark(cast.mataf, now))
        assert seen[-1] not in seen[:-1], f"{act} goes unseen"

    stranger = factories.person(now, "تركي فهد العتيبي")
    check_in(stranger, cast.poster, now)
    changed("a request")
    (asked,) = floor.requests_at([cast.mataf.id], now)
    floor.decline(asked.id, **by)
    db.session.rollback()
    assert mark(cast.mataf, now) == seen[0], "nobody asks any more"
    waiting = factories.assign(now, stranger, cast.shift, how="waiting")
    changed("a waiting list")
    factories.alter(waiting, how="roster")
    changed("a place")
    check_in(cast.noura, cast.poster, now - 2 * MINUTE)
    changed("a check-in")
    check_out(cast.noura, cast.shift, now)
    changed("a check-out")
    row = attendance(cast.noura)
    approvals.approve(row.id, row.row_version, **by)
    changed("a decision")
    row = attendance(cast.noura)
    approvals.withdraw(row.id, row.row_version, **by)
    changed("a decision undone")
    manual.check_in(manual.Entry("by-hand", stranger.id, cast.shift.id, "no_phone"), **by)
    changed("an entry by hand")
    manual.undo("back", stranger.id, "by-hand", **by)
    changed("an entry taken back")
    accounts.request_confirmation(
        stranger.mobile, site_id=cast.mataf.id, visitor="v", address="10.0.0.1", now=now
    )
    changed("a sign-in that waits")
    one = db.session.scalars(db.select(SignInRequest)).one()
    accounts.confirm_sign_in(one.id, one.match_number, **by)
    changed("a sign-in confirmed")
    later = factories.shift(now, cast.mataf, starts=60)
    changed("a new shift")
    shifts.cancel(later.id, **by)
    changed("a cancelled shift")
    closing.close(cast.shift.id, **by)
    changed("a closed shift")
    factories.alter(db.session.get_one(type(cast.mataf), cast.mataf.id), closed_at=now)
    changed("a closed site")
    assert mark(cast.squares, now) == elsewhere


def test_a_tap_of_the_lane_changes_it(cast, now):
    lane = factories.opportunity(now, service_id=factories.service(counted_by="lane").id)
    counted = factories.shift(now, cast.mataf, lane, starts=-30)
    before = mark(cast.mataf, now)
    pressed = tally.Tap(str(uuid.uuid4()), counted.id, 5)
    tally.tap(pressed, by=cast.salem.id, reach=Reach(everywhere=True), now=now)
    assert mark(cast.mataf, now) != before


def test_somebody_taken_off_the_roster_changes_it(cast, now):
    before = mark(cast.mataf, now)
    expected = db.session.scalars(db.select(Assignment)).one()
    roster.remove(expected.id, by=cast.layla.id, now=now)
    assert mark(cast.mataf, now) != before


def test_time_alone_does_not(cast, now):
    check_in(cast.noura, cast.poster, now)
    before = mark(cast.mataf, now)
    assert mark(cast.mataf, now, at=now + 5 * MINUTE) == before


@pytest.mark.parametrize("hours", [0, 24])
def test_a_request_that_has_faded_is_no_more(cast, now, hours):
    before = mark(cast.mataf, now)
    check_in(factories.person(now, "تركي فهد العتيبي"), cast.poster, now)
    assert (mark(cast.mataf, now, at=now + hours * HOUR) == before) is (hours == 24)
