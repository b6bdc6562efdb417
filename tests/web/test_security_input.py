"""Whatever is sent, the answer is a sentence: never a fault, and nothing odd is kept."""

import time
import unicodedata
from itertools import chain
from urllib.parse import quote

import pytest
from sqlalchemy import Integer, String

from checkin.database import Base, db
from tests.web import everything
from tests.web.everything import NOBODY
from tests.web.forms import Form, forms_of
from tests.web.truth import ACTS, allowed, form

NASTY = {
    "empty": "",
    "long": "ع" * 2001,  # more than any column takes
    "a NUL": "a\0b",
    "a lone surrogate": "a\ud800b",
    "bidi controls": "\u202eabc\u2066\u200f",
    "zero width": "\u200b\u200d\ufeff",
    "control characters": "a\x07\x1b[31m\r\nb",
    "a huge number": "1" + "0" * 30,
    "a negative number": "-1",
    "not a number": "NaN",
    "an infinite number": "1e999",
    "an odd digit": "²",
    "beyond 64 bits": str(2**63),
    "beyond 32 bits": str(2**31),
    "a far day": "9999-12-31",
    "no day": "2026-02-30",
    "no time": "25:61",
    "markup": '"><script>alert(1)</script>',
    "a template": "{{7*7}}${7*7}%s%(x)s",
    "a list": "1.1.1 2 x.y 3.4",
}
URLENCODED = "application/x-www-form-urlencoded"
ONE_BY_ONE = (
    *("empty", "long", "bidi controls", "control characters", "a negative number"),
    *("beyond 64 bits", "a far day", "no time", "markup"),
)
"""Those tried in each field alone, while the others of its form are right."""
ROUNDS = range(2)
"""How often a page is asked with every nasty value at once, each time in other places."""

NUMBERS = ("a huge number", "a negative number", "beyond 64 bits", "beyond 32 bits")
"""All that gets past an address which takes numbers only; the rest is none of ours."""

UNSAFE = {"/sign-out", "/account/devices/revocations", "/preferences"}
"""Forms after which this browser would not be the same any more."""


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def body_of(fields: dict[str, str]) -> bytes:
    pairs = (f"{quote(name)}={quote(encoded(value))}" for name, value in fields.items())
    return "&".join(pairs).encode()


IN_TURN = ("layla", "salem", "majed", "volunteer", NOBODY)
"""Each sends the forms that none of those before sees."""


def acting_forms(app, pages_of, who: str) -> list[Form]:
    """The forms that act which somebody sees and none of those before."""
    before = IN_TURN[: IN_TURN.index(who)]
    known = {*chain.from_iterable(forms_seen(app, pages_of(one)) for one in before)}
    return [one for key, one in forms_seen(app, pages_of(who)).items() if key not in known]


def forms_seen(app, pages) -> dict[tuple[str, str], Form]:
    """Every form that acts, once, of all these pages."""
    found: dict[tuple[str, str], Form] = {}
    addresses = app.url_map.bind("localhost")
    for _, address, page in pages:
        if page.mimetype == "text/html" and page.status_code == 200:
            for one in forms_of(page.text, address):
                if one.method == "post" and one.action not in UNSAFE:
                    endpoint, _ = addresses.match(one.action.partition("?")[0], method="POST")
                    found.setdefault((endpoint, " ".join(sorted(one.fields))), one)
    return found


@pytest.mark.measured_elsewhere
@pytest.mark.parametrize("who", IN_TURN)
def test_nasty_values_in_every_field_of_every_form(app, world, pages_of, who):
    forms = acting_forms(app, pages_of, who)
    assert forms
    for one in forms:
        action = one.action
        browser = everything.browser(app, world, who)
        token = {"csrf_token": browser.token()}
        for name in [name for name in one.fields if name != "csrf_token"]:
            for what in ONE_BY_ONE:
                value = NASTY[what]
                data = body_of({**one.fields, **token, name: value})
                answer = browser.post(action, data=data, content_type=URLENCODED)
                assert answer.status_code < 500, f"{what} in {name} of {action}, as {who}"
    assert_everything_kept_is_sound()


def assert_everything_kept_is_sound() -> None:
    """PostgreSQL would refuse what does not fit; nobody could read what cannot be seen."""
    db.session.rollback()
    shown = (table for table in Base.metadata.sorted_tables if table.name != "counters")
    for table in shown:
        for row in db.session.execute(db.select(table)):
            for column, value in zip(table.columns, row, strict=True):
                if value is not None:
                    fault = unsound(column.type, value)
                    assert not fault, f"{table.name}.{column.name} {fault}: {value!r}"


