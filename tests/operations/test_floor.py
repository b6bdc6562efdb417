"""The floor: who is here, who is awaited, who left, who asks, and whose floor it is."""

import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.roles import Permission
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, AuditEntry
from checkin.operations import approvals, floor, manual, presence
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.permissions import Reach, reach_of, roles_of
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def reach(person, now, permission=Permission.SEE_FLOOR) -> Reach:
    return reach_of(roles_of(person.id, now), permission)


def board(cast, now, site=None, person=None):
    site = site or cast.mataf
    return floor.board(floor.shifts_at(site, reach(person or cast.salem, now), now), now)


def approve(attendance_id, by, now):
    version = db.session.get(Attendance, attendance_id, populate_existing=True).row_version
    approvals.approve(attendance_id, version, by=by.id, now=now)


def names(lines):
    return [line.name for line in lines]


def test_people_move_from_awaited_to_here_to_left(cast, now):
    def counts(at):
        one = board(cast, at)
        return tuple(one.count(which) for which in ("awaited", "here", "left", "review"))

    assert counts(now) == (1, 0, 0, 0)
    check_in(cast.noura, cast.poster, now)
    assert counts(now) == (0, 1, 0, 0)
    check_out(cast.noura, cast.shift, now + HOUR)
    assert counts(now + HOUR) == (0, 0, 1, 1)


def test_an_undone_check_in_is_awaited_again(cast, now):
    manual.check_in(
        manual.Entry("in", cast.noura.id, cast.shift.id, "no_phone"), by=cast.salem.id, now=now
    )
    manual.undo("undo", cast.noura.id, "in", by=cast.salem.id, now=now)
    assert names(board(cast, now).shown("awaited")) == [cast.noura.name]


def test_time_away_does_not_count_as_time_here(cast, now):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + 30 * MINUTE)
    check_in(cast.noura, cast.poster, now + 60 * MINUTE)
    (line,) = board(cast, now + 75 * MINUTE).shown("here")
    assert line.minutes == 45


def test_people_are_awaited_from_the_opening_until_the_end(cast, now):
    evening = factories.shift(now, cast.mataf, starts=120, minutes=60)
    factories.assign(now, cast.huda, evening)
    assert "هدى محمد الزهراني" not in names(board(cast, now).lines)
    assert cast.huda.name in names(board(cast, now + 90 * MINUTE).shown("awaited"))
    assert cast.huda.name not in names(board(cast, now + 180 * MINUTE).lines)


def test_a_waiting_list_is_not_awaited(cast, now):
    factories.assign(now, cast.huda, cast.shift, how="waiting")
    assert names(board(cast, now).lines) == [cast.noura.name]


def test_decided_records_need_no_review_and_the_voided_are_gone(cast, now):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + HOUR)
    shown = db.session.scalars(db.select(Attendance)).one()
    shown_id, version = shown.id, shown.row_version
    approvals.approve(shown_id, version, by=cast.salem.id, now=now + HOUR)
    assert board(cast, now + HOUR).count("review") == 0
    approvals.withdraw(shown_id, version + 1, by=cast.salem.id, now=now + HOUR)
    version = db.session.get(Attendance, shown_id).row_version
    approvals.void(shown_id, version, words="Test", by=cast.salem.id, now=now + HOUR)
    assert names(board(cast, now + HOUR).shown("left")) == []


