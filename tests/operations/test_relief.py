"""Handing a post over: said by whoever takes over, or seen in when they came."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from checkin.database import db
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.models import Attendance, Lane, Scan
from checkin.operations import sync
from checkin.operations.attendance import close_forgotten, relief
from checkin.operations.attendance.arrival import RELIEF, take_back, undoable
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import alter, check_in, check_out

HOURS = timedelta(hours=1)
END = 4 * HOURS
"""The cast's shift ends four hours from now; the next one at the post begins then."""


@pytest.fixture
def post(cast, now):
    """Noura stands at lane 3; Hind comes for the next shift there."""
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="مسار 3", name_en="Lane 3"))
    alter(cast.shift, lane_id=lane.id)
    after = factories.shift(now, cast.mataf, starts=240, minutes=240, lane_id=lane.id)
    hind = factories.person(now, "هند علي الغامدي")
    factories.assign(now, hind, after)
    check_in(cast.noura, cast.poster, now)
    return SimpleNamespace(lane=lane, after=after, hind=hind)


def arrives(post, cast, at) -> Attendance:
    answer = check_in(post.hind, cast.poster, at)
    return db.session.get_one(Attendance, answer.attendance_id, populate_existing=True)


def of(person) -> Attendance:
    db.session.expire_all()
    return db.session.scalar(db.select(Attendance).where(Attendance.volunteer_id == person.id))


def test_whoever_takes_over_sees_first_names_only(cast, post, now):
    own = arrives(post, cast, now + END)
    (found,) = relief.still_here(own, now + END)
    assert (found.first_name, found.attendance_id) == ("نورة", of(cast.noura).id)


def test_nobody_is_offered_who_is_not_being_relieved(cast, post, now):
    assert relief.still_here(of(cast.noura), now) == []  # the one before sees nobody after
    early = arrives(post, cast, now + END - timedelta(minutes=16))
    assert relief.still_here(early, now + END - timedelta(minutes=16)) == []
    assert len(relief.still_here(early, now + END - timedelta(minutes=15))) == 1
    assert relief.still_here(early, now + END + timedelta(minutes=45)) == []  # long ago


def test_another_lane_is_another_post(cast, post, now):
    other = factories.keep(Lane(site_id=cast.mataf.id, name_ar="مسار 4", name_en="Lane 4"))
    alter(post.after, lane_id=other.id)
    assert relief.still_here(arrives(post, cast, now + END), now + END) == []


def test_one_tap_checks_the_one_before_out_and_says_who_did(cast, post, now):
    own = arrives(post, cast, now + END)
    before = of(cast.noura)
    at = now + END + timedelta(minutes=2)
    for _twice in range(2):
        relief.relieve(own, before.id, uid="r" * 36, device_id=None, now=at)
    before = of(cast.noura)
    assert (before.state, before.out_at, before.credited_minutes) == ("closed", at, 240)
    assert (before.evidence, before.entered_by_id) == (Evidence.CLAIMED, post.hind.id)
    assert Flag.RELIEVED in before.flags
    assert Flag.MANUAL not in before.flags
    assert relief.said_by(before) == "هند"
    scan = db.session.scalar(db.select(Scan).where(Scan.carrier == RELIEF))
    assert (scan.volunteer_id, scan.entered_by_id) == (cast.noura.id, post.hind.id)


def test_somebody_who_left_or_stands_elsewhere_is_not_checked_out(cast, post, now):
    own = arrives(post, cast, now + END)
    before = of(cast.noura)
    check_out(cast.noura, cast.shift, now + END)
    for attendance_id in (before.id, own.id, 999):
        with pytest.raises(Problem, match="relief_over"):
            relief.relieve(own, attendance_id, uid="r" * 36, device_id=None, now=now + END)
    assert of(cast.noura).out_at == now + END
    assert Flag.RELIEVED not in of(cast.noura).flags


def test_the_relieved_can_take_it_back_at_once(cast, post, now):
    own = arrives(post, cast, now + END)
    relief.relieve(own, of(cast.noura).id, uid="r" * 36, device_id=None, now=now + END)
    before, soon = of(cast.noura), now + END + timedelta(minutes=9)
    kind = undoable(before, soon)
    take_back(before, kind, uid="u" * 36, device_id=None, now=soon)
    assert of(cast.noura).state == "open"
    check_out(cast.noura, cast.shift, soon)
    assert (of(cast.noura).out_at, of(cast.noura).evidence) == (soon, Evidence.POSTER)


@pytest.mark.parametrize(
    ("comes", "proposed", "minutes"), [(-10, -10, 230), (20, 20, 240), (-20, 0, 240)]
)
def test_a_forgotten_check_out_is_proposed_for_when_the_next_came(
    cast, post, now, comes, proposed, minutes
):
    arrives(post, cast, now + END + timedelta(minutes=comes))
    assert close_forgotten(now + END + HOURS) == 1
    before = of(cast.noura)
    assert before.state == "unclosed"
    assert before.proposed_out_at == now + END + timedelta(minutes=proposed)
    assert before.proposed_minutes == minutes
    assert (Flag.TAKEN_OVER in before.flags) is (comes != -20)
    assert before.credited_minutes is None


@pytest.mark.parametrize("lane", [3, 4])
def test_who_took_over_counts_also_when_their_phone_finds_the_network_later(cast, post, now, lane):
    if lane == 4:
        other = factories.keep(Lane(site_id=cast.mataf.id, name_ar="مسار 4", name_en="Lane 4"))
        alter(post.after, lane_id=other.id)
    assert close_forgotten(now + END + HOURS) == 1
    assert of(cast.noura).proposed_minutes == 240
    came, later = now + END - timedelta(minutes=10), now + END + 2 * HOURS
    sent = sync.Sent(
        uid="6b0f4f1c-7f34-4f0a-9d5c-0c8d4f6f9a11",
        act=sync.Act.IN,
        clock=DeviceClock(came, later),
        code=f"S/{cast.poster.code}",
    )
    for _ in range(2):
        sync.record(sent, sync.Sender(post.hind.id, None, Reach(), Reach()), now=later)
    assert of(post.hind).in_at == came
    taken_over = lane == 3
    before = of(cast.noura)
    assert before.proposed_minutes == (230 if taken_over else 240)
    assert (Flag.TAKEN_OVER in before.flags) is taken_over
    assert before.row_version == (3 if taken_over else 2)