def unsound(kind, value: object) -> str:
    if isinstance(kind, Integer) and not -(2**31) <= int(value) < 2**31:
        return "is too large a number"
    if not isinstance(kind, String) or not isinstance(value, str):
        return ""
    if kind.length is not None and len(value) > kind.length:
        return f"is longer than {kind.length}"
    odd = {unicodedata.name(char, hex(ord(char))) for char in value if is_odd(char)}
    return f"holds {odd}" if odd else ""


def is_odd(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Cc", "Cs", "Cf", "Zl", "Zp")
        and char not in "\n\u200d\u200c"
    )


def test_what_is_unsound_would_be_seen():
    assert unsound(String(3), "abcd")
    assert unsound(String(30), "a\0")
    assert unsound(String(30), "a\u202eb")
    assert unsound(Integer(), 2**31)
    assert not unsound(String(30), "نورة سعد\nالقحطاني")


def scattered(names: tuple[str, ...], start: int) -> dict[str, str]:
    """A nasty value in each of these; from another start each has another one."""
    values = list(NASTY.values())
    return {name: values[(start + place) % len(values)] for place, name in enumerate(names)}


def test_every_place_has_every_nasty_value_in_the_end():
    seen = [scattered(("a", "b"), start) for start in range(len(NASTY))]
    assert {one["a"] for one in seen} == {one["b"] for one in seen} == set(NASTY.values())
    assert all(one["a"] != one["b"] for one in seen)


FORGED = (
    *("records", "person", "shift", "place", "only", "all", "entry", "number", "kind", "scan_uid"),
    *("uid", "at", "end", "choice", "row_version", "next", "lang", "code", "ended"),
    *("beneficiaries", "seats", "starts_on"),
)


