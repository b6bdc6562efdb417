"""A badge handed over checks in or out as witnessed, moves, joins, and is never one's own."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.database import db
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind
from checkin.domain.roles import Permission, Role
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Scan
from checkin.operations import badges
from checkin.operations.permissions import Reach, reach_of, roles_of
from tests import factories
from tests.load import laws

MINUTE = timedelta(minutes=1)


def badge_of(who, now) -> str:
    code = badges.code_of(badges.make([who.id], by=None, now=now)[0])
    assert code is not None
    return code


@pytest.fixture
def code(cast, now) -> str:
    return badge_of(cast.noura, now)


@pytest.fixture
def hold_up(cast, code, now):
    """Salem reads Noura's badge at the Mataf, so many minutes from now."""

    def hold_up(after=0, **facts) -> badges.Read:
        facts = {"site_id": cast.mataf.id, "by": cast.salem.id, "uid": str(uuid.uuid4())} | facts
        return badges.read(facts.pop("code", code), now=now + after * MINUTE, **facts)

    return hold_up


def attendance(answer) -> Attendance:
    db.session.expire_all()
    return db.session.get_one(Attendance, answer.attendance_id)


def scan(answer) -> Scan:
    return db.session.scalars(select(Scan).where(Scan.scan_uid == answer.uid)).one()


def problem(act, **facts) -> str:
    with pytest.raises(Problem) as told:
        act(**facts)
    return told.value.code


def test_the_first_reading_checks_in_as_witnessed(cast, hold_up, now):
    answer = hold_up()
    assert (answer.verdict, answer.kind, answer.name) == (
        Verdict.CHECKED_IN,
        Kind.IN,
        cast.noura.name,
    )
    assert (answer.volunteer_id, answer.in_at) == (cast.noura.id, now)
    assert attendance(answer).state == "open"
    kept = scan(answer)
    assert (kept.evidence, kept.carrier, kept.flags) == (Evidence.WITNESSED, "badge", [])
    assert (kept.witnessed_by_id, kept.entered_by_id) == (cast.salem.id, None)
    assert (kept.site_id, kept.badge_id is not None) == (cast.mataf.id, True)


def test_a_reading_after_ten_minutes_checks_out_with_or_without_a_count(cast, hold_up):
    hold_up()
    answer = hold_up(90, beneficiaries=40)
    assert (answer.verdict, answer.kind) == (Verdict.CHECKED_OUT, Kind.OUT)
    record = attendance(answer)
    assert (record.state, record.credited_minutes, record.beneficiaries) == ("closed", 90, 40)
    assert record.evidence == Evidence.WITNESSED
    assert record.flags == [Flag.SHORTER, Flag.LATE_IN]


def test_a_blank_count_is_not_zero(hold_up):
    hold_up()
    assert attendance(hold_up(90)).beneficiaries is None


def test_a_second_reading_within_ten_minutes_says_since_when(hold_up, now):
    hold_up()
    again = hold_up(9)
    assert (again.verdict, again.in_at) == (Verdict.ALREADY_IN, now)
    assert attendance(again).state == "open"


def test_somebody_who_must_leave_at_once_can_be_checked_out(hold_up):
    hold_up()
    answer = hold_up(3, direction=Kind.OUT)
    assert answer.verdict is Verdict.CHECKED_OUT
    assert attendance(answer).state == "closed"


def test_a_badge_read_elsewhere_on_leaving_is_kept_as_read_there(cast, hold_up, now):
    hold_up()
    away = hold_up(20, site_id=cast.squares.id, by=cast.huda.id, direction=Kind.OUT)
    assert (attendance(away).site_id, scan(away).site_id) == (cast.mataf.id, cast.squares.id)
    back = hold_up(21, direction=Kind.OUT)
    assert Flag.IMPOSSIBLE_TRAVEL in attendance(back).flags
    assert laws.broken(laws.record_of(cast.noura.id), now + 21 * MINUTE) == []


def test_a_badge_held_up_too_long_while_leaving_does_not_come_back_in(hold_up):
    hold_up()
    hold_up(60)
    again = hold_up(60.2)
    assert (again.verdict, again.kind) == (Verdict.CHECKED_OUT, Kind.OUT)
    assert attendance(again).state == "closed"


