"""Staff sign in with e-mail, password and authenticator; invitations and choices of a password."""

import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain import totp
from checkin.models import Device, Person
from checkin.operations import accounts
from checkin.web import clock
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
GOOD = "four calm walks at dawn"


@pytest.fixture
def salem(cast, now):
    accounts.set_password(cast.salem.id, GOOD, by=None, now=now)
    return cast.salem


def sign_in(client, password=GOOD, email="salem@example.org", address="/staff/sign-in"):
    return client.send(address, email=email, password=password)


def code_at(secret, ago=0):
    return totp.code_at(secret, int(clock.now().timestamp()) // 30 - ago)


def is_in(client):
    return client.get("/account").status_code == 200


def test_a_password_opens_a_session_of_twelve_hours(client, salem, now):
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    device = db.session.scalars(db.select(Device)).one()
    assert (device.kind, device.expires_at) == ("staff", now + timedelta(hours=12))
    assert is_in(client)


def test_a_wrong_password_is_said_without_naming_what_is_wrong(client, salem):
    wrong = sign_in(client, password="wrong")
    unknown = sign_in(client, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 422
    assert "البريد الإلكتروني أو كلمة المرور غير صحيحة" in plain(wrong)
    assert plain(wrong) == plain(unknown)
    assert 'value="salem@example.org"' in wrong.get_data(as_text=True)
    assert "wrong" not in wrong.get_data(as_text=True)


def test_the_sixth_try_is_429(client, salem):
    for _ in range(5):
        sign_in(client, password="wrong")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "محاولات كثيرة" in plain(answer)


def test_staff_return_to_where_they_wanted_to_be(client, salem):
    assert sign_in(client, address="/staff/sign-in?next=/account").location == "/account"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/%5Cevil", "javascript:1"]
)
def test_signing_in_never_leads_to_another_site(client, salem, target):
    location = sign_in(client, address=f"/staff/sign-in?next={target}").location
    assert location.startswith("/")
    assert "evil.example" not in location


def test_signing_in_on_a_remembered_phone_makes_it_a_staff_session(browser_of, salem, now, at):
    browser = browser_of(salem)
    at.move_to(now + timedelta(hours=11), tick=False)
    assert sign_in(browser).status_code == 303
    assert "تغيير كلمة المرور" in browser.text("/account")


def test_a_phone_alone_gives_no_staff_pages(browser_of, salem):
    assert browser_of(salem).get("/account/password").status_code == 404


# --- authenticator -------------------------------------------------------------------------


@pytest.fixture
def secret(salem, now):
    secret = accounts.new_totp_secret()
    before = now - timedelta(minutes=5)
    step = int(before.timestamp()) // 30
    accounts.enrol_totp(salem.id, secret, totp.code_at(secret, step), now=before)
    return secret


def test_with_an_authenticator_the_password_is_half_of_it(client, salem, secret):
    assert sign_in(client).location == "/staff/sign-in/code"
    assert client.get("/account").status_code == 303
    assert client.send("/staff/sign-in/code", code="000000").status_code == 422
    assert client.send("/staff/sign-in/code", code=code_at(secret)).status_code == 303
    assert is_in(client)


def test_the_second_half_ends_after_ten_minutes(client, salem, secret, now, at):
    sign_in(client)
    at.move_to(now + timedelta(minutes=11), tick=False)
    answer = client.send("/staff/sign-in/code", code=code_at(secret))
    assert answer.location == "/staff/sign-in"


def test_the_second_half_alone_is_nothing(client):
    assert client.get("/staff/sign-in/code").location == "/staff/sign-in"
    assert client.get("/staff/authenticator").location == "/staff/sign-in"


def test_staff_set_up_an_authenticator(client, salem):
    sign_in(client)
    page = client.get("/staff/authenticator").get_data(as_text=True)
    secret = re.search(r'dir="ltr">([A-Z2-7]{32})<', page).group(1)
    wrong = client.send("/staff/authenticator", code="000")
    assert wrong.status_code == 422
    assert secret in wrong.get_data(as_text=True)
    assert client.send("/staff/authenticator", code=code_at(secret)).location == "/account"
    assert accounts.security_of(salem.id).has_totp
    assert client.get("/staff/authenticator").location == "/account"


def test_a_phone_cannot_set_up_an_authenticator(browser_of, salem):
    assert browser_of(salem).get("/staff/authenticator").location == "/staff/sign-in"


def test_where_it_is_required_staff_set_one_up_before_anything_else(client, app, salem):
    app.config["REQUIRE_TOTP"] = True
    assert sign_in(client).location == "/staff/authenticator"
    assert client.get("/account").status_code == 303
    page = client.get("/staff/authenticator").get_data(as_text=True)
    secret = re.search(r'dir="ltr">([A-Z2-7]{32})<', page).group(1)
    assert client.send("/staff/authenticator", code=code_at(secret)).status_code == 303
    assert is_in(client)


# --- invitations and passwords -------------------------------------------------------------


def test_an_invitation_leads_in(client, cast, now):
    token = accounts.invite_staff(cast.salem.id, by=cast.majed.id, now=now)
    address = f"/staff/invitations/{token}"
    short = client.send(address, new="short")
    assert short.status_code == 422
    assert "12 حرفًا على الأقل" in plain(short)
    assert client.send(address, new=GOOD).status_code == 303
    assert is_in(client)
    assert client.get(address).status_code == 410


def test_looking_at_an_invitation_does_not_use_it_up(client, cast, now):
    token = accounts.invite_staff(cast.salem.id, by=cast.majed.id, now=now)
    for _ in range(3):
        assert client.get(f"/staff/invitations/{token}").status_code == 200


def test_a_forged_invitation_is_over(client):
    assert client.get("/staff/invitations/forged").status_code == 410
    assert client.get(f"/staff/invitations/{'x' * 301}").status_code == 404


def test_staff_change_their_password_and_stay_in(client, salem, at, now):
    sign_in(client)
    at.move_to(now + timedelta(minutes=1), tick=False)
    wrong = client.send("/account/password", current="wrong", new="five calm walks at dusk")
    assert wrong.status_code == 422
    common = client.send("/account/password", current=GOOD, new="password12345")
    assert "سهلة التخمين" in plain(common)
    done = client.send("/account/password", current=GOOD, new="five calm walks at dusk")
    assert done.location == "/account"
    assert is_in(client)
    db.session.expire_all()
    assert db.session.get(Person, salem.id).password_changed_at == clock.now()


def test_a_taken_role_or_account_ends_at_the_next_request(client, salem, cast):
    sign_in(client)
    accounts.remove_totp(salem.id, by=cast.majed.id, now=clock.now())
    assert client.get("/account").status_code == 303