def test_whoever_comes_back_after_the_decision_is_on_site_until_they_leave(cast, now):
    """Decided at once after a short stay; rule 10: the record stays, the scans say who is here."""
    answer = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + 20 * MINUTE)
    approve(answer.attendance_id, cast.salem, now + 30 * MINUTE)

    def on_site(at) -> list[int]:
        shown = [line.person_id for line in board(cast, at).shown("here")]
        listed = presence.on_site(cast.mataf, Reach(everywhere=True), at).people
        assert [one.row.volunteer_id for one in listed] == shown
        assert floor.people_now([cast.mataf], at) == ({cast.mataf.id: 1} if shown else {})
        return shown

    assert on_site(now + 35 * MINUTE) == []
    back_at = now + 40 * MINUTE
    again = check_in(cast.noura, cast.poster, back_at)
    assert again.verdict is Verdict.LATE_AFTER_DECISION
    assert on_site(now + 50 * MINUTE) == [cast.noura.id]
    (line,) = board(cast, now + 50 * MINUTE).shown("review")
    assert (line.minutes, line.attendance.state) == (30, "approved")
    look = presence.Look(str(uuid.uuid4()), cast.mataf.id, cast.noura.id, was_seen=True)
    much_later = now + 200 * MINUTE
    presence.sight(look, reach=Reach(everywhere=True), by=cast.salem.id, now=much_later)
    assert on_site(cast.shift.ends_at + HOUR) == []
    check_out(cast.noura, cast.shift, much_later + MINUTE)
    assert on_site(much_later + 2 * MINUTE) == []


def test_an_old_scan_that_comes_after_the_decision_brings_nobody_back(cast, now):
    answer = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + 20 * MINUTE)
    approve(answer.attendance_id, cast.salem, now + 30 * MINUTE)
    check_in(cast.noura, cast.poster, now + 10 * MINUTE)
    assert board(cast, now + 40 * MINUTE).shown("here") == []


def test_whoever_never_checked_out_is_to_review_and_not_counted_as_left(cast, now):
    check_in(cast.noura, cast.poster, now)
    over = now + 9 * HOUR
    for swept in (False, True):
        if swept:
            assert close_forgotten(over) == 1
        one = board(cast, over)
        (line,) = one.lines
        assert (line.presence, line.minutes) == (floor.Presence.FORGOTTEN, None)
        assert [one.count(which) for which in ("here", "left", "review")] == [0, 0, 1]


def test_whoever_moved_is_counted_where_they_are_now(cast, now):
    there = factories.shift(now, cast.mataf, starts=-30)
    record = check_in(cast.noura, cast.poster, now - HOUR).attendance_id
    told = manual.Entry("move", cast.noura.id, there.id, "moved")
    version = db.session.get(Attendance, record).row_version
    manual.move(told, record, version, by=cast.salem.id, now=now)
    one = board(cast, now)
    assert [one.count(which) for which in ("here", "left")] == [1, 0]
    (line,) = [line for line in one.lines if line.shift_id == cast.shift.id]
    assert line.presence is floor.Presence.MOVED
    check_out(cast.noura, there, now + HOUR)
    one = board(cast, now + HOUR)
    assert [one.count(which) for which in ("here", "left")] == [0, 1]
    (alone,) = floor.board([cast.shift], now + HOUR).lines
    assert alone.presence is floor.Presence.LEFT  # of that shift alone


@pytest.mark.parametrize(
    ("typed", "found"), [("نوره", 1), ("قحطاني", 1), ("99", 0), ("", 1), ("سالم", 0)]
)
def test_the_board_is_searched_by_name_or_last_digits(cast, now, typed, found):
    assert len(board(cast, now).shown("", typed)) == found
    digits = cast.noura.mobile[-4:]
    assert len(board(cast, now).shown("awaited", digits)) == 1


# --- which shifts --------------------------------------------------------------------------


def test_the_floor_has_todays_shifts_and_last_nights_while_it_runs(cast, now):
    factories.shift(now, cast.squares, starts=-60)
    night = factories.shift(now, cast.mataf, starts=-840, minutes=600)
    factories.shift(now, cast.mataf, starts=24 * 60)
    local_midnight = now.replace(hour=21) - timedelta(days=1)
    during = local_midnight + HOUR

    def ids(at):
        return [shift.id for shift in floor.shifts_at(cast.mataf, reach(cast.salem, at), at)]

    assert night.starts_at < local_midnight < night.ends_at
    assert ids(during) == [night.id, cast.shift.id]
    assert ids(night.ends_at + 59 * MINUTE) == [night.id, cast.shift.id]
    assert ids(night.ends_at + 61 * MINUTE) == [cast.shift.id]