def test_whoever_comes_back_from_prayer_is_in_again(hold_up):
    hold_up()
    hold_up(60)
    back = hold_up(62)
    assert back.verdict is Verdict.CHECKED_IN
    assert len(attendance(back).stints) == 2


def test_sent_twice_it_is_one_scan_with_one_answer(hold_up):
    hold_up()
    uid = str(uuid.uuid4())
    first, second = hold_up(30, uid=uid), hold_up(45, uid=uid)
    assert (second.verdict, second.replayed) == (first.verdict, True)
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 2


def test_the_same_id_with_another_direction_is_refused(hold_up):
    uid = str(uuid.uuid4())
    hold_up(uid=uid)
    with pytest.raises(Conflict):
        hold_up(uid=uid, direction=Kind.OUT)


def test_nobody_reads_their_own_badge(cast, hold_up, now):
    factories.assign(now, cast.salem, cast.shift)
    assert problem(hold_up, code=badge_of(cast.salem, now)) == "own_entry"


def test_a_code_that_is_no_badge_is_unknown(hold_up):
    assert problem(hold_up, code="0" * 26) == "badge_unknown"
    assert problem(hold_up, code="not a code") == "badge_unknown"


def test_a_stopped_badge_is_refused_but_not_what_it_did_before(cast, hold_up, now):
    badges.revoke(cast.noura.id, version=1, by=None, now=now + 5 * MINUTE)
    assert problem(hold_up, after=6) == "badge_revoked"
    earlier = DeviceClock(device_at=now, sent_at=now + 20 * MINUTE)
    assert hold_up(20, clock=earlier).verdict is Verdict.CHECKED_IN


def test_a_suspended_person_is_kept_as_a_request(cast, hold_up, now):
    factories.alter(cast.noura, suspended_at=now)
    answer = hold_up()
    assert (answer.verdict, answer.attendance_id) == (Verdict.HELD, None)
    assert scan(answer).verdict == Verdict.HELD


def test_a_suspended_person_who_is_in_can_leave(cast, hold_up, now):
    hold_up()
    factories.alter(cast.noura, suspended_at=now + MINUTE)
    assert hold_up(30).verdict is Verdict.CHECKED_OUT


def test_somebody_not_expected_joins_where_the_shift_allows_it(cast, hold_up, now):
    open_call = factories.opportunity(now, walk_ins=True)
    factories.shift(now, cast.mataf, open_call, starts=-30)
    passer_by = factories.person(now, "عابر بلا فترة")
    answer = hold_up(code=badge_of(passer_by, now))
    assert answer.verdict is Verdict.CHECKED_IN
    assert Flag.OFF_ROSTER in attendance(answer).flags


def test_somebody_in_elsewhere_is_moved_at_one_instant(cast, hold_up, now):
    there = factories.shift(now, cast.squares, starts=-60, minutes=300)
    factories.assign(now, cast.noura, there)
    first = hold_up()
    moved = hold_up(30, site_id=cast.squares.id, by=cast.huda.id)
    assert moved.verdict is Verdict.CHECKED_IN
    assert (attendance(first).state, attendance(moved).state) == ("closed", "open")
    assert attendance(first).out_at == attendance(moved).in_at == now + 30 * MINUTE


def test_a_supervisor_of_another_site_reads_nothing_here(cast, hold_up):
    with pytest.raises(NotFound):
        hold_up(by=cast.huda.id)


def test_a_site_that_is_not_there_is_not_found(cast, hold_up):
    with pytest.raises(NotFound):
        hold_up(by=cast.layla.id, site_id=999_999)


def test_a_lead_reads_for_the_shift_they_lead_and_no_other(cast, hold_up, now):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    led = factories.shift(now, cast.mataf, starts=-30, minutes=240)
    factories.assign(now, lead, led, is_lead=True)
    assert problem(hold_up, by=lead.id) == "badge_other_shift"
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0
    hers = factories.person(now, "مها فهد الحارثي")
    factories.assign(now, hers, led)
    answer = hold_up(by=lead.id, code=badge_of(hers, now))
    assert (answer.verdict, answer.shift_id) == (Verdict.CHECKED_IN, led.id)


def test_the_browser_in_hand_may_narrow_what_somebody_may(cast, hold_up):
    with pytest.raises(NotFound):
        hold_up(reach=Reach())


