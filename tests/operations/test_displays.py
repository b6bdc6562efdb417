"""Screens on both databases: made, paired, opened and stopped; and whose code a token is."""

import hashlib
from datetime import timedelta

import pytest
from flask import current_app

from checkin.database import db
from checkin.domain import rotating
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Flag
from checkin.domain.roles import Permission, Role
from checkin.domain.scanning import Code
from checkin.models import AuditEntry, Display
from checkin.operations import displays, limits
from checkin.operations.displays.screens import PAIRING_LIVES
from checkin.operations.permissions import Held, reach_of
from tests import factories

SECONDS = timedelta(seconds=1)
MINUTES = timedelta(minutes=1)
HERE = "203.0.113.7"


@pytest.fixture
def opened(cast, now):
    """What Salem opened on the tablet at the Mataf."""
    return displays.open_here(cast.mataf.id, "4821", by=cast.salem.id, now=now)


def stored(display) -> Display:
    db.session.rollback()
    return db.session.get_one(Display, display.id, populate_existing=True)


def problem_of(call, *args, **named) -> str:
    with pytest.raises(Problem) as caught:
        call(*args, **named)
    return caught.value.code


# The life of a screen


def test_secrets_are_kept_as_hashes_only(cast, now, opened):
    made = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=now)
    row, paired = stored(made.display), stored(opened.display)
    assert row.pairing_sha == hashlib.sha256(made.secret.encode()).hexdigest()
    assert paired.credential_sha == hashlib.sha256(opened.secret.encode()).hexdigest()
    assert "4821" not in (paired.pin_mac or "")
    assert len(opened.secret) >= 43


def test_every_act_is_noted(cast, now, opened):
    displays.leave(opened.display.id, "4821", now=now)
    made = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=now)
    displays.pair(made.secret, address=HERE, now=now)
    displays.renew_pairing(made.display.id, by=cast.layla.id, now=now)
    displays.revoke(made.display.id, by=cast.layla.id, now=now)
    displays.revoke(made.display.id, by=cast.layla.id, now=now)
    acts = db.session.scalars(db.select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert [act for act in acts if act.startswith("display.")] == [
        *("display.make", "display.open", "display.leave"),
        *("display.make", "display.pair", "display.renew", "display.revoke"),
    ]


def test_a_pairing_code_is_read_forgivingly_and_works_once(cast, now):
    made = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=now)
    typed = f"{made.secret[:3]}-{made.secret[3:]}".lower()
    paired = displays.pair(typed, address=HERE, now=now)
    assert displays.recognise(paired.secret).id == made.display.id
    assert problem_of(displays.pair, typed, address=HERE, now=now) == "pairing_unknown"


@pytest.mark.parametrize(("after", "works"), [(-SECONDS, True), (0 * SECONDS, False)])
def test_a_pairing_code_lives_for_ten_minutes(cast, now, after, works):
    made = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=now)
    at = now + PAIRING_LIVES + after
    if works:
        assert displays.pair(made.secret, address=HERE, now=at).display.id == made.display.id
    else:
        assert problem_of(displays.pair, made.secret, address=HERE, now=at) == "pairing_unknown"


def test_guessing_from_one_address_is_stopped_and_others_go_on(cast, now):
    made = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=now)
    for _ in range(20):
        assert problem_of(displays.pair, "ZZZZZZ", address=HERE, now=now) == "pairing_unknown"
    assert problem_of(displays.pair, made.secret, address=HERE, now=now) == "too_many"
    assert displays.pair(made.secret, address="198.51.100.2", now=now).secret


def test_a_stopped_screen_is_never_paired_again(cast, now):
    made = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=now)
    displays.revoke(made.display.id, by=cast.salem.id, now=now)
    assert problem_of(displays.pair, made.secret, address=HERE, now=now) == "pairing_unknown"
    with pytest.raises(Conflict, match="display_revoked"):
        displays.renew_pairing(made.display.id, by=cast.salem.id, now=now)


def test_a_closed_site_gets_no_screen(cast, now):
    factories.alter(cast.mataf, closed_at=now)
    named = {"by": cast.salem.id, "now": now}
    assert problem_of(displays.create, cast.mataf.id, "x", **named) == "display_site_closed"
    assert problem_of(displays.open_here, cast.mataf.id, "4821", **named) == "display_site_closed"
    with pytest.raises(NotFound):
        displays.create(10**6, "x", **named)


@pytest.mark.parametrize("pin", ["", "48", "48211", "abcd", "48.1", "٤٨"])
def test_a_pin_is_four_digits_of_any_script(cast, now, pin):
    refused = problem_of(displays.open_here, cast.mataf.id, pin, by=cast.salem.id, now=now)
    assert refused == "pin_invalid"
    opened = displays.open_here(cast.mataf.id, "٤٨٢١", by=cast.salem.id, now=now)
    displays.leave(opened.display.id, "4821", now=now)
    assert displays.recognise(opened.secret) is None


