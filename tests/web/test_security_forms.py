"""Only our own pages can make a visitor's browser act."""

import re

import pytest

from tests.web import everything
from tests.web.truth import ACTS, allowed, form

pytestmark = pytest.mark.measured_elsewhere

WITHOUT_FORMS = {
    ("POST", "/api/v1/scans"),
    ("POST", "/api/v1/scans/known"),
    ("POST", "/api/v1/sightings"),
    ("POST", "/api/v1/sites/<int:site_id>/numbers"),
    ("POST", "/api/v1/tallies"),
    ("POST", "/display/seen"),
}
"""Only JSON is read there, and only from our own pages, which may be older than any token."""
FORMS = [act for act in ACTS if act not in WITHOUT_FORMS]


def acts_of(app, world, acts=ACTS):
    """Each of these acts as somebody who may: browser, method, address and what the form holds."""
    browsers = {}
    for method, path in acts:
        who = allowed(method, path)[0]
        if who not in browsers:
            browsers[who] = everything.browser(app, world, who)
        address = everything.address(path, world.ids)
        yield browsers[who], method, address, form(path, world.ids)


def test_no_act_without_the_token_of_its_form(app, world, database):
    before = everything.content(database)
    strange = everything.browser(app, world, "salem").token()
    for browser, method, address, fields in acts_of(app, world, FORMS):
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": strange}):
            answer = browser.open(address, method=method, data={**fields, **token})
            assert answer.status_code == 400, f"{method} {address} with {token}"
        in_words = browser.open(address, method=method, json=fields)
        assert in_words.status_code == 400, f"{method} {address} as JSON"
    assert everything.content(database) == before


def test_what_reads_json_reads_no_form(app, world, database):
    before = everything.content(database)
    assert set(ACTS) > WITHOUT_FORMS
    for browser, method, address, fields in acts_of(app, world, sorted(WITHOUT_FORMS)):
        sent = {**fields, "csrf_token": browser.token()}
        for own in ({}, *OWN):
            answer = browser.open(address, method=method, data=sent, headers=own)
            assert answer.status_code in (401, 403, 415), f"{method} {address}"
    assert everything.content(database) == before


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "file://"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda headers: " ".join(headers.values()))
def test_no_act_from_another_site_even_with_the_token(app, world, database, headers):
    before = everything.content(database)
    tokens = {}
    for browser, method, address, fields in acts_of(app, world):
        if browser not in tokens:
            tokens[browser] = browser.token()
        sent = {**fields, "csrf_token": tokens[browser]}
        answer = browser.open(address, method=method, data=sent, headers=headers)
        assert answer.status_code == 403, f"{method} {address}"
    assert everything.content(database) == before


OWN = [
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "null"},
]
"""What browsers send from our own pages; `null` without Sec-Fetch-Site by LAN address."""


@pytest.mark.parametrize("headers", OWN, ids=lambda headers: " ".join(headers.values()))
def test_our_own_forms_act_as_browsers_send_them(app, world, headers):
    layla = everything.browser(app, world, "layla")
    address = f"/services/{world.ids['service_id']}/closure"
    sent = {"csrf_token": layla.token()}
    assert layla.post(address, data=sent, headers=headers).status_code == 303


class TestOverHttps:
    @pytest.fixture
    def settings(self):
        return {"BASE_URL": "https://checkin.example.org"}

    def test_a_form_acts_although_our_pages_send_no_referer(self, app, world):
        https = {"base_url": "https://checkin.example.org"}
        layla = everything.browser(app, world, "layla")
        layla.set_cookie("__Host-device", world.cookies["layla"], domain="checkin.example.org")
        sent = {"csrf_token": layla.token(**https)}
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
        address = f"/services/{world.ids['service_id']}/closure"
        answer = layla.post(address, data=sent, headers=headers, **https)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/services")


FORM = re.compile(r"<form\b(?P<attributes>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)


@pytest.mark.parametrize("who", [everything.NOBODY, *everything.PEOPLE])
def test_every_form_that_acts_holds_its_token_and_stays_here(pages_of, who):
    seen = 0
    for rule, _, page in pages_of(who):
        if page.mimetype != "text/html":
            continue
        for found in FORM.finditer(page.get_data(as_text=True)):
            action = re.search(r'action="([^"]*)"', found["attributes"])
            assert action is None or re.match(r"/(?!/)|[?]|$", action[1]), f"{rule}: {action}"
            if 'method="post"' in found["attributes"]:
                seen += 1
                assert 'name="csrf_token" ' in found["body"], f"{rule}: {found['attributes']}"
    assert seen
