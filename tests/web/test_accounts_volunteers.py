"""Volunteers sign in with a mobile and a code, or with the supervisor's confirmation."""

import json
import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Attendance, Device, Message, Person, SignInCode
from checkin.operations import accounts, jobs
from checkin.web import clock
from tests import factories
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
STRANGERS = "0559876543"


def sent(app):
    """The texts that have reached the gateway so far, newest last."""
    jobs.send_messages(clock.now())
    with open(app.config["SENDER_FILE"]) as lines:
        return [json.loads(line) for line in lines]


def code_sent(app):
    return re.search(r"\b\d{6}\b", sent(app)[-1]["text"]).group()


def begin(client, mobile, **fields):
    return client.send("/sign-in", mobile=mobile, remember="y", **fields)


def sign_in(client, app, mobile):
    begin(client, mobile)
    return client.send("/sign-in/code", code=code_sent(app))


def scan(client, cast):
    assert client.get(f"/S/{cast.poster.code}").status_code == 200


def test_a_volunteer_signs_in_and_is_remembered_for_180_days(client, app, cast, now):
    answer = sign_in(client, app, cast.noura.mobile)
    assert (answer.status_code, answer.location) == (303, "/")
    device = db.session.scalars(db.select(Device)).one()
    assert (device.person_id, device.kind) == (cast.noura.id, "phone")
    assert device.expires_at == now + timedelta(days=180)
    assert "نورة سعد القحطاني" in client.text("/account")
    assert db.session.get(Person, cast.noura.id).mobile_proved_at == now


