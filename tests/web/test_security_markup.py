"""No page holds anything inline: what the policy would stop is not there to be stopped."""

import re

import pytest

from tests.web.everything import NOBODY, PEOPLE

pytestmark = pytest.mark.measured_elsewhere

INLINE = {
    "a style attribute": r"<[^>]+\sstyle\s*=",
    "an event attribute": r"<[^>]+\son[a-z]+\s*=\s*[\"']",
    "a script in the page": r"<script\b(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "a style in the page": r"<style\b",
    "a script as an address": r"(?i)=\s*[\"']?\s*(java|vb)script:",
    "a page as an address": r"(?i)(href|action|data)\s*=\s*[\"']?\s*data:(?!,\")",
    "another site": r"(?i)<(script|link|img|iframe|form)\b[^>]*(src|href|action)=\"(https?:)?//",
    "a base": r"<base\b",
}


@pytest.mark.parametrize("who", [NOBODY, *PEOPLE])
def test_no_page_holds_anything_the_policy_would_stop(pages_of, who):
    seen = 0
    for rule, _, page in pages_of(who):
        if page.mimetype == "text/html":
            seen += 1
            body = page.get_data(as_text=True)
            found = [what for what, pattern in INLINE.items() if re.search(pattern, body)]
            assert not found, f"{rule}: {found}"
    assert seen > 10


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="x">',
        '<a onclick="x">',
        "<script>x</script>",
        "<style>x</style>",
        '<a href="javascript:x">',
        '<script src="//cdn.example/x.js"></script>',
        '<base href="/">',
    ],
)
def test_each_of_them_would_be_seen(bad):
    assert any(re.search(pattern, bad) for pattern in INLINE.values())
