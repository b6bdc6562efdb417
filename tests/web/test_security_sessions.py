"""A cookie proves one person until it ends, and nothing like it proves anybody."""

import random
import re
import string

import pytest

from tests.web import everything
from tests.web.everything import NOBODY


def opens(app, cookie: str, page: str = "/hours") -> bool:
    """Whether a bare request with this device cookie is somebody's."""
    asked = everything.bare(app).get(page, headers={"Cookie": f"device={cookie}"})
    assert asked.status_code in (200, 303, 400), cookie
    return asked.status_code == 200


def mutations(cookie: str, number: int):
    """The cookie with something changed, cut, doubled or put elsewhere; the same ones each time."""
    chance = random.Random(2026)
    letters = string.ascii_letters + string.digits + "-_."
    while number:
        text = list(cookie)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            change = chance.randrange(4)
            if change == 0:
                text[at] = chance.choice(letters)
            elif change == 1:
                del text[at:]
                text = text or ["."]
            elif change == 2:
                text.insert(at, chance.choice(letters))
            else:
                text[at], text[0] = text[0], text[at]
        changed = "".join(text)
        if changed != cookie:
            number -= 1
            yield changed


@pytest.mark.parametrize("who", ["volunteer", "layla"])
def test_5000_cookies_that_are_almost_right_open_nothing(app, world, database, who):
    cookie = world.cookies[who]
    before = everything.content(database)
    assert opens(app, cookie)
    assert not [one for one in mutations(cookie, 2500) if opens(app, one)]
    assert opens(app, cookie), "trying did not end the right one"
    assert everything.content(database) == before


def test_the_halves_of_two_cookies_are_not_a_whole(app, world):
    halves = [cookie.split(".") for cookie in world.cookies.values()]
    for one, (selector, _) in enumerate(halves):
        for other, (_, verifier) in enumerate(halves):
            assert opens(app, f"{selector}.{verifier}") == (one == other)


@pytest.mark.parametrize("who", ["volunteer", "salem"])
def test_after_signing_out_a_copy_of_the_cookie_is_nobodys(app, world, who):
    browser, cookie = everything.browser(app, world, who), world.cookies[who]
    assert opens(app, cookie)
    assert browser.send("/sign-out").status_code == 303
    assert not opens(app, cookie)


class TestFixation:
    @pytest.fixture
    def settings(self):
        return {"DEMO": True}

    def test_whoever_planted_the_cookies_is_not_signed_in_with_them(self, app, world):
        """A stranger starts a session and makes somebody else's browser use it."""
        stranger = everything.browser(app, world, NOBODY)
        stranger.get("/sign-in")
        planted = stranger.get_cookie("s").value
        victim = everything.browser(app, world, NOBODY)
        victim.set_cookie("s", planted)
        victim.set_cookie("device", "planted.planted")
        assert victim.send("/sign-in", mobile="0512345678").status_code == 303
        code = re.search(r"\b\d{6}\b", victim.text("/sign-in/code"))
        assert code
        victim.send("/sign-in/code", code=code[0])
        victim.send(
            "/sign-in/registration", name="سعاد فهد السلمي", consent="y", category="student"
        )
        assert victim.get("/hours").status_code == 200
        assert victim.get_cookie("device").value != "planted.planted"
        for cookies in (f"s={planted}", f"s={planted}; device=planted.planted"):
            bare = everything.bare(app)
            for page in ("/hours", "/sign-in/registration", "/account"):
                assert bare.get(page, headers={"Cookie": cookies}).status_code == 303

    def test_nothing_of_the_way_in_stays_in_the_session(self, app, world):
        browser = everything.browser(app, world, NOBODY)
        browser.send("/sign-in", mobile="0512345679")
        code = re.search(r"\b\d{6}\b", browser.text("/sign-in/code"))
        browser.send("/sign-in/code", code=code[0])
        browser.send(
            "/sign-in/registration", name="سعاد فهد السلمي", consent="y", category="student"
        )
        with browser.session_transaction() as session:
            kept = {name for name in session if not name.startswith("_")}
        assert kept <= {"csrf_token", "intent"}
