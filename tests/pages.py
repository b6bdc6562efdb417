"""A client that inspects every page a test visits, unasked, and speaks as one of the cast."""

import re
import secrets
from collections.abc import Callable
from contextvars import Context
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask, has_app_context, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import update
from werkzeug.test import TestResponse

from checkin.database import db, transaction
from checkin.models import Device, Person
from checkin.operations import devices
from checkin.web import clock

TYPED = {None, "text", "search", "tel", "email", "url", "password", "number", "date", "time"}
"""The kinds of input in which Enter sends the form, by its first submit button."""

SIGNED = re.compile(r'(?<=value=")[\w.-]{50,200}(?=")')
"""What begins with a secret of its session: alike in nothing, whatever page it stands on."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """What a test wants to know of a page: headings, fields, ids, language, texts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.html: dict[str, str | None] = {}
        self.headings: list[str] = []
        self.title = ""
        self.fields: list[dict[str, str | None]] = []
        self.labelled: set[str] = set()
        self.typed_in: set[str] = set()
        self.submits: dict[str, list[dict[str, str | None]]] = {}
        self.faults: list[str] = []
        self._open: list[str] = []
        self._labels = 0
        self._form = ""
        self.feed(html)
        self.close()
        if self._open:
            self.faults.append(f"never closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "html":
            self.html = values
        if tag == "h1":
            self.headings.append("")
        if tag == "label":
            self._labels += 1
            self.labelled.add(str(values.get("for")))
        if tag in ("input", "select", "textarea"):
            self.fields.append({**values, "_inside_label": str(self._labels or "")})
        self._in_form(tag, values)
        self.faults += [f"<{tag} {name}=…>" for name in values if name.startswith("on")]
        if "style" in values:
            self.faults.append(f"<{tag} style=…>")

    def _in_form(self, tag: str, values: dict[str, str | None]) -> None:
        """Which form a field or button is of, be it around it or named by it."""
        if tag == "form":
            self._form = values.get("id") or f"at {self.getpos()}"
        form = values.get("form") or self._form
        if tag == "input" and values.get("type") in TYPED:
            self.typed_in.add(form)
        if tag == "button" and values.get("type", "submit") == "submit":
            self.submits.setdefault(form, []).append(values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._labels -= 1
        if tag == "form":
            self._form = ""
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing that is open there")

    def handle_data(self, text: str) -> None:
        if "h1" in self._open:
            self.headings[-1] += text
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += text

    def inspect(self, language: str | None = None) -> None:
        """Fail with a sentence for whatever is wrong with the page itself."""
        assert not self.faults, f"markup: {self.faults}"
        assert len(self.headings) == 1, f"a page has one h1, this has {self.headings}"
        # a title holds no tags, not even those that somebody wrote into a name
        heading, title = (
            " ".join(re.sub(r"<[^>]*>", "", said).split()) for said in (*self.headings, self.title)
        )
        assert title.startswith(heading), f"the title {title!r} begins with the h1 {heading!r}"
        twice = {one for one in self.ids if self.ids.count(one) > 1}
        assert not twice, f"ids used twice: {twice}"
        wanted = {"ar": "rtl", "en": "ltr"}
        assert self.html.get("dir") == wanted.get(str(self.html.get("lang"))), self.html
        if language:
            assert self.html.get("lang") == language
        for form in self.typed_in & self.submits.keys():
            first, *others = self.submits[form]
            chooses = first.keys() & {"name", "formaction"} and "data-enter" not in first
            assert not (others and chooses), (
                f"Enter in a field of the form {form} presses {first}: begin it with `on_enter`"
            )
        for one in self.fields:
            hidden = one.get("type") in ("hidden", "submit", "button")
            named = one.get("id") in self.labelled or one.get("aria-label") or one["_inside_label"]
            assert hidden or named, f"a field without a label: {one}"


class Browser(FlaskClient):
    """A browser that keeps its CSRF token and inspects every page it is shown.

    Staff hold theirs in hand, so that none locks itself while a test travels through time.
    """

    in_hand = True
    staff_device: int | None = None
    touched_at: datetime | None = None

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        if self.in_hand and self.staff_device is not None and self.touched_at != clock.now():
            self.touched_at = clock.now()
            touch(self.staff_device, self.touched_at)
        kwargs.setdefault("buffered", True)  # read whole and closed, as a server does
        # outside the test's app context: a real request has a session and a `g` of its own
        response: TestResponse = Context().run(super().open, *args, **kwargs)  # type: ignore
        if has_app_context():
            db.session.rollback()
            db.session.expire_all()  # so that the test sees what the request did
        if response.mimetype == "text/html" and response.status_code not in (303, 304):
            text = response.get_data(as_text=True)
            if text.lstrip().lower().startswith("<!doctype"):
                _inspect_once(text)
        return response

    def page(self, address: str) -> Page:
        """The page at an address, which must be there."""
        response = self.get(address)
        assert response.status_code == 200, f"{address} answered {response.status_code}"
        return Page(response.get_data(as_text=True))

    def text(self, address: str) -> str:
        """What a reader sees on the page at an address, tags and blank space taken out."""
        return plain(self.get(address))

    def send(self, address: str, **fields: object) -> TestResponse:
        """POST a form as the browser would, with the token of this session."""
        return self.post(address, data={"csrf_token": self.token(), **fields})

    def token(self, **request: object) -> str:
        """What each form of this session holds, without drawing a page for it."""
        with self.session_transaction(**request) as kept:
            secret = kept.setdefault("csrf_token", secrets.token_hex(20))
        return Context().run(self._sign, secret)

    def _sign(self, secret: str) -> str:
        with self.application.test_request_context():
            session["csrf_token"] = secret
            return generate_csrf()


def _inspect_once(text: str) -> None:
    """Inspect a page unless one was that differs only in what signs its forms."""
    same = hash(SIGNED.sub("", text))
    if same not in _inspected:
        Page(text).inspect()
        _inspected.add(same)


_inspected: set[int] = set()
"""What is shown again and again, like a page that says no, is read once: five milliseconds each."""


@transaction
def touch(device_id: int, at: datetime) -> None:
    db.session.execute(update(Device).where(Device.id == device_id).values(active_at=at))


def plain(response: TestResponse) -> str:
    """A response's text as a reader sees it."""
    body = re.sub(
        r"<(script|style|svg)\b.*?</\1>", " ", response.get_data(as_text=True), flags=re.S
    )
    text = re.sub(r"<[^>]+>", " ", body)
    return " ".join(text.replace("&#39;", "'").replace("&quot;", '"').replace("&amp;", "&").split())


@pytest.fixture
def client(app: Flask) -> Browser:
    """A stranger's browser, in Arabic."""
    app.test_client_class = Browser
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def browser_of(app: Flask) -> Callable[..., Browser]:
    """`browser_of(person)` is signed in: volunteers by phone, staff (`kind="staff"`) too."""
    app.test_client_class = Browser

    def signed_in(person: Person, kind: str = "phone", lang: str = "ar") -> Browser:
        browser: Browser = app.test_client()  # type: ignore[assignment]
        device_id, cookie = devices.remember(
            person.id, kind, "test", lifetime=timedelta(hours=12), now=clock.now()
        )
        if kind == "staff":
            browser.staff_device, browser.touched_at = device_id, clock.now()
        browser.set_cookie("device", cookie)
        browser.set_cookie("prefs", f"{lang}.latn.auto")
        return browser

    return signed_in
