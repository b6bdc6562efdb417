"""Acts that phones and tablets kept: each carrier, live and later, for oneself and for others."""

import threading
import uuid
from datetime import timedelta

import pytest
from flask import current_app

from checkin.database import db
from checkin.domain import rotating
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.roles import Permission
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Scan
from checkin.operations import badges, devices, displays, receipts, sync
from checkin.operations.permissions import reach_of, roles_of
from checkin.operations.sync import Act, Sent
from tests import factories

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def sender(person, now, device_id: int | None = None) -> sync.Sender:
    held = roles_of(person.id, now)
    reads, enters = (
        reach_of(held, one) for one in (Permission.READ_BADGES, Permission.ENTER_ATTENDANCE)
    )
    return sync.Sender(person.id, device_id, reads=reads, enters=enters)


def sent(act: Act, made_at, sent_at, code: str = "", **more) -> Sent:
    """An act by a clock that is right."""
    clock = DeviceClock(device_at=made_at, sent_at=sent_at)
    more.setdefault("uid", str(uuid.uuid4()))
    return Sent(act=act, clock=clock, code=code, **more)


def scans() -> list[Scan]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Scan).order_by(Scan.id)))


def attendance_of(who) -> Attendance:
    db.session.rollback()
    return db.session.scalars(db.select(Attendance).where(Attendance.volunteer_id == who.id)).one()


# --- a screen's code -----------------------------------------------------------------------


@pytest.fixture
def screen(cast, now):
    return displays.open_here(cast.mataf.id, "4815", by=cast.salem.id, now=now - HOUR).display


def token(screen, at) -> str:
    """What a screen shows at an instant, with the keys it was given that day."""
    (day, key), _ = displays.keys_of(screen, at)
    window = rotating.window_of(at)
    assert rotating.day_of(window) == day
    place = screen.number, screen.site_id, screen.epoch
    return "R/" + rotating.token(displays.key_id(), key, *place, window)


def test_a_fresh_code_of_a_screen_is_live(cast, screen, now):
    one = sent(Act.IN, now, now, token(screen, now))
    kept = sync.record(one, sender(cast.noura, now), now=now)
    assert kept.answer.verdict is Verdict.CHECKED_IN
    (scan,) = scans()
    assert (scan.carrier, scan.evidence, scan.flags) == ("rotating", Evidence.LIVE, [])
    assert (scan.display_id, scan.window_no) == (screen.id, rotating.window_of(now))


@pytest.mark.parametrize(
    ("hours", "evidence"), [(23, Evidence.TYPED), (24, Evidence.LIVE), (100, Evidence.LIVE)]
)
def test_a_phone_remembered_since_today_proves_less(cast, screen, now, hours, evidence):
    since = now - hours * HOUR
    phone, _ = devices.remember(cast.noura.id, "phone", "new", lifetime=200 * HOUR, now=since)
    one = sent(Act.IN, now, now, token(screen, now))
    kept = sync.record(one, sender(cast.noura, now, phone), now=now)
    assert kept.scan.evidence == evidence


def test_a_code_of_a_screen_that_comes_later_counts_by_its_window(cast, screen, now):
    seen = now - 30 * MINUTE
    one = sent(Act.IN, seen, now, token(screen, seen))
    kept = sync.record(one, sender(cast.noura, now), now=now)
    assert kept.answer.effective_at == seen + timedelta(seconds=15)
    assert kept.scan.evidence == Evidence.POSTER
    assert set(kept.scan.flags) == {Flag.OFFLINE, Flag.LATE_UPLOAD}


def test_a_photograph_of_a_code_that_is_claimed_for_later_is_told(cast, screen, now):
    photographed = now - 40 * MINUTE
    one = sent(Act.IN, now - 10 * MINUTE, now, token(screen, photographed))
    kept = sync.record(one, sender(cast.noura, now), now=now)
    assert kept.answer.effective_at == photographed + timedelta(seconds=15)
    assert Flag.CLOCK_SKEW in kept.scan.flags


