"""Nobody is led away: whatever stands in `next`, the way on stays on this site."""

from urllib.parse import urljoin, urlsplit

import pytest

from checkin.web.targets import safe_target
from tests.web import everything

HOSTILE = [
    *("//evil.example", "///evil.example", "////evil.example", "//evil.example/%2f..", "//"),
    *(
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\\/evil.example",
        "\\evil.example",
    ),
    *("http://evil.example", "https://evil.example", "HTTP://evil.example", "https:evil.example"),
    *("https:/evil.example", "https:///evil.example", "ftp://evil.example", "ws://evil.example"),
    *("javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "vbscript:x"),
    *("data:text/html,x", "file:///etc/passwd", "about:blank", "blob:x", "mailto:a@evil.example"),
    *(
        "evil.example",
        "www.evil.example/",
        "@evil.example",
        "localhost@evil.example",
        ".evil.example",
    ),
    *(" //evil.example", "\t//evil.example", "\n//evil.example", "/\t/evil.example", "/\n/evil"),
    *("/\r/evil.example", "/ /evil.example", "/\0/evil.example", "\0//evil.example", "/\x7f/x"),
    *("/\x0b/evil.example", "/\x1f/evil.example", "\x1f//evil.example", " https://evil.example"),
    *("http:\\\\evil.example", "http:/\\evil.example", "/\\\\evil.example", "/a\\..\\evil", "\\"),
    *("?next=//evil.example", "#//evil.example", "", " ", "hours", "./hours", "../hours"),
    *("/" + "x" * 500, "/hours\r\nSet-Cookie: a=b", "/hours\nLocation: //evil.example"),
    *("//localhost//evil.example", "//evil.example:80/", "//[::1]/", "//0x7f000001/"),
]
KIND = ["/", "/hours", "/sites/3?day=2026-11-22", "/S/ABC#top", "/a?next=https://b/", "/ساعات"]


def test_the_corpus_is_a_corpus():
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("target", HOSTILE, ids=ascii)
def test_a_hostile_target_becomes_home(target):
    assert safe_target(target) == "/"
    assert safe_target(target, "/hours") == "/hours"


@pytest.mark.parametrize("target", KIND)
def test_a_path_of_ours_stays(target):
    assert safe_target(target) == target


def test_nothing_becomes_home():
    assert safe_target(None) == "/"


@pytest.mark.parametrize("target", HOSTILE, ids=ascii)
def test_no_page_leads_there(app, world, target):
    """As a browser resolves the answer, after choosing a language and when already signed in."""
    noura = everything.browser(app, world, "volunteer")
    fields = {"csrf_token": noura.token(), "next": target, "lang": "en"}
    salem = everything.browser(app, world, "salem")
    answers = [
        noura.post("/preferences", data=fields),
        noura.get("/sign-in", query_string={"next": target}),
        salem.get("/staff/sign-in", query_string={"next": target}),
    ]
    for answer in answers:
        if "\0" in target:
            assert answer.status_code == 400
        else:
            assert answer.status_code == 303
            where = urlsplit(urljoin("http://localhost/", answer.headers["Location"]))
            assert (where.scheme, where.netloc, where.path) == ("http", "localhost", "/")
