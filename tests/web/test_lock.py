"""A staff browser left alone locks; its PIN or the password opens it, five wrong tries end it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from checkin.database import db
from checkin.models import Device, Person
from checkin.operations import accounts, locking
from checkin.web import lock
from tests import factories
from tests.pages import Browser
from tests.web import everything

PASSWORD = "seven herons over the wadi"
PIN = "8305"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nobody_holds_it(monkeypatch):
    monkeypatch.setattr(Browser, "in_hand", False)


@pytest.fixture(autouse=True)
def beginning(now):
    """Browsers are signed in at the instant of all tests."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def at(now):
    """Travel to so many minutes after it."""

    def travel(minutes: float):
        return time_machine.travel(now + minutes * MINUTE, tick=False)

    return travel


@pytest.fixture
def board(cast) -> str:
    return f"/floor/{cast.mataf.id}"


def device_of(person) -> Device:
    db.session.expire_all()
    return db.session.scalars(select(Device).where(Device.person_id == person.id)).one()


def in_place(browser, **fields):
    """POST to /unlock as the script of a covered page does."""
    fields["csrf_token"] = browser.token()
    return browser.post("/unlock", data=fields, headers={"Accept": "application/json"})


def with_password(person, now) -> None:
    accounts.set_password(person.id, PASSWORD, by=None, now=now)


@pytest.fixture
def tablet(cast, browser_of, now):
    """Salem's, with a password and a PIN."""
    with_password(cast.salem, now)
    browser = browser_of(cast.salem, kind="staff", lang="en")
    locking.set_pin(device_of(cast.salem).id, PIN, now=now)
    return browser


def is_locked(answer) -> bool:
    return answer.status_code == 303 and answer.location.startswith("/unlock")