def test_an_old_code_of_a_screen_is_not_taken_for_live(cast, screen, now):
    one = sent(Act.IN, now, now, token(screen, now - 5 * MINUTE))
    with pytest.raises(Problem, match="code_too_old"):
        sync.record(one, sender(cast.noura, now), now=now)
    assert scans() == []


def test_a_live_code_whose_answer_was_lost_is_answered_after_it_has_expired(cast, screen, now):
    one = sent(Act.IN, now, now, token(screen, now))
    first = sync.record(one, sender(cast.noura, now), now=now)
    later = sent(Act.IN, now, now + HOUR, one.code, uid=one.uid)
    again = sync.record(later, sender(cast.noura, now), now=now + HOUR)
    assert again.answer.replayed
    assert again.receipt == first.receipt
    assert len(scans()) == 1


def test_a_screen_set_up_anew_does_not_lose_what_it_showed(cast, screen, now):
    seen = now - 30 * MINUTE
    code = token(screen, seen)
    displays.leave(screen.id, "4815", now=now - 20 * MINUTE)
    displays.open_here(cast.mataf.id, "4815", by=cast.salem.id, now=now - 10 * MINUTE)
    kept = sync.record(sent(Act.IN, seen, now, code), sender(cast.noura, now), now=now)
    assert kept.answer.verdict is Verdict.CHECKED_IN
    assert Flag.DISPLAY_UNSYNCED in kept.scan.flags


def test_a_lost_screen_checks_nobody_in_but_the_scan_is_kept(cast, screen, now):
    seen = now - 10 * MINUTE
    code = token(screen, seen)
    displays.revoke(screen.id, by=cast.salem.id, now=now - 20 * MINUTE)
    kept = sync.record(sent(Act.IN, seen, now, code), sender(cast.noura, now), now=now)
    assert (kept.answer.verdict, kept.answer.attendance_id) == (Verdict.OLD_POSTER, None)
    assert len(scans()) == 1


# --- for others ----------------------------------------------------------------------------


@pytest.fixture
def badge(cast, now) -> str:
    (made,) = badges.make([cast.noura.id], by=cast.layla.id, now=now - 24 * HOUR)
    return f"B/{badges.code_of(made)}"


def test_a_badge_read_on_a_tablet_is_witnessed(cast, badge, now):
    one = sent(Act.BADGE, now, now, badge, site_id=cast.mataf.id)
    kept = sync.record(one, sender(cast.salem, now), now=now)
    assert (kept.answer.verdict, kept.scan.evidence) == (Verdict.CHECKED_IN, Evidence.WITNESSED)
    assert (kept.scan.volunteer_id, kept.scan.name) == (cast.noura.id, cast.noura.name)


def test_a_badge_read_without_a_network_is_live_and_told(cast, badge, now):
    at = now - HOUR / 2
    one = sent(Act.BADGE, at, now, badge, site_id=cast.mataf.id)
    for _ in range(2):
        kept = sync.record(one, sender(cast.salem, now), now=now)
    assert kept.answer.replayed
    assert (kept.answer.effective_at, kept.scan.evidence) == (at, Evidence.LIVE)
    assert Flag.OFFLINE in kept.scan.flags
    assert len(scans()) == 1


def test_a_badge_is_read_only_where_one_may(cast, badge, now):
    one = sent(Act.BADGE, now, now, badge, site_id=cast.mataf.id)
    for who in (cast.huda, cast.reem):
        with pytest.raises(NotFound):
            sync.record(one, sender(who, now), now=now)
    assert scans() == []


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "code_missing"),
        ("S/0123456789ABCDEFGHJKMNPQRS", "code_unknown"),
        ("B/0123456789ABCDEFGHJKMNPQRS", "badge_unknown"),
    ],
)
def test_what_is_no_badge_is_said(cast, now, code, problem):
    one = sent(Act.BADGE, now, now, code, site_id=cast.mataf.id)
    with pytest.raises(Problem, match=problem):
        sync.record(one, sender(cast.salem, now), now=now)