def test_the_cookie_cannot_be_read_by_scripts(client, app, cast):
    answer = sign_in(client, app, cast.noura.mobile)
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("device=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_unremembered_phone_is_forgotten_after_twelve_hours(client, app, cast, now):
    client.send("/sign-in", mobile=cast.noura.mobile)
    client.send("/sign-in/code", code=code_sent(app))
    assert db.session.scalar(db.select(Device.expires_at)) == now + timedelta(hours=12)


@pytest.mark.parametrize(
    "spelling", ["0559876543", "559876543", "+966559876543", "00966 55 987 6543", "٠٥٥٩٨٧٦٥٤٣"]
)
def test_every_saudi_spelling_is_taken(client, app, spelling):
    assert begin(client, spelling).location == "/sign-in/code"
    assert sent(app)[-1]["to"] == "+966559876543"


@pytest.mark.parametrize("typed", ["", "55", "abc", "0112345678", "33612345678"])
def test_what_is_no_mobile_is_said_beside_the_field_and_kept(client, typed):
    answer = begin(client, typed)
    assert answer.status_code == 422
    assert "رقم الجوال غير مكتمل" in plain(answer)
    assert f'value="{typed}"' in answer.get_data(as_text=True)
    assert db.session.scalar(db.select(SignInCode.id)) is None


def test_known_and_unknown_numbers_get_the_same_answers(app, client, cast):
    known, unknown = client, app.test_client()
    pages = []
    for browser, mobile in ((known, cast.noura.mobile), (unknown, STRANGERS)):
        answer = begin(browser, mobile)
        page = browser.get("/sign-in/code").get_data(as_text=True)
        page = re.sub(r'value="[^"]{20,}"', "", page).replace(mobile[-3:], "###")
        pages.append((answer.status_code, answer.location, answer.data, page))
    assert pages[0] == pages[1]
    assert len(sent(app)) == 2


def test_the_message_ends_so_that_the_phone_offers_the_code(client, app, cast):
    begin(client, cast.noura.mobile)
    text = sent(app)[-1]["text"]
    assert re.search(r"\n@127\.0\.0\.1 #\d{6}$", text)
    assert "رمز التحقق" in text


def test_a_wrong_code_is_said_and_the_right_one_still_works(client, app, cast):
    begin(client, cast.noura.mobile)
    code = code_sent(app)
    wrong = client.send("/sign-in/code", code=f"{(int(code) + 1) % 1_000_000:06}")
    assert (wrong.status_code, wrong.location) == (303, "/sign-in/code")
    assert "رمز التحقق غير صحيح" in client.text(wrong.location)
    assert "رمز التحقق غير صحيح" not in client.text(wrong.location)
    assert client.send("/sign-in/code", code=code).status_code == 303


def test_a_code_that_came_too_late_is_replaced_at_once(client, app, cast, at, now):
    begin(client, cast.noura.mobile)
    old = code_sent(app)
    at.move_to(now + timedelta(minutes=16), tick=False)
    late = client.send("/sign-in/code", code=old)
    assert "أُرسل رمز جديد" in client.text(late.location)
    assert len(sent(app)) == 2
    assert client.send("/sign-in/code", code=code_sent(app)).status_code == 303


def test_an_empty_code_is_told_and_a_spent_one_promises_nothing_that_waits(client, app, cast):
    begin(client, cast.noura.mobile)
    code = code_sent(app)
    for typed in ("", "123", "", "", "", ""):
        client.send("/sign-in/code", code=typed)
        assert "رمز التحقق من 6 أرقام" in client.text("/sign-in/code")
    for _ in range(5):
        client.send("/sign-in/code", code=f"{(int(code) + 1) % 1_000_000:06}")
    page = client.text("/sign-in/code")
    assert "محاولات كثيرة. يلزم رمز جديد" in page
    assert "يمكن إرسال رمز جديد" not in page
    assert "يمكن إعادة الإرسال بعد دقيقة" in page


def test_another_code_can_be_asked_for_after_a_minute(client, app, cast, at, now):
    begin(client, cast.noura.mobile)
    client.send("/sign-in/codes")
    assert "بعد دقيقة" in client.text("/sign-in/code")
    assert len(sent(app)) == 1
    at.move_to(now + timedelta(seconds=61), tick=False)
    client.send("/sign-in/codes")
    assert len(sent(app)) == 2


def test_pressing_continue_twice_sends_one_message(client, app, cast):
    assert begin(client, cast.noura.mobile).location == "/sign-in/code"
    assert begin(client, cast.noura.mobile).location == "/sign-in/code"
    assert len(sent(app)) == 1


def test_the_code_of_one_browser_is_useless_in_another(app, client, cast):
    thief = app.test_client()
    begin(client, cast.noura.mobile)
    code = code_sent(app)
    begin(thief, cast.noura.mobile)
    refused = thief.send("/sign-in/code", code=code)
    assert "رمز التحقق غير صحيح" in thief.text(refused.location)
    assert client.send("/sign-in/code", code=code).status_code == 303


def test_a_used_code_opens_nothing_again(app, client, cast):
    begin(client, cast.noura.mobile)
    code = code_sent(app)
    kept = client.get_cookie("s").value
    client.send("/sign-in/code", code=code)
    replay = app.test_client()
    replay.set_cookie("s", kept)
    answer = replay.post("/sign-in/code", data={"code": code, "csrf_token": replay.token()})
    assert answer.location == "/sign-in/code"
    assert replay.get_cookie("device") is None


def test_too_many_requests_from_one_address_are_429(app, client):
    app.config["CODES_PER_ADDRESS"] = 2
    for n in range(2):
        begin(client, f"05598765{n:02}")
    answer = begin(client, "0559876599")
    assert answer.status_code == 429
    assert "محاولات كثيرة" in plain(answer)


def test_a_forged_address_does_not_open_a_new_limit(app, client):
    app.config["CODES_PER_ADDRESS"] = 1
    begin(client, "0559876500")
    token = client.token()
    answer = client.post(
        "/sign-in",
        data={"csrf_token": token, "mobile": "0559876501"},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    assert answer.status_code == 429


def test_nobody_sees_a_code_outside_a_demo(client, app, cast):
    begin(client, cast.noura.mobile)
    code = code_sent(app)
    assert code not in client.get("/sign-in/code").get_data(as_text=True)
    with client.session_transaction() as session:
        assert code not in json.dumps(dict(session))


def test_a_demo_shows_the_code_and_says_so(client, app, cast):
    app.config["DEMO"] = True
    begin(client, cast.noura.mobile)
    page = client.text("/sign-in/code")
    assert f"وضع العرض: الرمز {code_sent(app)}" in page


def test_the_code_leaves_the_outbox_with_the_message(client, app, cast):
    begin(client, cast.noura.mobile)
    code = code_sent(app)
    db.session.expire_all()
    message = db.session.scalars(db.select(Message)).one()
    assert message.sent_at is not None
    assert code not in json.dumps(message.facts)


def test_after_signing_in_the_reader_is_where_they_wanted_to_be(client, app, cast):
    client.send("/sign-in?next=/account", mobile=cast.noura.mobile, remember="y")
    assert client.send("/sign-in/code", code=code_sent(app)).location == "/account"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(client, app, cast, target):
    client.post(
        "/sign-in",
        query_string={"next": target},
        data={"mobile": cast.noura.mobile, "csrf_token": client.token()},
    )
    assert client.send("/sign-in/code", code=code_sent(app)).location == "/"


def test_the_code_page_alone_leads_to_the_beginning(client):
    for address in ("/sign-in/code", "/sign-in/name", "/sign-in/registration"):
        assert client.get(address).location == "/sign-in"
    assert client.send("/sign-in/codes").location == "/sign-in"
    assert client.send("/sign-in/confirmed").location == "/sign-in"


def test_without_a_saudi_number_the_supervisor_helps(client):
    page = client.get("/sign-in?foreign=1")
    assert "تسجيل حضورك يدويًا" in plain(page)
    assert "رقم الجوال مع رمز الدولة" in plain(page)
    assert 'href="/enrolment"' in page.text


@pytest.mark.parametrize("typed", ["+33 6 12 34 56 78", "0033 612345678", "٠٠٣٣٦١٢٣٤٥٦٧٨"])
@pytest.mark.parametrize("page", ["/sign-in", "/sign-in?foreign=1"])
def test_whoever_is_on_a_list_with_a_foreign_number_signs_in_with_it(client, app, now, page, typed):
    amadou = factories.person(now, "أمادو ديالو", mobile="+33612345678")
    assert client.send(page, mobile=typed, remember="y").location == "/sign-in/code"
    assert sent(app)[-1]["to"] == "+33612345678"
    client.send("/sign-in/code", code=code_sent(app))
    assert db.session.scalar(db.select(Device.person_id)) == amadou.id


def test_a_foreign_number_that_nobody_has_costs_no_text_and_gets_the_same_answers(client, app, now):
    factories.person(now, "أمادو ديالو", mobile="+33612345678")
    pages = []
    for mobile in ("+33612345678", "+33698765678"):
        browser = app.test_client()
        answer = begin(browser, mobile)
        page = browser.get("/sign-in/code").get_data(as_text=True)
        pages.append((answer.status_code, answer.location, re.sub(r'value="[^"]{20,}"', "", page)))
    assert pages[0] == pages[1]
    assert "إذا كان الرقم المنتهي بـ 678 في قوائمنا" in browser.text("/sign-in/code")
    assert [one["to"] for one in sent(app)] == ["+33612345678"]


@pytest.mark.parametrize("page", ["/sign-in", "/sign-in?foreign=1"])
def test_what_is_wrong_with_a_foreign_number_is_said_of_a_foreign_number(client, page):
    said = plain(client.send(page, mobile="+33 6 12"))
    assert "مع رمز الدولة" in said
    assert "9 أرقام" not in said


def test_foreign_numbers_are_taken_where_the_setting_says_so(client, app):
    app.config["FOREIGN_NUMBERS"] = True
    answer = client.send("/sign-in?foreign=1", mobile="+20 100 123 4567")
    assert answer.location == "/sign-in/code"
    assert sent(app)[-1]["to"] == "+201001234567"


# --- who it is -----------------------------------------------------------------------------


def test_a_family_phone_asks_for_the_name(client, app, cast, now):
    brother = factories.person(now, "سعد محمد القحطاني", mobile=cast.noura.mobile)
    assert sign_in(client, app, cast.noura.mobile).location == "/sign-in/name"
    assert "سعد محمد القحطاني" in client.text("/sign-in/name")
    assert client.send("/sign-in/name", person=brother.id).status_code == 303
    assert "سعد محمد القحطاني" in client.text("/account")


def test_nobody_can_choose_a_person_with_another_number(client, app, cast, now):
    factories.person(now, "سعد محمد القحطاني", mobile=cast.noura.mobile)
    sign_in(client, app, cast.noura.mobile)
    assert client.send("/sign-in/name", person=cast.salem.id).status_code == 422
    assert client.get_cookie("device") is None


def test_the_choice_of_a_name_ends_after_ten_minutes(client, app, cast, now, at):
    brother = factories.person(now, "سعد محمد القحطاني", mobile=cast.noura.mobile)
    sign_in(client, app, cast.noura.mobile)
    at.move_to(now + timedelta(minutes=11), tick=False)
    assert client.send("/sign-in/name", person=brother.id).location == "/sign-in"


NEW = {
    "name": "فهد  سالم العتيبي",
    "category": "student",
    "team_name": "فريق أجياد",
    "consent": "y",
}


def test_a_newcomer_registers_once_and_is_in(client, app, now):
    assert sign_in(client, app, STRANGERS).location == "/sign-in/registration"
    assert client.send("/sign-in/registration", **NEW).status_code == 303
    person = db.session.scalars(db.select(Person)).one()
    assert (person.name, person.mobile) == ("فهد سالم العتيبي", "+966559876543")
    assert (person.category, person.team_name) == ("student", "فريق أجياد")
    assert person.consented_at == person.mobile_proved_at == now
    assert person.may_check_in


def test_registering_needs_a_name_and_consent_and_loses_nothing(client, app):
    sign_in(client, app, STRANGERS)
    answer = client.send("/sign-in/registration", category="scout", team_name="فريق أجياد")
    text = plain(answer)
    assert answer.status_code == 422
    assert "تلزم موافقتك" in text
    assert 'value="فريق أجياد"' in answer.get_data(as_text=True)
    answer = client.send("/sign-in/registration", **{**NEW, "name": "123"})
    assert "يرجى إدخال الاسم" in plain(answer)
    assert db.session.scalar(db.select(Person.id)) is None


def test_registering_is_only_for_a_proved_number(client):
    begin(client, STRANGERS)
    assert client.send("/sign-in/registration", **NEW).location == "/sign-in"
    assert db.session.scalar(db.select(Person.id)) is None


def test_only_what_the_form_asks_is_taken(client, app):
    sign_in(client, app, STRANGERS)
    client.send("/sign-in/registration", **NEW, email="x@example.org", is_admin="1", partner_id="1")
    person = db.session.scalars(db.select(Person)).one()
    assert (person.email, person.partner_id) == (None, None)


def test_a_minor_needs_a_guardian_and_waits_for_consent(client, app, cast):
    sign_in(client, app, STRANGERS)
    answer = client.send("/sign-in/registration", **NEW, is_minor="y")
    assert "جوال ولي الأمر" in plain(answer)
    assert answer.status_code == 422
    answer = client.send("/sign-in/registration", **NEW, is_minor="y", guardian_mobile="0501112223")
    assert answer.location.startswith("/account/guardian")
    person = db.session.scalars(db.select(Person).where(Person.mobile == "+966559876543")).one()
    assert not person.may_check_in

    client.send("/account/guardian/codes")
    assert sent(app)[-1]["to"] == "+966501112223"
    code = code_sent(app)
    wrong = client.send("/account/guardian", code=f"{(int(code) + 1) % 1_000_000:06}")
    assert "رمز التحقق غير صحيح" in client.text(wrong.location)
    assert client.send("/account/guardian", code=code).status_code == 303
    db.session.expire_all()
    assert db.session.get(Person, person.id).may_check_in


def test_ones_own_number_is_no_guardians(client, app):
    sign_in(client, app, STRANGERS)
    minor = {**NEW, "is_minor": "y"}
    answer = client.send("/sign-in/registration", **minor, guardian_mobile=STRANGERS)
    assert answer.status_code == 422
    assert "هذا رقم جوالك. يرجى إدخال جوال ولي الأمر" in plain(answer)
    assert db.session.scalar(db.select(Person.id).where(Person.mobile == "+966559876543")) is None


def test_a_mistyped_guardians_number_can_be_changed_before_the_consent(client, app):
    sign_in(client, app, STRANGERS)
    minor = {**NEW, "is_minor": "y"}
    client.send("/sign-in/registration", **minor, guardian_mobile="0501112223")
    assert "/account/guardian/mobile" in client.get("/account/guardian").text
    own = client.send("/account/guardian/mobile", guardian_mobile=STRANGERS)
    assert (own.status_code, "هذا رقم جوالك" in plain(own)) == (422, True)
    assert client.send("/account/guardian/mobile", guardian_mobile="abc").status_code == 422
    answer = client.send("/account/guardian/mobile", guardian_mobile="0501112224")
    assert answer.location == "/account/guardian"
    client.send("/account/guardian/codes")
    assert sent(app)[-1]["to"] == "+966501112224"
    client.send("/account/guardian", code=code_sent(app))
    client.send("/account/guardian/mobile", guardian_mobile="0501112223")
    person = db.session.scalars(db.select(Person).where(Person.mobile == "+966559876543")).one()
    assert person.guardian_mobile == "+966501112224"


def test_a_guardians_code_that_came_too_late_is_replaced_at_once(client, app, at, now):
    begin(client, STRANGERS)
    client.send("/sign-in/code", code=code_sent(app))
    young = {**NEW, "is_minor": "y"}
    client.send("/sign-in/registration", **young, guardian_mobile="0501112223")
    client.send("/account/guardian/codes")
    old = code_sent(app)
    at.move_to(now + timedelta(minutes=16), tick=False)
    client.send("/account/guardian", code=old)
    assert "انتهت صلاحية رمز التحقق، وأُرسل رمز جديد" in client.text("/account/guardian")
    assert code_sent(app) != old
    client.send("/account/guardian", code=code_sent(app))
    assert client.get("/account/guardian").location == "/"


def test_a_minor_who_left_the_guardians_page_finds_it_again_at_the_code(client, app, cast):
    begin(client, STRANGERS)
    client.send("/sign-in/code", code=code_sent(app))
    client.send("/sign-in/registration", **NEW, is_minor="y", guardian_mobile="0501112223")
    scan(client, cast)
    to_guardian = f"/account/guardian?next=/S/{cast.poster.code}"
    assert f'href="{to_guardian}"' in client.get(f"/S/{cast.poster.code}").text
    client.send(f"/account/guardian/codes?next=/S/{cast.poster.code}")
    answer = client.send(to_guardian, code=code_sent(app))
    assert answer.location == f"/S/{cast.poster.code}"  # a walk-in is asked before joining


def test_the_guardians_code_is_asked_for_once_it_was_sent(client, app):
    sign_in(client, app, STRANGERS)
    minor = {**NEW, "is_minor": "y"}
    client.send("/sign-in/registration", **minor, guardian_mobile="0501112223")
    assert 'name="code"' not in client.get("/account/guardian").text
    client.send("/account/guardian/codes")
    assert 'name="code"' in client.get("/account/guardian").text


def test_a_registration_names_all_that_is_missing_at_once(client, app):
    sign_in(client, app, STRANGERS)
    answer = plain(client.send("/sign-in/registration", category="student", is_minor="y"))
    for words in ("إدخال الاسم", "إدخال جوال ولي الأمر", "موافقتك"):
        assert words in answer


def test_a_wrong_mobile_keeps_the_shift_that_was_scanned_in_sight(client, cast):
    scan(client, cast)
    scanned = client.text(f"/S/{cast.poster.code}")
    wrong = plain(begin(client, "55"))
    times = re.search(r"من \S+ \S+ إلى \S+ \S+", scanned).group()
    assert times in wrong


def test_the_number_for_the_supervisor_stands_in_both_kinds_of_digits(client, app, cast):
    scan(client, cast)
    begin(client, cast.noura.mobile)
    client.send("/sign-in/confirmation")
    (waiting,) = accounts.pending_sign_ins([cast.mataf.id], clock.now())
    shown = client.text("/sign-in/confirmation")
    number = re.search(r"\b[0-9]{2}\b", shown).group()
    assert number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")) in shown
    assert int(number) in waiting.numbers


# --- a scan that waited --------------------------------------------------------------------


def test_the_scan_is_recorded_at_its_own_time_after_signing_in(client, app, cast, now, at):
    scan(client, cast)
    begin(client, cast.noura.mobile)
    at.move_to(now + timedelta(minutes=6), tick=False)
    answer = client.send("/sign-in/code", code=code_sent(app))
    attendance = db.session.scalars(db.select(Attendance)).one()
    assert answer.location == f"/attendances/{attendance.id}"
    assert (attendance.state, attendance.in_at) == ("open", now)


def test_the_kept_time_is_shown_while_waiting(client, cast):
    scan(client, cast)
    begin(client, cast.noura.mobile)
    assert "وقت المسح محفوظ: 1:00 م" in client.text("/sign-in/code")


# --- the supervisor confirms ---------------------------------------------------------------


def ask_supervisor(client, cast, mobile=None):
    scan(client, cast)
    begin(client, mobile or cast.noura.mobile)
    return client.send("/sign-in/confirmation")


def pending(cast, now):
    return accounts.pending_sign_ins([cast.mataf.id], now)[0]


def test_the_supervisor_is_offered_only_where_a_site_is_known(client, cast):
    begin(client, cast.noura.mobile)
    assert "التأكيد عن طريق المشرف" not in client.text("/sign-in/code")
    assert client.send("/sign-in/confirmation").location == "/sign-in"
    scan(client, cast)
    assert "التأكيد عن طريق المشرف" in client.text("/sign-in/code")


def test_a_confirmed_volunteer_is_in_and_checked_in(client, cast, now):
    assert ask_supervisor(client, cast).location == "/sign-in/confirmation"
    waiting = pending(cast, now)
    number = re.search(
        r"يرجى إظهار هذا الرقم للمشرف (\d\d)", client.text("/sign-in/confirmation")
    ).group(1)
    assert int(number) in waiting.numbers
    assert client.send("/sign-in/confirmed").location == "/sign-in/confirmation"
    accounts.confirm_sign_in(waiting.id, int(number), by=cast.salem.id, now=now)
    assert "تم التأكيد من المشرف" in client.text("/sign-in/confirmation")
    assert client.send("/sign-in/confirmed").location.startswith("/attendances/")
    person = db.session.get(Person, cast.noura.id)
    assert person.mobile_proved_at is None


def test_a_confirmation_works_in_one_browser_and_once(app, client, cast, now):
    ask_supervisor(client, cast)
    waiting = pending(cast, now)
    number = int(re.search(r"\b\d\d\b", client.text("/sign-in/confirmation")).group())
    accounts.confirm_sign_in(waiting.id, number, by=cast.salem.id, now=now)
    other = app.test_client()
    scan(other, cast)
    begin(other, cast.noura.mobile)
    assert other.send("/sign-in/confirmed").location == "/sign-in/confirmation"
    assert other.get_cookie("device") is None
    client.send("/sign-in/confirmed")
    assert client.get_cookie("device") is not None


def test_a_refused_volunteer_reads_what_to_do(client, cast, now):
    ask_supervisor(client, cast)
    waiting = pending(cast, now)
    shown = int(re.search(r"\b\d\d\b", client.text("/sign-in/confirmation")).group())
    wrong = next(number for number in waiting.numbers if number != shown)
    for _ in range(2):
        with pytest.raises(Exception, match=r"number_wrong|confirmation_refused"):
            accounts.confirm_sign_in(waiting.id, wrong, by=cast.salem.id, now=now)
    assert "لم يتطابق الرقم" in client.text("/sign-in/confirmation")
    assert client.send("/sign-in/confirmed").location == "/sign-in/confirmation"
    assert client.get_cookie("device") is None


def test_waiting_asks_for_little_and_gets_304_until_something_happens(client, cast, now):
    ask_supervisor(client, cast)
    first = client.get("/sign-in/confirmation", headers={"HX-Request": "true"})
    assert "<html" not in first.get_data(as_text=True)
    headers = {"HX-Request": "true", "If-None-Match": first.headers["ETag"]}
    assert client.get("/sign-in/confirmation", headers=headers).status_code == 304
    waiting = pending(cast, now)
    number = int(re.search(r">\s*(\d\d)\s*<", first.get_data(as_text=True)).group(1))
    accounts.confirm_sign_in(waiting.id, number, by=cast.salem.id, now=now)
    again = client.get("/sign-in/confirmation", headers=headers)
    assert (again.status_code, "data-auto" in again.get_data(as_text=True)) == (200, True)


def test_looking_changes_nothing(client, cast, app):
    ask_supervisor(client, cast)
    before = _database(app)
    for address in ("/sign-in", "/sign-in/code", "/sign-in/confirmation", "/sign-in/name"):
        client.get(address)
    assert _database(app) == before


def _database(app):
    return {
        table.name: [tuple(row) for row in db.session.execute(db.select(table))]
        for table in db.metadata.sorted_tables
    }