@pytest.mark.measured_elsewhere
@pytest.mark.parametrize("turn", ROUNDS)
def test_nasty_values_for_what_no_form_shows(app, world, turn):
    """Fields that only a forged form sends, at every address that acts."""
    for number, (method, path) in enumerate(ACTS):
        if path in UNSAFE:
            continue
        browser = everything.browser(app, world, allowed(method, path)[0])
        odd = scattered(FORGED, number + turn * len(NASTY) // len(ROUNDS))
        data = body_of({**form(path, world.ids), **odd, "csrf_token": browser.token()})
        answer = browser.open(
            everything.address(path, world.ids),
            method=method,
            data=data,
            content_type=URLENCODED,
        )
        assert answer.status_code < 500, f"{method} {path} with {odd}"
    assert_everything_kept_is_sound()


ASKED = (
    *("next", "q", "day", "by", "from", "until", "poster", "site", "shift", "show", "done", "list"),
    *("page", "again", "foreign", "state", "week", "service", "partner", "month", "entered"),
    "opportunity",
)


@pytest.mark.measured_elsewhere
@pytest.mark.parametrize("turn", ROUNDS)
def test_nasty_values_in_addresses_and_their_queries(app, world, database, turn):
    before = everything.content(database)
    layla = everything.browser(app, world, "layla")
    for number, rule in enumerate(everything.rules(app, "GET")):
        odd = scattered(ASKED, number + turn * len(NASTY) // len(ROUNDS))
        plain = everything.address(rule.rule, world.ids).partition("?")[0]
        query = body_of(odd).decode()
        assert layla.get(f"{plain}?{query}").status_code < 500, f"{rule.rule} with {odd}"
        tried = [NASTY[one] for one in NUMBERS] if takes_numbers(rule) else list(odd.values())
        for value in tried[turn :: len(ROUNDS)]:
            filled = everything.PARAMETER.sub(quote(encoded(value), safe="") or "-", rule.rule)
            if filled != rule.rule:
                assert layla.get(filled).status_code < 500, filled
    assert everything.content(database) == before


def takes_numbers(rule) -> bool:
    """Only numbers."""
    return rule.rule.count("<") == rule.rule.count("<int:") > 0


ODD_ADDRESSES = [
    r"/%00",
    r"/S/%00",
    r"/%ff%fe",
    r"/S/%ED%A0%80",
    r"/%2e%2e/%2e%2e/etc",
    r"/static/%00",
    r"/static/../setup.cfg",
    r"/static/js/%2e%2e/app.js",
    r"/sites/%d9%a1",
    r"/sites/-1",
    r"/sites/99999999999999999999",
    r"//evil.example/",
    r"/\evil.example",
]


@pytest.mark.parametrize("path", [*ODD_ADDRESSES, "/S/" + "x" * 5000])
def test_odd_addresses_are_none(app, world, path):
    for who in (NOBODY, "layla"):
        answer = everything.browser(app, world, who).open(path)
        assert answer.status_code in (200, 303, 308, 400, 404), path
        assert "evil" not in answer.headers.get("Location", "").split("?")[0].partition("//")[2]


@pytest.mark.parametrize(
    "cookie", ["x" * 8000, "\xff\xfe", ".", "..", "a.b", "a." * 60, "'\"", "\0"]
)
def test_odd_cookies_are_nobodys(app, world, database, cookie):
    before = everything.content(database)
    browser = everything.bare(app)  # it would send its own instead
    for name in ("device", "s", "prefs"):
        headers = {"Cookie": f"{name}={cookie}"}
        assert browser.get("/hours", headers=headers).status_code in (303, 400)
        assert browser.get("/help", headers=headers).status_code in (200, 400)
    assert everything.content(database) == before


# --- sizes ---------------------------------------------------------------------------------

MULTIPART = "multipart/form-data"
TOO_MUCH = {
    "a body of a megabyte": {"data": b"x=" + b"y" * 2**20},
    "a body that says it is long": {"environ_overrides": {"CONTENT_LENGTH": str(10**9)}},
    "a part of 70 kB": {"data": {"reason": "y" * 70_000}, "content_type": MULTIPART},
    "a hundred and one parts": {
        "data": {f"f{n}": "1" for n in range(101)},
        "content_type": MULTIPART,
    },
    "many fields": {"data": "&".join(f"f{n}=1" for n in range(40_000))},
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_is_refused_quickly_with_a_sentence(app, world, database, what):
    layla = everything.browser(app, world, "layla")
    before = everything.content(database)
    sent = {"content_type": URLENCODED, **TOO_MUCH[what]}
    headers = {"X-CSRFToken": layla.token()}
    started = time.process_time()  # the work, not the wait for a processor
    answer = layla.post("/services/new", headers=headers, **sent)
    assert time.process_time() - started < 2
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text
    assert everything.content(database) == before


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/json", b"[" * 100_000),
        ("application/json", b"{" + b'"a":{' * 20_000),
        ("application/json", b"null"),
        ("application/json", b"\xff\xfe"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("application/x-www-form-urlencoded", b"%ff=%ff&%00=%00&=&&;"),
        ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"),
        ("nonsense", b"\0" * 100),
    ],
)
def test_nonsense_bodies_are_refused_or_read_as_empty(app, world, database, kind, data):
    before = everything.content(database)
    for method, path in ACTS:
        browser = everything.browser(app, world, allowed(method, path)[0])
        address = everything.address(path, world.ids)
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = browser.open(address, method=method, content_type=kind, data=data, headers=headers)
        # pages lack their form's token; programs and screens are told what is wrong instead
        told = path.startswith("/api/") or path == "/display/seen"
        refused = (400, 401, 415, 422) if told else (400,)
        if answer.status_code == 303:
            shown = browser.get(address)
            assert shown.location == answer.location, f"{path} leads on by itself, unpressed"
        else:
            assert answer.status_code in refused, f"{method} {path}"
    assert everything.content(database) == before


@pytest.mark.parametrize("where", ["field", "name", "query", "cookie"])
def test_a_nul_is_refused_wherever_it_stands(app, world, database, where):
    """PostgreSQL takes none, so it would be a fault there."""
    before = everything.content(database)
    layla = everything.browser(app, world, "layla")
    token, odd = layla.token(), "a\0b"
    if where == "cookie":
        cookie = {"Cookie": r'device="a\000b.c"'}
        answer = everything.bare(app).get("/hours", headers=cookie)
    elif where == "query":
        answer = layla.get("/people", query_string={"q": odd})
    else:
        field = {odd: "x"} if where == "name" else {"name_ar": odd}
        answer = layla.post("/services/new", data={"csrf_token": token, **field})
    assert answer.status_code == 400
    assert everything.content(database) == before


def test_a_name_without_letters_is_no_name(app, world):
    layla = everything.browser(app, world, "layla")
    page = layla.send("/services/new", name_ar="... 123", name_en="Way", counted_by="nobody")
    assert page.status_code == 422
    assert "A name needs letters" in page.text


def test_a_form_found_on_a_page_is_read_whole():
    page = (
        '<form method="post"><input name="a" value="1"><select name="b"><option value="2"></form>'
    )
    assert forms_of(page, "/x") == [Form("/x", "post", {"a": "1", "b": "2"})]