def test_a_tablet_undoes_what_it_read(cast, badge, now):
    by = sender(cast.salem, now)
    read = sync.record(sent(Act.BADGE, now, now, badge, site_id=cast.mataf.id), by, now=now)
    undo = sent(Act.UNDO, now, now, badge, undoes=read.answer.uid)
    with pytest.raises(NotFound):
        sync.record(undo, sender(cast.huda, now), now=now)
    answer = sync.record(undo, by, now=now + MINUTE).answer
    assert answer.verdict is Verdict.UNDONE
    assert attendance_of(cast.noura).state == "cancelled"


def entered(cast, act: Act, at, now, **more) -> Sent:
    facts = {"person_id": cast.noura.id, "shift_id": cast.shift.id, "reason": "no_phone", **more}
    return sent(act, at, now, **facts)


def test_somebody_entered_by_hand_without_a_network_came_when_the_tablet_says(cast, now):
    later, by = now + 6 * HOUR, sender(cast.salem, now)
    came, left = now - HOUR / 2, now + 2 * HOUR
    acts = [
        entered(cast, Act.MANUAL_IN, came, later, reason="other: دون هاتف"),
        entered(cast, Act.MANUAL_OUT, left, later, beneficiaries=7),
    ]
    for one in acts * 2:
        kept = sync.record(one, by, now=later)
    assert kept.answer.replayed
    known = attendance_of(cast.noura)
    assert (known.state, known.in_at, known.out_at) == ("closed", came, left)
    assert (known.beneficiaries, known.entered_by_id) == (7, cast.salem.id)
    assert {Flag.MANUAL, Flag.OFFLINE} <= set(known.flags)
    assert [scan.reason for scan in scans()] == ["other: دون هاتف", "no_phone"]


def test_an_entry_sent_at_once_and_again_later_is_one(cast, now):
    by = sender(cast.salem, now)
    first = sync.record(entered(cast, Act.MANUAL_IN, now, now, uid=UID), by, now=now)
    again = sync.record(entered(cast, Act.MANUAL_IN, now, now + HOUR, uid=UID), by, now=now + HOUR)
    assert again.answer.replayed
    assert again.answer.effective_at == first.answer.effective_at == now


UID = "11111111-1111-4111-8111-111111111111"


def test_nobody_enters_where_they_may_not(cast, now):
    one = entered(cast, Act.MANUAL_IN, now, now)
    for who in (cast.noura, cast.huda):
        with pytest.raises(NotFound):
            sync.record(one, sender(who, now), now=now)
    with pytest.raises(NotFound):
        sync.record(
            entered(cast, Act.MANUAL_IN, now, now, shift_id=None), sender(cast.salem, now), now=now
        )


def test_nobody_enters_themselves(cast, now):
    one = entered(cast, Act.MANUAL_IN, now, now, person_id=cast.salem.id)
    with pytest.raises(Problem, match="own_entry"):
        sync.record(one, sender(cast.salem, now), now=now)


def test_an_entry_is_undone_by_who_made_it(cast, now):
    by = sender(cast.salem, now)
    made = sync.record(entered(cast, Act.MANUAL_IN, now, now), by, now=now)
    undo = sent(Act.UNDO, now, now, undoes=made.answer.uid, person_id=cast.noura.id)
    assert sync.record(undo, by, now=now + MINUTE).answer.verdict is Verdict.UNDONE
    own = sent(Act.UNDO, now, now, undoes=made.answer.uid)
    with pytest.raises(NotFound):
        sync.record(own, sender(cast.noura, now), now=now)


# --- a volunteer's own ---------------------------------------------------------------------


