"""A phone nobody knows: the scan's time is kept while its owner proves a number."""

from datetime import timedelta

from checkin.database import db
from checkin.models import Message
from tests import factories
from tests.pages import plain
from tests.web.scanning import address, attendances_of, scans_of, set_values

MINUTES = timedelta(minutes=1)


def sign_in(client, mobile: str) -> str:
    """The number, then the code that was sent to it; where it leads."""
    client.send("/sign-in", mobile=mobile, remember="y")
    query = db.select(Message).where(Message.mobile == mobile).order_by(Message.id.desc())
    code = db.session.scalars(query).first().facts["code"]
    db.session.rollback()
    return client.send("/sign-in/code", code=code).location


def test_r3_the_page_asks_for_the_number_and_shows_the_kept_time(at, cast, client):
    client.set_cookie("prefs", "ar.latn.auto")
    answer = client.get(address(cast.poster))
    text = plain(answer)
    assert answer.status_code == 200
    assert "رقم الجوال المسجّل في التطوع" in text
    assert "صحن المطاف – الفرز البصري" in text
    assert "من 12:00 م إلى 5:00 م" in text
    assert "وقت المسح محفوظ: 1:00 م" in text
    assert 'action="/sign-in' in answer.text


def test_a_slow_message_costs_no_minutes(at, cast, client, now):
    client.get(address(cast.poster))
    at.move_to(now + 9 * MINUTES)
    target = sign_in(client, cast.noura.mobile)
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, attendance.in_at) == ("open", now)
    assert target == f"/attendances/{attendance.id}"
    assert scans_of(cast.noura)[0].device_id is not None


def test_the_moment_is_not_kept_for_ever(at, cast, client, now):
    client.get(address(cast.poster))
    at.move_to(now + 16 * MINUTES)
    target = sign_in(client, cast.noura.mobile)
    assert attendances_of(cast.noura) == []
    assert target == "/"


def test_touching_the_same_code_again_keeps_the_earlier_time(at, cast, client, now):
    client.get(address(cast.poster))
    at.move_to(now + 5 * MINUTES)
    client.get(address(cast.poster))
    sign_in(client, cast.noura.mobile)
    assert attendances_of(cast.noura)[0].in_at == now


def test_whatever_needs_a_question_is_asked_on_the_posters_page(at, cast, client, now):
    factories.shift(now, cast.squares, factories.opportunity(now, walk_ins=True), starts=-10)
    poster = factories.poster(now, cast.squares)
    client.get(address(poster))
    assert sign_in(client, cast.salem.mobile) == address(poster)
    assert scans_of(cast.salem) == []


def test_somebody_already_in_is_not_checked_out_by_signing_in(at, cast, client, now):
    factories.check_in(cast.noura, cast.poster, now - 60 * MINUTES)
    client.get(address(cast.poster))
    assert sign_in(client, cast.noura.mobile) == address(cast.poster)
    assert attendances_of(cast.noura)[0].state == "open"


def test_a_tap_after_the_session_ended_leads_back_through_signing_in(at, cast, client):
    sent = {"scan_uid": "11111111-1111-4111-8111-111111111111", "kind": "in"}
    answer = client.send(address(cast.poster), **sent)
    assert (answer.status_code, answer.location) == (303, address(cast.poster))
    assert scans_of(cast.noura) == []


def test_a_withdrawn_poster_asks_nobody_to_sign_in(at, cast, client, now):
    set_values(cast.poster, revoked_at=now)
    assert client.get(address(cast.poster)).status_code == 410


def test_the_kept_moment_cannot_be_forged(at, cast, client, now):
    client.set_cookie("s", "eyJpbnRlbnQiOnt9fQ.forged.forged")
    client.get(address(cast.poster))
    sign_in(client, cast.noura.mobile)
    assert attendances_of(cast.noura)[0].in_at == now