def test_the_pin_of_a_changed_secret_still_opens(now, opened, monkeypatch):
    secret = current_app.config["SECRET_KEY"]
    monkeypatch.setitem(current_app.config, "SECRET_KEY", "a new key that is long enough, 98765")
    monkeypatch.setitem(current_app.config, "SECRET_KEY_FALLBACKS", [secret])
    displays.leave(opened.display.id, "4821", now=now)


def test_a_wrong_pin_stays_counted_and_the_right_one_forgives(now, opened):
    display_id = opened.display.id
    for _ in range(4):
        assert problem_of(displays.leave, display_id, "0000", now=now) == "pin_wrong"
    displays.leave(display_id, "4821", now=now)
    assert limits.take(f"display.pin:{display_id}", 5, 15 * MINUTES, now) == 1


def test_a_screen_that_was_left_is_over_with_its_codes(cast, now, opened):
    before = displays.live_at(cast.mataf.id, now)
    displays.leave(opened.display.id, "4821", now=now)
    assert displays.recognise(opened.secret) is None
    assert displays.live_at(cast.mataf.id, now) is None
    assert displays.shown(before.token).judged(now) is Code.REVOKED
    assert displays.typed(before.digits, cast.mataf.id, now) is None
    assert problem_of(displays.leave, opened.display.id, "4821", now=now) == "pin_wrong"


def test_keys_that_were_copied_before_the_end_make_nothing_that_counts(cast, now, opened):
    display = stored(opened.display)
    place = display.number, display.site_id, display.epoch
    (day, key), _ = displays.keys_of(display, now)
    displays.leave(opened.display.id, "4821", now=now)
    displays.open_here(cast.mataf.id, "4821", by=cast.salem.id, now=now)
    window = rotating.window_of(now + MINUTES)
    assert rotating.day_of(window) == day
    copied = rotating.token(displays.key_id(), key, *place, window)
    assert displays.shown(copied).judged(now + MINUTES) is Code.REVOKED


def test_opening_again_gives_the_same_screen_with_other_codes(cast, now, opened):
    before = displays.live_at(cast.mataf.id, now)
    displays.leave(opened.display.id, "4821", now=now)
    again = displays.open_here(cast.mataf.id, "1111", by=cast.salem.id, now=now)
    assert again.display.id == opened.display.id
    assert displays.shown(before.token).judged(now) is Code.REVOKED
    assert displays.shown(displays.live_at(cast.mataf.id, now).token).judged(now) is Code.ACTIVE
    other = displays.open_here(cast.mataf.id, "2222", by=cast.layla.id, now=now)
    assert other.display.id != opened.display.id


def test_the_list_does_not_fill_up_with_screens_that_were_left(cast, now, opened):
    def listed():
        return [display.id for display in displays.displays_within([cast.mataf.id])]

    waiting = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=now).display.id
    assert listed() == [opened.display.id, waiting]
    displays.leave(opened.display.id, "4821", now=now)
    for person in (cast.salem, cast.layla, cast.salem):
        again = displays.open_here(cast.mataf.id, "4821", by=person.id, now=now)
        assert listed() == [again.display.id, waiting]
        displays.leave(again.display.id, "4821", now=now)
        assert listed() == [waiting]


def test_screens_are_found_where_one_may_show_them(cast, now):
    def sites(*held):
        reach = reach_of(held, Permission.SHOW_CODE)
        return {site.id for site in db.session.scalars(displays.sites_within(reach))}

    assert sites(Held(Role.SUPERVISOR, site_id=cast.mataf.id)) == {cast.mataf.id}
    assert sites(Held(Role.LEAD, shift_id=cast.shift.id)) == {cast.mataf.id}
    assert sites(Held(Role.COORDINATOR)) == {cast.mataf.id, cast.squares.id}
    assert sites(Held(Role.VOLUNTEER), Held(Role.AUDITOR), Held(Role.ADMINISTRATOR)) == set()


# What it shows


def test_a_token_leads_to_its_screen_and_half_minute(cast, now, opened):
    live = displays.live_at(cast.mataf.id, now)
    shown = displays.shown(live.token)
    assert (shown.display_id, shown.site_id) == (opened.display.id, cast.mataf.id)
    assert (shown.window, shown.is_old) == (rotating.window_of(now), False)
    assert live.until == now + 30 * SECONDS
    assert displays.shown(live.token.lower()) == shown


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (-31, Code.EXPIRED),
        (-30, Code.ACTIVE),
        (0, Code.ACTIVE),
        (59, Code.ACTIVE),
        (60, Code.EXPIRED),
        (72 * 3600, Code.EXPIRED),
    ],
)
def test_a_code_is_judged_at_its_first_touch(cast, now, opened, seconds, state):
    shown = displays.shown(displays.live_at(cast.mataf.id, now).token)
    assert shown.judged(now + seconds * SECONDS) is state


