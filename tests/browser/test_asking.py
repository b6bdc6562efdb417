"""A question answered on the phone, and an objection that another supervisor decides about."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Attendance
from tests import factories

DAY = timedelta(days=1)
QUESTION = "هل بقيت في المسار حتى نهاية الفترة؟"
OBJECTION = "كنت في المسار 3 مع الفريق حتى نهاية الفترة"
SECOND = "عبدالله ناصر السبيعي"


@pytest.fixture
def record(cast, now, traveller) -> int:
    """Noura's whole shift of yesterday."""
    shift = factories.shift(now, cast.mataf, starts=-24 * 60, minutes=240)
    factories.assign(now - 2 * DAY, cast.noura, shift)
    poster = factories.poster(now - DAY, cast.mataf, shift)
    factories.alter(poster, created_at=now - 2 * DAY)
    came = factories.check_in(cast.noura, poster, shift.starts_at)
    factories.check_out(cast.noura, shift, shift.ends_at, beneficiaries=40)
    return came.attendance_id


@pytest.fixture
def second(now, record, cast):
    """Another supervisor of the same site."""
    who = factories.person(now, SECOND, email="nasser@example.org")
    factories.grant(now, who, Role.SUPERVISOR, site_id=cast.mataf.id)
    return who


def state_of(record) -> tuple[str, int | None]:
    db.session.rollback()
    row = db.session.get_one(Attendance, record)
    return row.state, row.approved_minutes


def unfold(visitor, name):
    """Open what is folded away under these words."""
    visitor.taps += 1
    visitor.page.locator("summary", has_text=name).click()


def approve(tablet):
    with tablet.page.expect_navigation():
        tablet.page.get_by_role("button", name="اعتماد المقترح").first.click()


def test_a_question_is_answered_on_the_phone_and_the_record_approved(cast, record, visit):
    tablet, phone = visit("tablet", person=cast.salem), visit("phone", person=cast.noura)
    tablet.open(f"/attendances/{record}/review")
    unfold(tablet, "سؤال المتطوع")
    tablet.page.locator("details[open] textarea").fill(QUESTION)
    tablet.press("إرسال السؤال")
    assert state_of(record) == ("closed", None)

    phone.open("/hours")
    phone.picture("question-hours", whole=False)
    with phone.page.expect_navigation():
        phone.page.get_by_role("link", name="لدى المشرف سؤال عن حضورك").click()
    assert QUESTION in phone.text
    phone.picture("question-asked")
    assert phone.sideways == 0
    phone.taps = 0
    phone.press("نعم")
    assert phone.taps == 1, "the usual answer is one tap"
    assert "أُرسلت الإجابة إلى المشرف" in phone.text
    phone.picture("question-answered")

    tablet.open(f"/attendances/{record}/review")
    assert "نعم" in tablet.text
    approve(tablet)
    assert state_of(record) == ("approved", 240)
    phone.open(f"/attendances/{record}")
    assert phone.heading == "اعتُمدت ساعاتك: 4 ساعات"


def test_an_objection_is_decided_by_another_supervisor(cast, record, second, visit):
    tablet, phone = visit("tablet", person=cast.salem), visit("phone", person=cast.noura)
    tablet.open(f"/attendances/{record}/review")
    unfold(tablet, "رفض السجل")
    tablet.page.locator("details[open] label", has_text="عدم الحضور").click()
    tablet.press("رفض السجل")
    assert state_of(record) == ("rejected", None)

    phone.open(f"/attendances/{record}")
    unfold(phone, "الاعتراض على هذا القرار")
    assert f"ينظر في الاعتراض: {SECOND}" in phone.text
    phone.fill(words=OBJECTION)
    phone.picture("objection")
    phone.press("إرسال الاعتراض")
    assert OBJECTION in phone.text
    assert "ولم يسبق له قرار في هذا السجل" in phone.text
    assert state_of(record) == ("closed", None)

    tablet.open(f"/attendances/{record}/review")
    tablet.picture("objection-same-supervisor", whole=False)
    assert tablet.page.get_by_role("button", name="اعتماد المقترح").count() == 0

    other = visit("tablet", person=second)
    other.open(f"/attendances/{record}/review")
    assert OBJECTION in other.text
    approve(other)
    assert state_of(record) == ("approved", 240)
    phone.open(f"/attendances/{record}")
    assert phone.heading == "اعتُمدت ساعاتك: 4 ساعات"
    assert "نُظر في الاعتراض" in phone.text
    phone.picture("objection-upheld")