def test_a_reading_kept_on_a_tablet_is_live_and_offline(cast, hold_up, now):
    kept = DeviceClock(device_at=now + 2 * MINUTE, sent_at=now + 100 * MINUTE)
    answer = hold_up(100, clock=kept)
    assert answer.effective_at == now + 2 * MINUTE
    assert scan(answer).evidence == Evidence.LIVE
    assert Flag.OFFLINE in scan(answer).flags


def test_kept_readings_are_in_and_out_in_whatever_order_they_come(cast, hold_up, now):
    """The tablet says which is which, because only it saw both."""
    sent = now + 200 * MINUTE
    out = DeviceClock(device_at=now + 120 * MINUTE, sent_at=sent)
    came = DeviceClock(device_at=now, sent_at=sent)
    hold_up(200, clock=out, direction=Kind.OUT, beneficiaries=12)
    record = attendance(hold_up(200, clock=came, direction=Kind.IN))
    assert (record.state, record.credited_minutes, record.beneficiaries) == ("closed", 120, 12)


def test_without_a_direction_the_instant_of_the_reading_decides(cast, hold_up, now):
    sent = now + 200 * MINUTE
    hold_up(200, clock=DeviceClock(device_at=now, sent_at=sent))
    answer = hold_up(200, clock=DeviceClock(device_at=now + 120 * MINUTE, sent_at=sent))
    assert (answer.kind, answer.verdict) == (Kind.OUT, Verdict.CHECKED_OUT)


# --- taking back ---------------------------------------------------------------------------


def take_back(cast, code, answer, now, by=None, after=1):
    who = by or cast.salem
    return badges.undo(code, answer.uid, by=who.id, uid=str(uuid.uuid4()), now=now + after * MINUTE)


def test_a_reading_is_taken_back_by_who_made_it(cast, code, hold_up, now):
    answer = hold_up()
    assert take_back(cast, code, answer, now).verdict is Verdict.UNDONE
    assert attendance(answer).state == "cancelled"


def test_nobody_else_takes_it_back(cast, code, hold_up, now):
    answer = hold_up()
    with pytest.raises(NotFound):
        take_back(cast, code, answer, now, by=cast.layla)
    assert attendance(answer).state == "open"


def test_after_ten_minutes_it_stands(cast, code, hold_up, now):
    answer = hold_up()
    assert take_back(cast, code, answer, now, after=11).verdict is Verdict.NOT_UNDONE
    assert attendance(answer).state == "open"


def test_taking_back_a_move_brings_somebody_back(cast, code, hold_up, now):
    there = factories.shift(now, cast.squares, starts=-60, minutes=300)
    factories.assign(now, cast.noura, there)
    first = hold_up()
    moved = hold_up(30, site_id=cast.squares.id, by=cast.huda.id)
    take_back(cast, code, moved, now, by=cast.huda, after=31)
    assert (attendance(first).state, attendance(moved).state) == ("open", "cancelled")


def test_what_can_be_taken_back_is_offered_while_it_can(cast, hold_up, now):
    answer = hold_up()
    offered = badges.own_reading(cast.noura.id, cast.salem.id, now + MINUTE)
    assert offered is not None
    assert offered.scan_uid == answer.uid
    assert badges.own_reading(cast.noura.id, cast.layla.id, now + MINUTE) is None
    assert badges.own_reading(cast.noura.id, cast.salem.id, now + 11 * MINUTE) is None


# --- looking -------------------------------------------------------------------------------


def test_looking_says_where_somebody_is_and_is_expected(cast, code, hold_up, now):
    owner = badges.owner_of(code.lower(), now)
    assert (owner.person.name, owner.attendance) == (cast.noura.name, None)
    assert owner.expected is not None
    assert owner.expected.id == cast.shift.id
    hold_up()
    inside = badges.owner_of(code, now + MINUTE).attendance
    assert inside is not None
    assert inside.shift.site.id == cast.mataf.id


def test_reading_badges_is_for_leads_supervisors_and_coordinators(cast, now):
    factories.grant(now, cast.faisal, Role.AUDITOR)
    reading = {
        who.name: not reach_of(roles_of(who.id, now), Permission.READ_BADGES).is_empty
        for who in (cast.noura, cast.salem, cast.layla, cast.majed, cast.faisal, cast.reem)
    }
    assert [name for name, may in reading.items() if may] == [cast.salem.name, cast.layla.name]
