"""An objection from both sides: what waits for whom, and that somebody can decide."""

from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Attendance
from checkin.operations import approvals, manual
from checkin.operations.approvals import appealing
from tests import factories
from tests.web.scanning import attendances_of

HOUR = timedelta(hours=1)
WHY = "كنت حاضرة طوال الفترة"


@pytest.fixture
def later(now):
    with time_machine.travel(now + 6 * HOUR, tick=False):
        yield now + 6 * HOUR


@pytest.fixture
def served(cast, later) -> str:
    """The whole shift, and five minutes before it."""
    begins = cast.shift.starts_at - timedelta(minutes=5)
    done = factories.check_in(cast.noura, cast.poster, begins)
    factories.check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=25)
    return f"/attendances/{done.attendance_id}"


def the_record(cast) -> Attendance:
    db.session.rollback()
    (record,) = attendances_of(cast.noura)
    return record


def decide(cast, act, by, now, **facts):
    record = the_record(cast)
    act(record.id, record.row_version, by=by.id, now=now, **facts)


def reject(cast, by, now, reason="not_present"):
    decide(cast, approvals.reject, by, now, reason=reason)


def adjust(cast, by, now, minutes=240):
    decide(cast, approvals.adjust, by, now, minutes=minutes, beneficiaries=25, reason="seen")


def appeal(cast, now):
    decide(cast, appealing.appeal, cast.noura, now, words=WHY)


def told(browser, address) -> str:
    return browser.text(address).replace("\u2068", "").replace("\u2069", "")


# --- nobody left to decide -----------------------------------------------------------------


@pytest.fixture
def stuck(cast, now, later) -> str:
    """Checked out by hand by the only supervisor, rejected by the coordinator, objected to."""
    done = factories.check_in(cast.noura, cast.poster, now)
    left = manual.Entry("out", cast.noura.id, cast.shift.id, "no_phone", beneficiaries=3)
    manual.check_out(left, by=cast.salem.id, now=now + HOUR)
    reject(cast, cast.layla, later)
    appeal(cast, later)
    return f"/attendances/{done.attendance_id}"


def supervisors(cast) -> str:
    return f"/sites/{cast.mataf.id}/supervisors"


def test_a_coordinator_is_led_to_where_a_supervisor_is_named(cast, stuck, browser_of):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    for page in (f"{stuck}/review", f"/shifts/{cast.shift.id}/approvals"):
        assert "Nobody can decide yet: this site needs another supervisor" in layla.text(page)
        assert f'<a href="{supervisors(cast)}">Give the site another supervisor</a>' in (
            layla.get(page).text
        )
    assert layla.get(supervisors(cast)).status_code == 200


def test_a_supervisor_is_told_that_a_coordinator_has_to(cast, stuck, browser_of):
    salem = browser_of(cast.salem, kind="staff", lang="en")
    text = salem.text(f"{stuck}/review")
    assert "A coordinator has to name another supervisor for this site" in text
    assert supervisors(cast) not in salem.get(f"{stuck}/review").text


def test_the_volunteer_is_told_that_somebody_has_to_be_named(cast, stuck, browser_of):
    text = told(browser_of(cast.noura, lang="en"), stuck)
    assert "A coordinator has to name somebody who has not decided about it before" in text


def test_a_supervisor_named_then_finds_it_waiting_and_decides(cast, stuck, browser_of, now, later):
    second = factories.person(now, "عبدالله ناصر السبيعي", email="n@example.org")
    layla = browser_of(cast.layla, kind="staff", lang="en")
    assert layla.send(supervisors(cast), person=str(second.id)).status_code == 303
    assert f"{second.name} can decide" in told(layla, f"{stuck}/review")
    noura = browser_of(cast.noura, lang="en")
    assert f"{second.name} looks at it" in told(noura, stuck)

    here = browser_of(second, kind="staff", lang="en")
    assert f'href="/shifts/{cast.shift.id}/approvals"' in here.get("/approvals").text
    assert f"The volunteer’s objection: {WHY}" in told(here, f"/shifts/{cast.shift.id}/approvals")
    version = str(the_record(cast).row_version)
    here.send(f"{stuck}/approval", version=version)
    assert (the_record(cast).state, the_record(cast).approved_minutes) == ("approved", 60)


def test_so_does_any_other_coordinator(cast, stuck, browser_of, now, later):
    other = factories.person(now, "منى صالح العمري", email="m@example.org")
    factories.grant(now, other, Role.COORDINATOR)
    layla = browser_of(cast.layla, kind="staff", lang="en")
    assert f"{other.name} can decide" in told(layla, f"{stuck}/review")
    assert supervisors(cast) not in layla.get(f"{stuck}/review").text
    assert "A coordinator who has not decided about it before looks at it" in (
        told(browser_of(cast.noura, lang="en"), stuck)
    )
    here = browser_of(other, kind="staff", lang="en")
    assert f'href="/shifts/{cast.shift.id}/approvals"' in here.get("/approvals").text
    here.send(f"{stuck}/approval", version=str(the_record(cast).row_version))
    assert the_record(cast).state == "approved"


