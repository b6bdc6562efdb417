"""Places in sentences: what is read as one, what is refused, what fills them."""

import pytest

from checkin.domain import placeholders
from checkin.domain.errors import Problem

ALLOWED, NEEDED = ("code", "site"), ("code",)


@pytest.mark.parametrize(
    ("words", "code", "facts"),
    [
        ("Code {code} at {site}", None, {}),
        ("{code}{code}", None, {}),
        ("At {site}", "placeholder_missing", {"name": "code"}),
        ("", "placeholder_missing", {"name": "code"}),
        ("{code} {day}", "placeholder_unknown", {"name": "day"}),
        ("{code.__class__}", "placeholder_unknown", {"name": "code.__class__"}),
        ("{code} {}", "placeholder_unknown", {"name": ""}),
        ("{code", "brace_alone", {}),
        ("{code} }", "brace_alone", {}),
        ("{{code}}", "brace_alone", {}),
    ],
)
def test_what_is_refused(words, code, facts):
    if code is None:
        placeholders.check(words, ALLOWED, NEEDED)
        return
    with pytest.raises(Problem) as refused:
        placeholders.check(words, ALLOWED, NEEDED)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_values_are_never_read_again():
    values = {"site": "{code} %(code)s", "code": "1"}
    assert placeholders.fill("{ site }, {code}", values) == "{code} %(code)s, 1"


def test_places_are_named_in_either_language_and_any_case():
    words = placeholders.respelled(
        "{الرمز} {CODE} {other} {code", {"الرمز": "code", "Code": "code"}
    )
    assert words == "{code} {code} {other} {code"
