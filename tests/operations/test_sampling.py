"""Chance draws some of what was approved in bulk; somebody else looks, and may open it again."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Role
from checkin.models import Attendance, Sample
from checkin.operations import approvals
from checkin.operations.approvals import sampling
from checkin.operations.approvals.patterns import patterns
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)


def always(_below):
    return 0


def never(below):
    return below - 1


@pytest.fixture
def later(now):
    return now + 6 * HOUR


@pytest.fixture
def crowd(cast, now):
    """Ten people who were there as planned: their records as a page shows them."""
    for number in range(10):
        who = factories.person(now, f"متطوع رقم {number}")
        factories.assign(now - 2 * HOUR, who, cast.shift)
        check_in(who, cast.poster, cast.shift.starts_at)
        check_out(who, cast.shift, cast.shift.ends_at)
    return shown()


def shown():
    db.session.rollback()
    return [
        tuple(row)
        for row in db.session.execute(
            db.select(Attendance.id, Attendance.row_version).order_by(Attendance.id)
        )
    ]


def test_chance_decides_for_each_one_alone(cast, crowd, later):
    lots = iter([0, 5, 0, *[1] * 7])
    approvals.approve_many(crowd, by=cast.salem.id, now=later, lot=lambda _below: next(lots))
    drawn = {row.attendance_id for row in sampling.waiting()}
    assert drawn == {crowd[0][0], crowd[2][0]}
    assert sampling.waiting_count() == 2


def test_one_in_twenty_is_drawn(cast, crowd, later):
    asked = []
    approvals.approve_many(
        crowd, by=cast.salem.id, now=later, lot=lambda below: asked.append(below) or 1
    )
    assert asked == [20] * 10


def test_single_approvals_are_not_drawn_and_repeating_a_press_draws_once(cast, crowd, later):
    approvals.approve(*crowd[0], by=cast.salem.id, now=later)
    assert sampling.waiting() == []
    for _ in range(2):
        approvals.approve_many(crowd[1:3], by=cast.salem.id, now=later, lot=always)
    assert sampling.waiting_count() == 2


def test_an_undone_approval_is_nothing_to_look_at(cast, crowd, later):
    approvals.approve_many(crowd[:1], by=cast.salem.id, now=later, lot=always)
    (one,) = sampling.waiting()
    approvals.withdraw(one.attendance_id, one.row_version, by=cast.salem.id, now=later)
    assert sampling.waiting() == []
    with pytest.raises(NotFound):
        sampling.agree(one.id, by=cast.layla.id, now=later)


def test_layla_agrees_once(cast, crowd, later):
    approvals.approve_many(crowd[:1], by=cast.salem.id, now=later, lot=always)
    (one,) = sampling.waiting()
    sampling.agree(one.id, by=cast.layla.id, now=later)
    kept = db.session.get_one(Sample, one.id)
    assert (kept.agrees, kept.looked_by_id, kept.looked_at) == (True, cast.layla.id, later)
    assert sampling.waiting() == []
    with pytest.raises(NotFound):
        sampling.disagree(one.id, words="Too late", by=cast.layla.id, now=later)


def test_whoever_does_not_agree_opens_the_record_again_with_the_finding(cast, crowd, later):
    approvals.approve_many(crowd[:1], by=cast.salem.id, now=later, lot=always)
    (one,) = sampling.waiting()
    with pytest.raises(Problem, match="why_missing"):
        sampling.disagree(one.id, words=" ", by=cast.layla.id, now=later)
    sampling.disagree(one.id, words="Left at three", by=cast.layla.id, now=later)
    db.session.rollback()
    assert db.session.get_one(Attendance, one.attendance_id).state == "closed"
    last = approvals.decisions_of(one.attendance_id)[-1]
    assert (last.action, last.reason) == ("reopen", "other: Left at three")
    assert db.session.get_one(Sample, one.id).finding == "Left at three"


def test_nobody_looks_at_their_own_decision_or_record(cast, now, later):
    check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at)
    approvals.approve_many(shown(), by=cast.layla.id, now=later, lot=always)
    (one,) = sampling.waiting()
    for who, code in ((cast.layla, "own_decision"), (cast.noura, "own_record")):
        with pytest.raises(Problem, match=code):
            sampling.agree(one.id, by=who.id, now=later)


# --- patterns ------------------------------------------------------------------------------


def test_the_report_counts_how_each_decides(cast, crowd, later):
    approvals.approve_many(crowd[:6], by=cast.salem.id, now=later, lot=always)
    for place, seconds in ((6, 40), (7, 60), (8, 100)):
        facts = {"by": cast.salem.id, "now": later + timedelta(seconds=seconds)}
        if place == 8:
            more = {"minutes": 200, "beneficiaries": None, "reason": "seen"}
            approvals.adjust(*crowd[place], **more, **facts)
        else:
            approvals.approve(*crowd[place], **facts)
    sampling.disagree(sampling.waiting()[0].id, words="No", by=cast.layla.id, now=later)
    (salem,) = patterns(later + HOUR)
    assert (salem.name, salem.decisions, salem.adjusted) == (cast.salem.name, 9, 1)
    assert (salem.as_suggested, salem.in_bulk) == (8, 6)
    assert salem.seconds == 30  # between 20 and 40; those in bulk and before them are left out
    assert (salem.looked_at, salem.not_agreed, salem.pairs) == (1, 1, [])


def test_the_report_names_a_volunteer_decided_about_by_one_person_only(cast, now, later):
    huda_here = factories.grant(now, cast.huda, Role.SUPERVISOR, site_id=cast.mataf.id)
    assert huda_here.id
    for day in range(6):
        shift = factories.shift(now, cast.mataf, starts=-60 + day * 600, minutes=120)
        for who in (cast.noura, cast.reem):
            factories.assign(now - 2 * HOUR, who, shift)
            wall = factories.poster(now - 2 * HOUR, cast.mataf, shift)
            check_in(who, wall, shift.starts_at)
            check_out(who, shift, shift.ends_at)
    at = now + 80 * HOUR
    for place, (attendance_id, version) in enumerate(shown()):
        of_noura = db.session.get_one(Attendance, attendance_id).volunteer_id == cast.noura.id
        by = cast.salem if of_noura or place % 4 == 1 else cast.huda
        approvals.approve(attendance_id, version, by=by.id, now=at)
    salem = next(one for one in patterns(at) if one.person_id == cast.salem.id)
    assert [(pair.name, pair.decisions, pair.of) for pair in salem.pairs] == [
        (cast.noura.name, 6, 6)
    ]
    assert patterns(at + timedelta(days=31)) == []