def test_nobody_suspended_is_named(cast, stuck, browser_of, now, later):
    away = factories.person(now, "عادل فؤاد", email="a@example.org", suspended_at=now)
    factories.grant(now, away, Role.SUPERVISOR, site_id=cast.mataf.id)
    assert "A coordinator has to name somebody" in told(browser_of(cast.noura, lang="en"), stuck)


# --- the receipt in every state ------------------------------------------------------------


def rejected_and_objected(cast, now):
    reject(cast, cast.salem, now)
    appeal(cast, now)


def reduced_and_objected(cast, now):
    adjust(cast, cast.salem, now)
    appeal(cast, now)


def objected_and_approved(cast, now):
    rejected_and_objected(cast, now)
    decide(cast, approvals.approve, cast.layla, now)


def objected_and_proposed(cast, now):
    rejected_and_objected(cast, now)
    adjust(cast, cast.layla, now, minutes=340)


STATES = {
    "waiting": (
        lambda cast, now: None,
        "بانتظار الاعتماد. إن اعتُمدت احتُسب منها 5 ساعات لأن الوقت قبل",
    ),
    "proposed": (
        lambda cast, now: adjust(cast, cast.salem, now, minutes=340),
        "بانتظار الاعتماد. إن اعتُمدت احتُسب منها 5 ساعات",
    ),
    "approved": (
        lambda cast, now: decide(cast, approvals.approve, cast.salem, now),
        "5 ساعات و5 دقائق، احتُسب منها 5 ساعات لأن الوقت قبل بداية الفترة لا يُحتسب",
    ),
    "approved in full": (
        lambda cast, now: adjust(cast, cast.salem, now, minutes=305),
        "5 ساعات و5 دقائق، احتُسبت كلها",
    ),
    "reduced": (
        lambda cast, now: adjust(cast, cast.salem, now),
        "احتُسب منها 4 ساعات لأن المشرف عدّله",
    ),
    "rejected": (
        lambda cast, now: reject(cast, cast.salem, now),
        "لم يُحتسب منها شيء لأن السجل رُفض (عدم الحضور)",
    ),
    "rejected, objected to": (
        rejected_and_objected,
        "اعتراضك بانتظار القرار رُفض هذا السجل السبب: عدم الحضور",
    ),
    "reduced, objected to": (
        reduced_and_objected,
        "اعتراضك بانتظار القرار اعتُمد من هذا السجل 4 ساعات فقط السبب: شاهدتُ بداية العمل",
    ),
    "objected to, proposed": (objected_and_proposed, "اعتراضك بانتظار القرار رُفض هذا السجل"),
    "objected to, approved": (objected_and_approved, "اعتُمدت ساعاتك: 5 ساعات"),
    "rejected again": (
        lambda cast, now: (rejected_and_objected(cast, now), reject(cast, cast.layla, now)),
        "رُفض هذا السجل السبب: عدم الحضور",
    ),
}
COUNTED = {"approved", "approved in full", "reduced", "objected to, approved"}
OBJECTED = {name for name in STATES if name.endswith("objected to")} | {"objected to, proposed"}


@pytest.mark.parametrize("name", STATES)
def test_the_receipt_says_what_is_true_of_its_state(name, cast, served, later, browser_of):
    bring, said = STATES[name]
    bring(cast, later)
    noura = browser_of(cast.noura)
    text, hours = told(noura, served), told(noura, "/hours")
    assert said in text
    counted = [one for one in ("احتُسبت كلها", "، احتُسب منها") if one in text + hours]
    assert bool(counted) == (name in COUNTED)
    if name in OBJECTED:
        assert "لا يُحتسب من هذا السجل شيء قبل صدور القرار" in text
        assert "تم تسجيل انصرافك" not in text
        assert "بانتظار قرار من شخص لم يسبق له قرار" in hours


def test_the_hours_say_what_is_objected_to(cast, served, later, browser_of):
    rejected_and_objected(cast, later)
    text = told(browser_of(cast.noura, lang="en"), "/hours")
    assert (
        "This record was rejected. Reason: Was not present. "
        "Waits for somebody who has not decided about it before" in text
    )


def test_the_objection_waits_for_somebody_said_by_name(cast, served, now, later, browser_of):
    second = factories.person(now, "عبدالله ناصر السبيعي", email="n@example.org")
    factories.grant(now, second, Role.SUPERVISOR, site_id=cast.mataf.id)
    rejected_and_objected(cast, later)
    noura = browser_of(cast.noura, lang="en")
    assert f"{second.name} looks at it, who has not decided" in told(noura, served)
    adjust(cast, second, later, minutes=340)
    assert "A coordinator who has not decided about it before looks at it" in told(noura, served)


@pytest.mark.parametrize("made", [rejected_and_objected, reduced_and_objected])
def test_what_is_objected_to_is_no_part_of_what_is_approved(made, cast, served, later, browser_of):
    made(cast, later)
    text = told(browser_of(cast.noura, lang="en"), "/hours")
    assert "Approved in 2026 0 hours" in text
    assert "Waiting for approval 5 hours" in text