def test_supervisors_see_their_own_site_coordinators_all_volunteers_none(cast, now):
    def sites(person):
        return {site.id for site in floor.sites_of(reach(person, now))}

    assert sites(cast.salem) == {cast.mataf.id}
    assert sites(cast.huda) == {cast.squares.id}
    assert sites(cast.layla) == {cast.mataf.id, cast.squares.id}
    assert sites(cast.noura) == set()


def test_a_lead_sees_the_site_but_only_the_shift_they_lead(cast, now):
    led = factories.shift(now, cast.mataf, starts=-30)
    factories.assign(now, cast.huda, cast.shift)
    lead = factories.person(now, "قائد الفترة")
    factories.assign(now, lead, led, is_lead=True)
    assert [site.id for site in floor.sites_of(reach(lead, now))] == [cast.mataf.id]
    assert [shift.id for shift in board(cast, now, person=lead).shifts] == [led.id]
    assert names(board(cast, now, person=lead).lines) == [lead.name]


def test_people_are_counted_by_site(cast, now):
    check_in(cast.noura, cast.poster, now)
    sites = floor.sites_of(reach(cast.layla, now))
    assert floor.people_now(sites, now) == {cast.mataf.id: 1}
    assert floor.people_now(sites, now + 6 * HOUR) == {}


# --- requests ------------------------------------------------------------------------------


def asking(cast, now):
    return [(row.name, row.verdict) for row in floor.requests_at([cast.mataf.id], now)]


def test_a_kept_scan_asks_until_the_person_is_checked_in(cast, now):
    stranger = factories.person(now, "تركي فهد العتيبي")
    kept = check_in(stranger, cast.poster, now)
    check_in(stranger, cast.poster, now + MINUTE)
    assert kept.attendance_id is None
    assert asking(cast, now + MINUTE) == [(stranger.name, "no_shift")]
    entry = manual.Entry("in", stranger.id, cast.shift.id, "cannot_scan", at=now + MINUTE)
    manual.check_in(entry, by=cast.salem.id, now=now + 5 * MINUTE)
    assert asking(cast, now + 5 * MINUTE) == []
    came = db.session.scalars(db.select(Attendance)).one()
    assert came.in_at == now + MINUTE


def test_a_declined_request_is_gone_until_the_person_asks_anew(cast, now):
    stranger = factories.person(now, "تركي فهد العتيبي")
    check_in(stranger, cast.poster, now)
    (asked,) = floor.requests_at([cast.mataf.id], now)
    for _ in range(2):
        floor.decline(asked.id, by=cast.salem.id, now=now)
    assert asking(cast, now) == []
    noted = db.select(AuditEntry.actor_id).where(AuditEntry.act == "request_declined")
    assert db.session.scalars(noted).all() == [cast.salem.id]
    check_in(stranger, cast.poster, now + MINUTE)
    assert asking(cast, now + MINUTE) == [(stranger.name, "no_shift")]


def test_a_request_is_for_the_site_where_it_was_made_and_fades(cast, now):
    stranger = factories.person(now, "تركي فهد العتيبي")
    check_in(stranger, cast.poster, now)
    assert floor.requests_at([cast.squares.id], now) == []
    assert asking(cast, now + 13 * HOUR) == []


def test_having_been_here_in_the_morning_does_not_answer_an_afternoon_request(cast, now):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + HOUR)
    check_in(cast.noura, cast.poster, now + 5 * HOUR)
    assert asking(cast, now + 5 * HOUR) == [(cast.noura.name, "closed")]


def test_an_entry_is_remembered_for_whoever_made_it(cast, now):
    manual.check_in(
        manual.Entry("in", cast.noura.id, cast.shift.id, "no_phone"), by=cast.salem.id, now=now
    )
    assert floor.entry_by(cast.salem.id, "in", now).name == cast.noura.name
    assert floor.entry_by(cast.huda.id, "in", now) is None
    assert floor.entry_by(cast.salem.id, "other", now) is None