def test_what_a_stopped_screen_showed_is_known_and_old(cast, now, opened):
    token = displays.live_at(cast.mataf.id, now).token
    displays.revoke(opened.display.id, by=cast.salem.id, now=now)
    assert displays.shown(token).judged(now) is Code.REVOKED
    assert displays.recognise(opened.secret) is None
    assert displays.live_at(cast.mataf.id, now) is None


def test_of_a_screen_that_is_not_ours_nothing_is_known(cast, now, opened):
    key = rotating.key_of_day(b"some other root", "ZZZZZZ", cast.mataf.id, 1, now.date())
    window = rotating.window_of(now)
    for number in ("ZZZZZZ", opened.display.number):
        for key_id in ("0", displays.key_id()):
            forged = rotating.token(key_id, key, number, cast.mataf.id, 1, window)
            assert displays.shown(forged) is None


def test_codes_of_before_the_secret_was_changed_still_count(cast, now, opened, monkeypatch):
    token, secret = displays.live_at(cast.mataf.id, now).token, current_app.config["SECRET_KEY"]
    monkeypatch.setitem(current_app.config, "SECRET_KEY", "a new key that is long enough, 98765")
    assert displays.shown(token) is None
    monkeypatch.setitem(current_app.config, "SECRET_KEY_FALLBACKS", [secret])
    assert displays.shown(token).judged(now) is Code.ACTIVE
    assert displays.live_at(cast.mataf.id, now).token != token


def test_the_days_keys_are_enough_for_every_code_of_two_days(cast, now, opened):
    display = stored(opened.display)
    keys = dict(displays.keys_of(display, now))
    place = display.number, display.site_id, display.epoch
    for hours in (0, 6, 13, 14, 20, 37):
        at = now + timedelta(hours=hours, seconds=59)
        window = rotating.window_of(at)
        key = keys[rotating.day_of(window)]
        token = rotating.token(displays.key_id(), key, *place, window)
        assert token == displays.live_at(cast.mataf.id, at).token
        assert displays.shown(token).judged(at) is Code.ACTIVE


def test_a_screen_that_did_not_ask_for_the_time_for_half_a_day_is_noted(cast, now, opened):
    at = now + timedelta(hours=12)
    assert displays.shown(displays.live_at(cast.mataf.id, at).token).flags == ()
    later = at + 30 * SECONDS
    token = displays.live_at(cast.mataf.id, later).token
    assert displays.shown(token).flags == (Flag.DISPLAY_UNSYNCED,)
    displays.seen(opened.display.id, 300, now=later)
    assert displays.shown(token).flags == ()


def test_digits_count_in_their_minute_and_the_next(cast, now, opened):
    digits = displays.live_at(cast.mataf.id, now).digits
    shown = displays.typed(digits, cast.mataf.id, now + 119 * SECONDS)
    assert (shown.display_id, shown.window) == (opened.display.id, rotating.window_of(now))
    assert displays.typed(digits, cast.mataf.id, now + 120 * SECONDS) is None
    assert displays.typed(digits, cast.mataf.id, now - SECONDS) is None
    assert displays.typed(digits, cast.squares.id, now) is None


def test_every_screen_of_a_site_has_digits_of_its_own(cast, now, opened):
    second = displays.open_here(cast.mataf.id, "1111", by=cast.layla.id, now=now)
    root_digits = {
        displays.typed(displays.live_at(cast.mataf.id, now).digits, cast.mataf.id, now).display_id
    }
    displays.leave(second.display.id, "1111", now=now)
    digits = displays.live_at(cast.mataf.id, now).digits
    root_digits.add(displays.typed(digits, cast.mataf.id, now).display_id)
    assert root_digits == {opened.display.id, second.display.id}


def test_the_last_scan_here_is_told_without_a_name(cast, now, opened):
    assert displays.last_scan_at(cast.mataf.id, now) is None
    factories.check_in(cast.noura, cast.poster, now)
    last = displays.last_scan_at(cast.mataf.id, now + MINUTES)
    assert (last.effective_at, last.kind) == (now, "in")
    assert set(last._fields) == {"effective_at", "kind"}
    assert displays.last_scan_at(cast.squares.id, now) is None
    assert displays.last_scan_at(cast.mataf.id, now + 2 * MINUTES) is None
