"""Scans in batches: kept once, answered one by one, live or judged by what can be proved."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text

from checkin.database import db
from checkin.models import Attendance, Scan
from checkin.operations import badges, limits, receipts
from tests import factories
from tests.web.api import SAME_ORIGIN, act, outcomes, results, send

HOUR = timedelta(hours=1)


@pytest.fixture
def code(cast):
    return f"S/{cast.poster.code}"


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(Scan))


def record(cast) -> Attendance:
    return db.session.scalar(select(Attendance).where(Attendance.volunteer_id == cast.noura.id))


# --- kept, once ----------------------------------------------------------------------------


def test_a_live_scan_checks_in_by_the_servers_clock(noura, cast, code, now):
    (result,) = results(send(noura, act("in", code), now=now, skew=3 * HOUR))
    assert (result["status"], result["outcome"]) == (200, "checked_in")
    assert (result["evidence"], result["flags"]) == ("poster", ["new_device"])
    assert result["effective_at"] == now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert result["address"] == f"/attendances/{result['attendance_id']}"
    assert (result["site"], result["name"]) == ("Mataf courtyard", cast.noura.name)
    assert result["sentence"] == "You’re checked in"
    assert noura.get(result["address"]).status_code == 200


def test_a_whole_shift_without_a_network_counts_as_it_was(noura, cast, code, now):
    came, left = now - HOUR / 2, now + 3 * HOUR
    acts = [act("out", code, left, beneficiaries=25), act("in", code, came)]
    told = results(send(noura, *acts, now=now + 8 * HOUR))
    assert [result["outcome"] for result in told] == ["checked_out", "checked_in"]
    assert {result["evidence"] for result in told} == {"offline"}
    kept = record(cast)
    assert (kept.state, kept.in_at, kept.out_at) == ("closed", came, left)
    assert (kept.credited_minutes, kept.beneficiaries) == (210, 25)
    assert {"offline", "late_upload"} <= set(kept.flags)


def test_the_same_act_sent_again_has_one_effect_and_one_answer(noura, code, now):
    one = act("in", code, now - HOUR / 2)
    (first,) = results(send(noura, one, now=now))
    (again,) = results(send(noura, one, now=now + HOUR / 4))
    assert (first.pop("replayed"), again.pop("replayed")) == (False, True)
    assert first == again
    assert kept() == 1


def test_a_live_scan_whose_answer_was_lost_is_the_same_scan_later(noura, code, now):
    one = {**act("in", code), "device_at": now.isoformat()}
    (first,) = results(send(noura, one, now=now))
    (again,) = results(send(noura, one, now=now + HOUR))
    assert again["replayed"]
    assert again["effective_at"] == first["effective_at"]
    assert kept() == 1


def test_the_same_id_with_other_content_is_refused_and_said(noura, code, now):
    one = act("out", code, now - HOUR / 4, beneficiaries=10)
    send(noura, act("in", code, now - HOUR / 2), one, now=now)
    (again,) = results(send(noura, {**one, "beneficiaries": 90}, now=now))
    assert (again["status"], again["outcome"]) == (409, "scan_reused")
    assert "sent before with other details" in again["sentence"]
    assert kept() == 2


def test_an_undo_in_the_same_batch_takes_its_scan_back(noura, cast, code, now):
    came = act("in", code, now - HOUR / 4)
    back = act("undo", None, now - HOUR / 5, undoes=came["uid"])
    told = results(send(noura, back, came, now=now))
    assert [result["outcome"] for result in told] == ["undone", "checked_in"]
    assert record(cast).state == "cancelled"


def test_what_comes_too_late_is_kept_and_asks_the_supervisor(noura, cast, code, now):
    (result,) = results(send(noura, act("in", code, now - 73 * HOUR), now=now))
    assert (result["status"], result["outcome"]) == (200, "stale")
    assert "stale" in result["flags"]
    assert result["attendance_id"] is None
    assert kept() == 1


@pytest.mark.parametrize("spelling", ["{}", "http://localhost/S/{}", "https://v.example/s/{}/"])
def test_a_code_may_come_with_its_whole_address(noura, cast, now, spelling):
    read = spelling.format(cast.poster.code if "/" in spelling else f"S/{cast.poster.code}")
    assert outcomes(send(noura, act("in", read), now=now)) == ["checked_in"]


def test_the_short_code_of_a_poster_is_enough(noura, cast, now):
    (result,) = results(send(noura, act("in", f"s/{cast.poster.short_code.lower()}"), now=now))
    assert result["outcome"] == "checked_in"
    assert db.session.scalar(select(Scan.carrier)) == "short"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("S/ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "code_unknown"),
        ("R/000000000000000000000000000000000000000", "code_unknown"),
        ("http://[", "code_unknown"),
        ("B/0123456789ABCDEFGHJKMNPQRS", "code_unknown"),
        ("S/\0", "code_unknown"),
        (None, "code_missing"),
    ],
)
def test_an_unknown_code_is_said_and_nothing_is_kept(noura, now, code, outcome):
    (result,) = results(send(noura, act("in", code), now=now))
    assert (result["status"], result["outcome"]) == (422, outcome)
    assert result["sentence"]
    assert kept() == 0


def test_nobody_checks_in_by_naming_a_shift(noura, cast, now):
    (result,) = results(send(noura, act("in", None, shift_id=cast.shift.id), now=now))
    assert result["outcome"] == "code_missing"


def test_checking_out_without_a_code_is_only_a_claim(noura, cast, code, now):
    send(noura, act("in", code), now=now)
    leaves = act("out", None, shift_id=cast.shift.id)
    (result,) = results(send(noura, leaves, now=now + HOUR))
    assert (result["outcome"], result["evidence"]) == ("checked_out", "claimed")


# --- time ----------------------------------------------------------------------------------


def test_a_phones_wrong_clock_is_put_right_and_told(noura, code, now):
    skew = timedelta(minutes=-47)
    came = act("in", code, now - HOUR / 2 + skew)
    (result,) = results(send(noura, came, now=now, skew=skew))
    assert result["effective_at"].startswith((now - HOUR / 2).strftime("%Y-%m-%dT%H:%M"))
    assert "clock_skew" in result["flags"]


def test_no_scan_is_older_than_the_receipt_the_phone_held(noura, code, now):
    with time_machine.travel(now - HOUR / 4, tick=False):
        receipt = noura.get("/api/v1/time").get_json()["time_receipt"]
    claims = act("in", code, now - HOUR)
    (result,) = results(send(noura, claims, now=now, receipt=receipt))
    assert result["effective_at"].startswith((now - HOUR / 4).strftime("%Y-%m-%dT%H:%M"))
    assert "clock_jump" in result["flags"]


def test_each_scan_may_bring_the_receipt_it_was_made_with(noura, cast, code, now):
    early, late = (receipts.of_time(now - hours * HOUR) for hours in (2, 1 / 4))
    came = act("in", code, now - HOUR, receipt=early)
    (result,) = results(send(noura, came, now=now, receipt=late))
    assert result["effective_at"].startswith((now - HOUR).strftime("%Y-%m-%dT%H:%M"))


def test_a_receipt_that_was_touched_is_ignored(noura, code, now):
    receipt = receipts.of_time(now - HOUR / 4)
    claims = act("in", code, now - HOUR)
    (result,) = results(send(noura, claims, now=now, receipt=f"{receipt[:-1]}-"))
    assert result["effective_at"].startswith((now - HOUR).strftime("%Y-%m-%dT%H:%M"))


def test_a_third_shift_in_a_month_without_a_network_is_told(noura, cast, code, now):
    begun = now - timedelta(hours=60)
    for number in range(3):
        starts = begun + timedelta(hours=20 * number)
        shift = factories.shift(starts, cast.mataf, minutes=120)
        factories.assign(now, cast.noura, shift)
        acts = [act("in", code, starts), act("out", code, starts + HOUR)]
        told = results(send(noura, *acts, now=now + number * HOUR / 60))
        assert ["often_offline" in result["flags"] for result in told] == [number == 2] * 2


# --- one bad item never hurts the others ---------------------------------------------------


def test_what_cannot_be_read_holds_up_none_of_the_others(noura, code, now):
    bad = [
        {**act("in", code), "beneficiaries": 100_001},
        {**act("in", code), "device_at": "yesterday"},
        {**act("in", code), "surprise": 1},
        {"uid": "not-an-id", "act": "in"},
        {"act": "in"},
        {**act("in", code), "device_at": "9999-01-01T00:00:00+00:00"},
        act("dance", code),
    ]
    told = results(send(noura, *bad, act("in", code), now=now))
    assert [result["status"] for result in told] == [422] * 7 + [200]
    assert {result["outcome"] for result in told[:7]} == {"unreadable"}
    assert told[0]["uid"] == bad[0]["uid"]
    assert "beneficiaries" in told[0]["sentence"]
    assert kept() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"sent_at": "2026-11-22T10:00:00Z", "scans": []}',
        b'{"sent_at": "2026-11-22T10:00:00", "scans": [1]}',
        b'{"sent_at": "2026-11-22T10:00:00Z", "scans": [1], "more": 1}',
        b'{"sent_at": "2026-11-22T10:00:00Z", "scans": [' + b"1," * 50 + b"1]}",
        b"[" * 100_000,
        b'{"sent_at": "2026-11-22T10:00:00Z", "scans": [' + b"[" * 100_000,
        b'{"a":' * 40_000,
    ],
)
def test_a_message_that_cannot_be_read_is_refused_whole(noura, body):
    answer = noura.post(
        "/api/v1/scans", data=body, content_type="application/json", headers=SAME_ORIGIN
    )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "unreadable")


def test_a_message_that_is_too_long_is_refused_unread(noura):
    answer = noura.post(
        "/api/v1/scans",
        data=b" " * (256 * 1024 + 1),
        content_type="application/json",
        headers=SAME_ORIGIN,
    )
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "413")


def test_a_scan_deep_in_brackets_is_one_bad_item(noura, code, now):
    deep = json.loads("[" * 200 + "]" * 200)
    told = results(send(noura, {**act("in", code), "reason": deep}, act("in", code), now=now))
    assert [result["status"] for result in told] == [422, 200]


def test_words_that_cannot_be_shown_are_refused(noura, cast, code, now):
    send(noura, act("in", code), now=now)
    (result,) = results(send(noura, act("out", code, reason="a\0b"), now=now + HOUR))
    assert (result["status"], result["outcome"]) == (422, "text_unreadable")


# --- who -----------------------------------------------------------------------------------


def test_a_stranger_is_asked_to_sign_in_and_told_in_json(client, code, now):
    answer = send(client, act("in", code), now=now)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "401")


def test_scans_of_another_volunteer_wait_for_their_owner(noura, cast, code, now):
    other = act("in", code, now - HOUR / 2, volunteer=receipts.reference_of(cast.salem.id))
    mine = act("in", code, now - HOUR / 4, volunteer=receipts.reference_of(cast.noura.id))
    told = results(send(noura, other, mine, now=now))
    assert [(one["status"], one["outcome"]) for one in told] == [
        (403, "other_volunteer"),
        (200, "checked_in"),
    ]
    assert db.session.scalars(select(Scan.volunteer_id)).all() == [cast.noura.id]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_a_cookie_is_believed_only_from_our_own_pages(noura, code, now, headers, status):
    answer = send(noura, act("in", code), now=now, headers=headers)
    assert answer.status_code == status
    assert kept() == (status == 200)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_form_cannot_send_scans(noura, kind):
    answer = noura.post("/api/v1/scans", data=b"{}", content_type=kind, headers=SAME_ORIGIN)
    assert answer.status_code == 415


def test_thirty_batches_a_minute_are_enough_for_a_phone(noura, cast, code, now):
    with time_machine.travel(now, tick=False):
        device = db.session.scalar(text("SELECT max(id) FROM devices"))
        for _ in range(30):
            limits.take(f"api:{cast.noura.id}:{device}", 30, timedelta(minutes=1), now)
    answer = send(noura, act("in", code), now=now)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (429, "too_many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert outcomes(send(noura, act("in", code), now=now + HOUR / 60)) == ["checked_in"]


# --- a tablet ------------------------------------------------------------------------------


@pytest.fixture
def salem(browser_of, cast):
    return browser_of(cast.salem, kind="staff", lang="en")


def test_a_tablet_is_told_whose_badge_it_was_and_since_when(salem, cast, now):
    (badge,) = badges.make([cast.noura.id], by=cast.layla.id, now=now - HOUR)
    read = {"code": f"B/{badges.code_of(badge)}", "site_id": cast.mataf.id}
    came, left = (act("badge", at=now + hours * HOUR, **read) for hours in (0, 2))
    told = results(send(salem, came, left, now=now + 3 * HOUR))
    assert [(one["act"], one["outcome"], one["sentence"]) for one in told] == [
        ("in", "checked_in", "Checked in"),
        ("out", "checked_out", "Checked out"),
    ]
    assert {one["name"] for one in told} == {cast.noura.name}
    assert {one["address"] for one in told} == {None}
    assert (told[1]["in_at"], told[1]["out_at"]) == ("2026-11-22T10:00:00Z", "2026-11-22T12:00:00Z")


def test_a_remembered_phone_enters_nobody_by_hand(browser_of, cast, now):
    entry = {"person_id": cast.noura.id, "shift_id": cast.shift.id, "reason": "no_phone"}
    (told,) = results(send(browser_of(cast.salem), act("manual_in", **entry), now=now))
    assert (told["status"], told["outcome"]) == (422, "not_found")
    assert kept() == 0


def test_what_lies_out_of_reach_is_not_there(browser_of, cast, now):
    entry = {"person_id": cast.noura.id, "shift_id": cast.shift.id, "reason": "no_phone"}
    huda = browser_of(cast.huda, kind="staff", lang="en")
    (told,) = results(send(huda, act("manual_in", **entry), now=now))
    assert (told["status"], told["outcome"]) == (422, "not_found")
    assert told["sentence"] == "This person, shift or site is not within reach"


# --- offering again ------------------------------------------------------------------------


def test_a_phone_learns_which_of_its_scans_are_gone(noura, code, now):
    one = act("in", code)
    send(noura, one, now=now)
    lost = str(uuid.uuid4())
    answer = noura.post(
        "/api/v1/scans/known", json={"uids": [lost, one["uid"]]}, headers=SAME_ORIGIN
    )
    assert answer.get_json() == {"unknown": [lost]}


def test_nobody_learns_of_the_scans_of_others(noura, browser_of, cast, code, now):
    one = act("in", code)
    send(noura, one, now=now)
    asks = {"json": {"uids": [one["uid"]]}, "headers": SAME_ORIGIN}
    for stranger in (cast.huda, cast.layla):
        browser = browser_of(stranger, kind="staff")
        assert browser.post("/api/v1/scans/known", **asks).get_json() == {"unknown": [one["uid"]]}


# --- when the database refuses, or is gone --------------------------------------------------


def test_a_scan_the_database_refuses_holds_up_none_of_the_others(noura, cast, code, now):
    db.session.execute(
        text(
            "CREATE TRIGGER odd BEFORE INSERT ON scans WHEN NEW.kind = 'out' "
            "BEGIN SELECT RAISE(ABORT, 'odd'); END"
        )
    )
    db.session.connection().connection.commit()
    acts = [act("in", code, now - HOUR / 2), act("out", code, now - HOUR / 4), act("dance")]
    answer = send(noura, *acts, now=now)
    assert [one["status"] for one in results(answer)] == [200, 503, 422]
    assert int(answer.headers["Retry-After"]) > 0
    assert results(answer)[1]["sentence"].endswith("Nothing is lost")
    assert kept() == 1


def test_without_a_database_everything_waits_on_the_phone(noura, cast, code, now, app):
    db.session.execute(text("ALTER TABLE scans RENAME TO scans_gone"))
    db.session.connection().connection.commit()
    answer = send(noura, act("in", code), now=now)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["error"]["code"] == "503"
    db.session.execute(text("ALTER TABLE scans_gone RENAME TO scans"))
    db.session.connection().connection.commit()
    assert outcomes(send(noura, act("in", code), now=now)) == ["checked_in"]
