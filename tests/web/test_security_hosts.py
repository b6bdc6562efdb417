"""The name a browser calls us by is only believed when it is ours, and never printed."""

import pytest
from flask import request

from checkin import create_app
from checkin.database import db
from tests.web import everything
from tests.web.everything import NOBODY

OURS = "https://checkin.example.org"
SETTINGS = {"BASE_URL": OURS, "TRUSTED_HOSTS": ["checkin.example.org"]}


class TestOurNameOnly:
    @pytest.fixture
    def settings(self):
        return SETTINGS

    @pytest.mark.parametrize(
        "host",
        ["evil.example", "checkin.example.org.evil.example", "xcheckin.example.org", "127.0.0.1",
         "checkin.example.org@evil.example", "evil.example#checkin.example.org", "a b", ""],
    )  # fmt: skip
    def test_another_name_is_refused(self, app, world, host):
        browser = everything.browser(app, world, NOBODY)
        for path in ("/", "/sign-in", "/nothing", f"/S/{world.ids['code']}"):
            answer = browser.get(path, base_url=OURS, headers={"Host": host})
            assert answer.status_code == 400, path
            assert "evil" not in answer.text

    @pytest.mark.parametrize("host", ["checkin.example.org", "checkin.example.org:443"])
    def test_our_own_is_taken(self, app, world, host):
        browser = everything.browser(app, world, NOBODY)
        answer = browser.get("/help", base_url=OURS, headers={"Host": host})
        assert answer.status_code == 200

    def test_a_forwarded_name_changes_nothing(self, app, world):
        browser = everything.browser(app, world, NOBODY)
        forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        answer = browser.get("/help", base_url=OURS, headers=forged)
        assert answer.status_code == 200
        assert "evil" not in answer.text


class TestLinks:
    @pytest.fixture
    def settings(self):
        return {"BASE_URL": "http://checkin.example.org"}

    def test_links_to_hand_over_are_our_own_whatever_we_are_called(self, app, world):
        evil = {"base_url": "http://evil.example"}
        layla = everything.browser(app, world, "layla")
        layla.set_cookie("device", world.cookies["layla"], domain="evil.example")
        sent = {"csrf_token": layla.token(**evil)}
        invited = f"/people/{world.people['salem']}/invitation"
        page = layla.post(invited, data=sent, **evil)
        if page.status_code == 303:  # Layla may not invite whoever an administrator must
            page = layla.get(page.headers["Location"], **evil)
        assert "evil.example" not in page.text
        poster = layla.get(f"/posters/{world.ids['poster_id']}", **evil)
        assert "evil.example" not in poster.text
        assert "CHECKIN.EXAMPLE.ORG" in poster.text

    def test_the_message_of_an_invitation_names_us(self, app, world):
        evil = {"base_url": "http://evil.example"}
        layla = everything.browser(app, world, "layla")
        layla.set_cookie("device", world.cookies["layla"], domain="evil.example")
        sent = {"csrf_token": layla.token(**evil)}
        asked = f"/shifts/{world.ids['shift_id']}/invitations"
        assert layla.post(asked, data=sent, **evil).status_code == 303
        facts = db.session.execute(db.text("SELECT facts FROM messages")).scalars().all()
        assert facts
        assert all("evil" not in str(one) for one in facts)


def test_only_as_many_proxies_are_believed_as_the_setting_says(tmp_path, sqlite_url):
    """With one proxy the last address counts; what a visitor wrote before it does not."""
    key = "a key for tests that is long enough, 0123456789"
    for hops, wanted in ((0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")):
        settings = {"TESTING": True, "DATABASE_URL": sqlite_url, "SECRET_KEY": key}
        app = create_app({**settings, "TRUSTED_PROXIES": hops, "JOBS": False})
        seen = []
        app.before_request(lambda seen=seen: seen.append(request.remote_addr))
        forged = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
        assert app.test_client().get("/healthz", headers=forged).status_code == 200
        assert seen == [wanted]
        with app.app_context():
            db.engine.dispose()
