"""What every answer says to the browser: policy, headers, cookies."""

import re
from http.cookies import SimpleCookie

import pytest

from tests.web import everything
from tests.web.everything import NOBODY

pytestmark = pytest.mark.measured_elsewhere

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
WITH_WASM = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""On the one page that reads codes with a program where the browser itself cannot."""
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"
HTTPS = "https://checkin.example.org"


@pytest.fixture(params=["http://localhost", HTTPS], ids=["http", "https"])
def base_url(request) -> str:
    return request.param


@pytest.fixture
def settings(base_url) -> dict[str, object]:
    return {"BASE_URL": base_url, "PROPAGATE_EXCEPTIONS": False}


def assert_headers(answer, where: str, base_url: str, policy: str = POLICY) -> None:
    said = {name: answer.headers.getlist(name) for name in ALWAYS}
    wanted = {**ALWAYS, "Content-Security-Policy": policy}
    assert said == {name: [value] for name, value in wanted.items()}, where
    assert answer.headers.get("Strict-Transport-Security") == (
        HSTS if base_url == HTTPS else None
    ), where


def is_for_everybody(address: str) -> bool:
    """A picture that anybody may see and keep: another one has another address."""
    return address.startswith("/logo/")


def opened(app, world, who: str, base_url: str):
    """A browser of one of the cast at this address."""
    browser = everything.browser(app, world, who)
    if who != NOBODY and base_url == HTTPS:
        domain = HTTPS.removeprefix("https://")
        browser.set_cookie("__Host-device", world.cookies[who], domain=domain)
    return browser


USUAL = ("GET", "POST")
METHODS = (*USUAL, "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "PROPFIND")
"""What a stranger tries; of others it is tried with whatever answers otherwise."""


@pytest.mark.parametrize(
    ("who", "base_url", "methods"),
    [
        *((NOBODY, "http://localhost", USUAL), (NOBODY, HTTPS, METHODS)),
        *(("volunteer", HTTPS, USUAL), ("layla", HTTPS, USUAL)),
    ],
    indirect=["base_url"],
)
def test_every_answer_carries_every_header_and_is_not_stored(app, world, who, base_url, methods):
    browser = opened(app, world, who, base_url)
    declared: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        declared.setdefault(rule.rule, set()).update(rule.methods)
    for rule, acting in declared.items():
        address = everything.address(rule, world.ids)
        for method in methods:
            answer = browser.open(address, method=method, base_url=base_url)
            assert answer.status_code < 500, f"{method} {address}"
            if method not in acting:
                assert answer.status_code in (400, 405), f"{method} {address} is not declared"
            shows = method in ("GET", "HEAD") and answer.status_code == 200
            again = (method, who) == ("POST", "layla")  # for want of a token the page is shown
            reads_codes = (shows or again) and re.fullmatch(r"/sites/\d+/scanner", address)
            policy = WITH_WASM if reads_codes else POLICY
            assert_headers(answer, f"{method} {address}", base_url, policy)
            is_fresh = answer.headers["Cache-Control"] in ("no-store", "no-cache")
            assert is_fresh or is_for_everybody(address), address


@pytest.mark.parametrize("address", ["/nothing", "/sites/x", "/static/js/none.js", "/static/"])
def test_addresses_that_are_none_answer_the_same(app, world, client, address, base_url):
    answer = client.get(address, base_url=base_url)
    assert answer.status_code == 404
    assert_headers(answer, address, base_url)


def test_files_answer_the_same_whole_unchanged_or_refused(app, client, base_url):
    for path in app.extensions["assets"].files:
        with app.test_request_context():
            address = app.jinja_env.globals["asset"](path)
        answer = client.get(address, base_url=base_url)
        assert answer.status_code == 200
        assert_headers(answer, path, base_url)
        again = client.get(
            address, base_url=base_url, headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
        assert_headers(again, path, base_url)
        assert_headers(client.post(address, base_url=base_url), path, base_url)


def test_a_fault_answers_the_same(app, world, base_url):
    def fail() -> str:
        raise RuntimeError("on purpose")

    app.view_functions["pages.help"] = fail
    fail.guard = "public"
    answer = opened(app, world, NOBODY, base_url).get("/help", base_url=base_url)
    assert answer.status_code == 500
    assert_headers(answer, "a fault", base_url)
    assert answer.headers["Cache-Control"] == "no-store"


# --- cookies -------------------------------------------------------------------------------


def cookies_of(answer) -> list[tuple[str, str, dict[str, object]]]:
    found = []
    for line in answer.headers.getlist("Set-Cookie"):
        assert len(line.encode()) < 4096
        for name, morsel in SimpleCookie(line).items():
            found.append((name, morsel.value, dict(morsel)))
    return found


def test_every_cookie_is_kept_from_scripts_and_other_sites(app, world, base_url):
    volunteer = opened(app, world, "volunteer", base_url)
    stranger = opened(app, world, NOBODY, base_url)
    at = {"base_url": base_url}
    sent = []
    page = stranger.get("/sign-in?next=" + "/x" * 200, **at)
    sent += cookies_of(page)
    token = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)', page.text)[1]}
    sent += cookies_of(stranger.get(f"/S/{world.ids['code']}", **at))
    sent += cookies_of(stranger.post("/sign-in", data={**token, "mobile": "0512345678"}, **at))
    sent += cookies_of(stranger.post("/preferences", data={**token, "lang": "en"}, **at))
    token = {"csrf_token": volunteer.token(**at)}
    sent += cookies_of(volunteer.post("/sign-out", data=token, **at))
    secure = base_url == HTTPS
    prefix = "__Host-" if secure else ""
    assert {name for name, *_ in sent} == {f"{prefix}s", f"{prefix}device", "prefs"}
    for name, _, said in sent:
        assert bool(said["secure"]) == secure, name
        assert said["httponly"], name
        assert (said["samesite"], said["path"], said["domain"]) == ("Lax", "/", ""), name