class TestIdle:
    def test_a_supervisors_tablet_locks_after_five_minutes(self, at, tablet, board):
        with at(0):
            assert tablet.get(board).status_code == 200
        with at(5):
            answer = tablet.get(board)
        assert is_locked(answer)
        assert answer.headers["X-Locked"] == "1"
        assert answer.location == f"/unlock?next={board}"

    def test_a_hand_keeps_it_open(self, at, tablet, board):
        for minutes in (0, 4, 8, 12):
            with at(minutes):
                assert tablet.get(board).status_code == 200

    def test_a_page_that_renews_itself_is_no_hand(self, at, tablet, board):
        for minutes in (0, 2, 4):
            with at(minutes):
                headers = {"X-Poll": "1", "HX-Request": "true"}
                assert tablet.get(board, headers=headers).status_code == 200
        with at(5):
            answer = tablet.get(board, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["X-Locked"] == "1"
        assert answer.headers["HX-Redirect"].startswith("/unlock?next=")
        assert "نورة" not in answer.text

    def test_what_a_script_fetches_is_no_page(self, at, tablet, board):
        with at(4):
            tablet.get(board, headers={"Sec-Fetch-Mode": "cors"})
        with at(5):
            assert is_locked(tablet.get(board))

    def test_a_finger_that_only_reads_is_told_by_the_page(self, at, tablet, board):
        with at(4):
            assert tablet.send("/lock/activity").status_code == 204
        with at(8):
            assert tablet.get(board).status_code == 200

    def test_is_written_down_twice_a_minute_at_most(self, cast, at, now, tablet, board):
        for seconds, kept in ((20, None), (40, 40), (60, 40), (75, 75)):
            with at(seconds / 60):
                tablet.get(board)
            wanted = None if kept is None else now + timedelta(seconds=kept)
            assert device_of(cast.salem).active_at == wanted

    @pytest.mark.parametrize(("who", "minutes"), [("layla", 30), ("faisal", 30), ("majed", 15)])
    def test_a_desk_has_longer(self, cast, browser_of, at, who, minutes):
        desk = browser_of(getattr(cast, who), kind="staff", lang="en")
        with at(minutes - 0.1):
            headers = {"X-Poll": "1"}
            assert desk.get("/figures", headers=headers).status_code == 200
        with at(minutes):
            assert is_locked(desk.get("/figures"))

    def test_a_phone_never_locks(self, cast, browser_of, at):
        noura = browser_of(cast.noura, lang="en")
        with at(60 * 6):
            assert noura.get("/hours").status_code == 200

    def test_of_two_roles_the_stricter_counts(self, cast, browser_of, at, now):
        factories.grant(now, cast.layla, "supervisor", site_id=cast.mataf.id)
        tablet = browser_of(cast.layla, kind="staff", lang="en")
        with at(5):
            assert is_locked(tablet.get("/people"))


class TestByHand:
    def test_the_button_locks_and_comes_back_here(self, at, tablet, board):
        with at(0):
            answer = tablet.send("/lock", next=board)
            assert answer.status_code == 303
            assert answer.location == f"/unlock?next={board}"
            assert is_locked(tablet.get(board))

    def test_locking_again_changes_nothing(self, cast, at, now, tablet):
        with at(0):
            tablet.send("/lock")
        with at(1):
            assert tablet.send("/lock").status_code == 303
        assert device_of(cast.salem).locked_at == now

    def test_nobody_is_taken_elsewhere(self, at, tablet):
        with at(0):
            assert tablet.send("/lock", next="https://evil.example/").location == "/unlock?next=/"

    def test_a_phone_has_no_lock(self, cast, browser_of, at):
        with at(0):
            noura = browser_of(cast.noura, lang="en")
            assert noura.send("/lock").status_code == 404
            assert noura.get("/unlock").status_code == 404
            assert noura.get("/hours").status_code == 200, "she is still signed in"


class TestUnlocking:
    @pytest.mark.parametrize("typed", [PIN, "٨٣٠٥", " 8305 "])
    def test_the_pin_opens_it_where_it_was(self, at, tablet, board, typed):
        with at(6):
            assert tablet.get(f"/unlock?next={board}").status_code == 200
            answer = tablet.send("/unlock", secret=typed, next=board)
            assert (answer.status_code, answer.location) == (303, board)
            assert tablet.get(board).status_code == 200

    def test_the_password_does_where_there_is_no_pin(self, cast, browser_of, at, now, board):
        with_password(cast.salem, now)
        tablet = browser_of(cast.salem, kind="staff", lang="en")
        with at(6):
            assert "Password" in tablet.get("/unlock").text
            assert tablet.send("/unlock", secret=PASSWORD, next=board).status_code == 303
            assert tablet.get(board).status_code == 200

    def test_a_first_pin_may_be_chosen_with_it(self, cast, browser_of, at, now, board):
        with_password(cast.salem, now)
        tablet = browser_of(cast.salem, kind="staff", lang="en")
        with at(6):
            weak = tablet.send("/unlock", secret=PASSWORD, first_pin="1111", next=board)
            assert weak.status_code == 422
            assert "easy to guess" in weak.text
            assert is_locked(tablet.get(board)), "half of it is not done"
            tablet.send("/unlock", secret=PASSWORD, first_pin=PIN, next=board)
            tablet.send("/lock")
            assert tablet.send("/unlock", secret=PIN, next=board).location == board

    def test_in_place_it_answers_a_script(self, at, tablet, board):
        with at(6):
            wrong = in_place(tablet, secret="0000")
            assert wrong.status_code == 422
            assert wrong.json["error"]["sentence"] == "That is not right. Tries left: 4"
            assert in_place(tablet, secret=PIN).status_code == 204
            assert tablet.get(board).status_code == 200

    def test_the_password_is_not_asked_where_a_pin_is(self, at, tablet):
        with at(6):
            assert tablet.send("/unlock", secret=PASSWORD).status_code == 422

    def test_five_wrong_ones_sign_the_device_out(self, cast, at, tablet, board):
        with at(6):
            for left in (4, 3, 2, 1):
                page = tablet.send("/unlock", secret="0000", next=board)
                assert f"Tries left: {left}" in page.text
            answer = tablet.send("/unlock", secret="0000", next=board)
            assert answer.location == f"/staff/sign-in?next={board}"
            assert "wrong tries" in tablet.get(answer.location).text
            assert tablet.get(board).location.startswith("/staff/sign-in")
        assert device_of(cast.salem).revoked_at is not None

    def test_a_right_one_forgives_those_before(self, cast, at, tablet):
        with at(6):
            for secret in ("0000", "0001", PIN):
                tablet.send("/unlock", secret=secret)
        assert device_of(cast.salem).pin_tries == 0

    def test_an_open_browser_is_sent_on(self, at, tablet, board):
        with at(0):
            assert tablet.get(f"/unlock?next={board}").location == board

    def test_a_stranger_is_sent_to_the_door(self, cast, client, at):
        with at(0):
            door = client.get("/unlock?next=/floor").location
            assert door == "/staff/sign-in?next=/unlock?next%3D/floor"


class TestPin:
    @pytest.mark.parametrize("typed", ["1111", "1212", "1234", "987654", "2580", "1987", "1408"])
    def test_an_easy_one_is_refused_with_a_sentence(self, at, tablet, typed):
        with at(0):
            page = tablet.send("/account/pin", new_pin=typed)
        assert page.status_code == 422
        assert "That PIN is easy to guess" in page.text

    @pytest.mark.parametrize("typed", ["123", "1234567", "", "83a5"])
    def test_has_four_to_six_digits(self, at, tablet, typed):
        with at(0):
            page = tablet.send("/account/pin", new_pin=typed)
        assert page.status_code == 422
        assert "from 4 to 6 digits" in page.text

    def test_is_not_part_of_the_own_mobile(self, cast, at, tablet):
        with at(0):
            mobile = cast.salem.mobile
            assert tablet.send("/account/pin", new_pin=mobile[-5:-1]).status_code == 422

    def test_is_changed_on_the_own_page(self, at, tablet):
        with at(0):
            assert "/account/pin" in tablet.get("/account").text
            assert tablet.get("/account/pin").status_code == 200
            assert tablet.send("/account/pin", new_pin="٧٣٠٦٤").location == "/account"
        with at(6):
            assert tablet.send("/unlock", secret="73064").status_code == 303

    def test_when_removed_the_password_opens(self, at, tablet):
        with at(0):
            assert tablet.send("/account/pin/removal").status_code == 303
        with at(6):
            assert tablet.send("/unlock", secret=PASSWORD).status_code == 303

    def test_is_kept_by_nothing_that_gives_it_away(self, cast, tablet):
        kept = device_of(cast.salem).pin_hash
        assert kept.startswith("$argon2id$")
        assert PIN not in kept

    def test_belongs_to_no_phone(self, cast, browser_of, at):
        with at(0):
            noura = browser_of(cast.noura, lang="en")
            assert noura.get("/account/pin").status_code == 404
            assert noura.send("/account/pin/removal").status_code == 404


class TestWhileLocked:
    def test_a_scanner_goes_on(self, cast, at, tablet):
        with at(6):
            page = tablet.get(f"/sites/{cast.mataf.id}/scanner")
            assert page.status_code == 200
            assert "data-shut" in page.text
            batch = {"sent_at": "2026-11-22T10:06:00Z", "scans": []}
            answer = tablet.post("/api/v1/scans", json=batch)
            assert answer.headers.get("X-Locked") is None

    def test_its_list_of_people_is_not_renewed(self, cast, at, tablet):
        address = f"/api/v1/sites/{cast.mataf.id}/today"
        with at(0):
            assert tablet.get(address).status_code == 200
        with at(6):
            answer = tablet.get(address)
        assert answer.status_code == 401
        assert answer.headers["X-Locked"] == "1"
        assert answer.json["error"]["code"] == "locked"

    def test_nothing_is_decided(self, cast, at, tablet):
        with at(6):
            answer = tablet.send(f"/floor/{cast.mataf.id}/check-ins", person=cast.noura.id)
        assert is_locked(answer)

    def test_signing_out_is_open(self, at, tablet):
        with at(6):
            assert tablet.send("/sign-out").location == "/"


class TestEveryAddress:
    """Whatever is added later is closed too, until somebody says that it may stay open."""

    @pytest.fixture
    def locked(self, app, world, now):
        browser = everything.browser(app, world, "salem")
        device = db.session.scalar(select(Device).where(Device.person_id == world.people["salem"]))
        locking.lock(device.id, now=now)
        return browser

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_is_closed_unless_it_stands_in_the_list(self, app, world, database, locked, method):
        before = everything.content(database)
        for rule in everything.rules(app, method):
            if rule.endpoint in lock.OPEN or rule.endpoint.startswith("lock."):
                continue
            address = everything.address(rule.rule, world.ids)
            fields = {"data": {"csrf_token": locked.token()}} if method == "POST" else {}
            answer = locked.open(address, method=method, **fields)
            if answer.status_code == 403:
                continue  # it is not his at any time
            assert answer.headers.get("X-Locked") == "1", f"{address}: {answer.status_code}"
            assert answer.status_code in (303, 401)
        assert everything.content(database) == before

    def test_names_nobody_where_it_is_open(self, app, world, locked):
        others = [
            row.name
            for row in db.session.execute(select(Person.name, Person.id))
            if row.id != world.people["salem"]
        ]
        assert len(others) > 5
        for rule in everything.rules(app, "GET"):
            if rule.endpoint in lock.OPEN:
                text = locked.get(everything.address(rule.rule, world.ids)).get_data(as_text=True)
                assert not [name for name in others if name in text], rule.rule


class TestNames:
    def test_are_hidden_on_this_browser_until_shown_again(self, tablet, board):
        assert 'data-names="hidden"' not in tablet.get(board).text
        answer = tablet.send("/names", names="hidden", next=board)
        assert (answer.status_code, answer.location) == (303, board)
        assert 'data-names="hidden"' in tablet.get(board).text
        tablet.send("/names", names="shown", next=board)
        assert 'data-names="hidden"' not in tablet.get(board).text

    def test_every_name_on_the_board_is_marked(self, cast, now, tablet, board):
        factories.check_in(cast.noura, cast.poster, now)
        page = tablet.get(board).text
        assert page.count(cast.noura.name)
        assert not [
            line
            for line in page.splitlines()
            if cast.noura.name in line and "data-private" not in line
        ]

    def test_only_who_sees_a_floor_has_them(self, cast, browser_of):
        assert browser_of(cast.noura, lang="en").send("/names", names="hidden").status_code == 403
