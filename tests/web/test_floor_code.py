"""The code beside the list: the display's where one is at work, the poster's elsewhere."""

import re
from datetime import timedelta

import pytest

from checkin.domain.scanning import Code
from checkin.operations import displays
from tests.web.photographs import of_svg, read_by_zxing

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def here(cast) -> str:
    return f"/floor/{cast.mataf.id}"


@pytest.fixture
def screen(cast, now) -> displays.Screen:
    return displays.open_here(cast.mataf.id, "4815", by=cast.salem.id, now=now)


def address_in(html: str) -> str:
    """What the one code on the page says to a camera."""
    (svg,) = re.findall(r'<div class="code-image">(<svg.*?</svg>)', html, flags=re.S)
    (text,) = read_by_zxing(of_svg(svg))
    return text


def shown(browser, address: str) -> displays.Shown | None:
    text = address_in(browser.get(address).get_data(as_text=True))
    kind, code = text.rsplit("/", 2)[1:]
    return displays.shown(code) if kind == "R" else None


def test_salem_sees_what_the_display_shows(now, salem, here, screen):
    found = shown(salem, here)
    assert found is not None
    assert found.display_id == screen.display.id
    assert found.judged(now) is Code.ACTIVE
    digits = displays.live_at(found.site_id, now).digits
    assert f"{digits[:3]} {digits[3:]}" in salem.text(here)


def test_the_next_half_minute_has_another_code(salem, here, screen, at):
    first = shown(salem, f"{here}/code")
    at.shift(timedelta(seconds=30))
    second = shown(salem, f"{here}/code")
    assert second.window == first.window + 1


def test_the_seconds_left_are_those_of_the_half_minute(now, salem, here, screen, at):
    at.move_to(now + timedelta(seconds=12))
    assert 'data-left="18000"' in salem.get(f"{here}/code").get_data(as_text=True)


def test_without_a_display_the_poster_stays(cast, salem, here):
    text = salem.text(here)
    assert cast.poster.short_code in text
    assert "Show a renewing code" in text
    assert salem.get(f"{here}/code").status_code == 404


def test_a_stopped_display_gives_way_to_the_poster(cast, salem, here, screen, now):
    displays.revoke(screen.display.id, by=cast.salem.id, now=now)
    assert salem.get(f"{here}/code").status_code == 404
    assert cast.poster.short_code in salem.text(here)


def test_the_code_of_another_site_is_not_there_for_huda(cast, browser_of, here, screen):
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(f"{here}/code").status_code == 404


@pytest.mark.parametrize("who", ["noura", "faisal"])
def test_neither_a_volunteer_nor_an_auditor_gets_the_code(cast, browser_of, here, screen, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    assert browser.get(f"{here}/code").status_code == 403
