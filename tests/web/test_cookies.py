"""What a cookie proves when it is changed, forged, or signed with a key we used before."""

import re

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from checkin import create_app
from checkin.database import db
from checkin.web.sessions import Sessions
from tests.load import cookies
from tests.pages import Browser
from tests.web import everything
from tests.web.conftest import KEY

NEW_KEY = "the key that came after the one for tests, 9876543210"


def test_300_cookies_that_are_almost_right_open_nothing_and_break_nothing(app, world, database):
    all_doors = cookies.doors(app, world)
    before = everything.content(database)
    tried = cookies.try_all(app, all_doors, 300, seed=2026)
    assert (tried.opened, tried.broke) == ([], [])
    assert tried.kinds.keys() == cookies.KINDS.keys()
    assert everything.content(database) == before, "trying wrote nothing"


def after_the_change(database, *fallbacks: str) -> Flask:
    """The same installation, started again with another key."""
    settings = {"DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": NEW_KEY}
    return create_app({**settings, "SECRET_KEY_FALLBACKS": fallbacks, "SENDER": "file"})


@pytest.fixture
def form(app, world) -> tuple[str, Browser]:
    """The page of a poster, opened before the key was changed: its form's token and its browser."""
    browser = everything.browser(app, world, "lead")
    page = browser.get(f"/S/{world.ids['code']}").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1], browser


def press(app: Flask, world, form) -> int:
    """Send the form as the browser that opened it would."""
    token, browser = form
    kept = {"s": browser.get_cookie("s").value, "device": world.cookies["lead"]}
    sent = everything.bare(app).post(
        f"/S/{world.ids['code']}",
        data={
            "csrf_token": token,
            "kind": "in",
            "scan_uid": "3f0b7a52-6f0c-4a3a-9a5e-1d2c3b4a5f60",
        },
        headers={"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())},
    )
    return sent.status_code


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("fallbacks", "status"), [((KEY,), 303), (("an older one " * 4, KEY), 303), ((), 400)]
)
def test_a_form_opened_under_the_key_before_is_taken_while_that_key_is_kept(
    app, world, database, form, fallbacks, status
):
    later = after_the_change(database, *fallbacks)
    assert press(later, world, form) == status
    close(later)


@pytest.mark.parametrize(("fallbacks", "status"), [((KEY,), 200), ((), 303)])
def test_a_sign_in_under_way_goes_on_while_the_key_before_is_kept(
    app, world, database, fallbacks, status
):
    *_, proved, _waiting = cookies.doors(app, world)
    later = after_the_change(database, *fallbacks)
    assert cookies.opens(later, proved, proved.value) == status
    close(later)


def test_who_is_signed_in_stays_so_whatever_the_key(app, world, database):
    later = after_the_change(database)
    for door in cookies.doors(app, world)[:2]:
        assert cookies.opens(later, door, door.value) == 200
    close(later)


@pytest.mark.parametrize("length", [10, 3000])
def test_a_session_is_read_whoever_packed_it(app, length):
    """Ours are packed only when they are long; those of a release before as Flask does it."""
    ours = Sessions().get_signing_serializer(app)
    flasks = SecureCookieSessionInterface().get_signing_serializer(app)
    kept = {"kept": "x" * length}
    assert flasks.loads(ours.dumps(kept)) == ours.loads(flasks.dumps(kept)) == kept
    assert len(ours.dumps(kept)) < 150