def test_taking_back_a_move_brings_back_both_places(cast, now):
    there = factories.shift(now, cast.squares, starts=-30, minutes=200)
    factories.assign(now, cast.noura, there)
    wall, me = factories.poster(now, cast.squares), sender(cast.noura, now)
    sync.record(sent(Act.IN, now, now, f"S/{cast.poster.code}"), me, now=now)
    later = now + 20 * MINUTE
    moved = sent(Act.IN, later, later, f"S/{wall.code}", moves=True)
    sync.record(moved, me, now=later)
    undo = sent(Act.UNDO, later, later, undoes=moved.uid)
    assert sync.record(undo, me, now=later + MINUTE).answer.verdict is Verdict.UNDONE
    db.session.rollback()
    states = dict(db.session.execute(db.select(Attendance.site_id, Attendance.state)).all())
    assert states == {cast.mataf.id: "open", cast.squares.id: "cancelled"}


def test_nobody_undoes_the_scan_of_another(cast, now):
    mine = factories.check_in(cast.noura, cast.poster, now)
    other = factories.person(now, "مها فهد الحارثي")
    with pytest.raises(NotFound):
        sync.record(sent(Act.UNDO, now, now, undoes=mine.uid), sender(other, now), now=now)


def test_another_volunteers_scan_waits_for_its_owner(cast, now):
    one = sent(Act.IN, now, now, f"S/{cast.poster.code}", volunteer=receipts.reference_of(1 << 20))
    with pytest.raises(Problem, match="other_volunteer"):
        sync.record(one, sender(cast.noura, now), now=now)


def test_other_content_under_the_same_id_is_refused(cast, now):
    me = sender(cast.noura, now)
    sync.record(sent(Act.IN, now, now, f"S/{cast.poster.code}", uid=UID), me, now=now)
    with pytest.raises(Conflict, match="scan_reused"):
        sync.record(
            sent(Act.IN, now, now, f"S/{cast.poster.code}", uid=UID, joins=True), me, now=now
        )


@pytest.mark.parametrize("first", [0, 60])
def test_a_scan_is_the_same_whichever_try_arrives_first(cast, now, first):
    """What was sent at once may be overtaken by what was sent an hour later."""
    me, code = sender(cast.noura, now), f"S/{cast.poster.code}"
    tries = [
        sync.record(sent(Act.IN, now, now + wait * MINUTE, code, uid=UID), me, now=now + HOUR)
        for wait in (first, 60 - first)
    ]
    assert [kept.answer.replayed for kept in tries] == [False, True]
    assert tries[0].scan.evidence == (Evidence.OFFLINE if first else Evidence.POSTER)


def test_twins_on_their_way_at_once_are_one_scan(cast, now):
    """The first try is still being kept when the phone gives up on it and sends it again."""
    app, me = current_app._get_current_object(), sender(cast.noura, now)
    code, ready, answers = f"S/{cast.poster.code}", threading.Barrier(4), []

    def send(wait: int) -> None:
        with app.app_context():
            ready.wait()
            one = sent(Act.IN, now, now + wait * MINUTE, code, uid=UID)
            answers.append(sync.record(one, me, now=now + wait * MINUTE))
            db.session.remove()

    threads = [threading.Thread(target=send, args=(wait,)) for wait in (0, 0, 1, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({kept.receipt for kept in answers}) == 1
    assert sorted(kept.answer.replayed for kept in answers) == [False, True, True, True]
    assert len(scans()) == 1


# --- offering again ------------------------------------------------------------------------


def test_a_tablet_learns_what_of_its_own_is_gone(cast, badge, now):
    by = sender(cast.salem, now)
    read = sent(Act.BADGE, now, now, badge, site_id=cast.mataf.id)
    sync.record(read, by, now=now)
    uids = [read.uid, UID]
    assert sync.unknown(uids, by, now=now) == [UID]
    assert sync.unknown(uids, sender(cast.huda, now), now=now) == sorted(uids)
    assert sync.unknown(uids, sender(cast.layla, now), now=now) == sorted(uids)
    assert sync.unknown(uids, sender(cast.noura, now), now=now) == [UID]
