"""Codes as pictures: small, black on white, and read back by a decoder that is not ours."""

import xml.etree.ElementTree as ET
from datetime import date

import pytest
import zxingcpp

from checkin.domain import rotating
from checkin.domain.codes import new_code
from checkin.models import Poster
from checkin.web.qr import QUIET, poster_url, qr_code, qr_svg, short_host
from tests.web.photographs import (
    blurred,
    of_svg,
    read_by_opencv,
    read_by_zxing,
    sharp,
    squeezed,
    tilted,
)

URL = "HTTPS://V.EXAMPLE.SA/S/7ZK3QX9ABCDEFGHJKMNPQRSTVW"


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_a_drawn_code_is_read_back(level):
    found = zxingcpp.read_barcode(of_svg(qr_svg(URL, level)))
    assert found is not None
    assert found.text == URL
    assert found.ec_level == level


@pytest.mark.parametrize("host", ["V.EXAMPLE.SA", "HUDUR.EXAMPLE.SA", "V" * 27 + ".SA"])
def test_a_poster_is_version_4_at_level_q(host):
    code = qr_code(f"HTTPS://{host}/S/{new_code()}", "Q")
    assert (code.version, code.side) == (4, 33 + 2 * QUIET)


def screen_url(host: str) -> str:
    """What a screen at this host shows at some instant."""
    key = rotating.key_of_day(b"root", "7K3QX9", 41, 3, date(2026, 11, 22))
    return f"HTTPS://{host}/R/{rotating.token('Z', key, '7K3QX9', 41, 3, 59844720)}"


@pytest.mark.parametrize("length", [12, 17, 30, 37])
def test_what_a_screen_shows_is_version_4_at_level_m(length):
    host = "V" * (length - 3) + ".SA"
    assert len(host) == length
    code = qr_code(screen_url(host), "M")
    assert (code.version, code.side) == (4, 33 + 2 * QUIET)


def test_a_host_that_is_longer_than_the_rest_needs_a_larger_code():
    assert qr_code(screen_url("V" * 38 + ".SA"), "M").version == 5


@pytest.mark.parametrize("way", [sharp, blurred, tilted, squeezed], ids=lambda way: way.__name__)
@pytest.mark.parametrize("host", ["V.EXAMPLE.SA", "V" * 34 + ".SA"])
def test_what_a_screen_shows_is_read_by_both_decoders(host, way):
    url = screen_url(host)
    seen = way(of_svg(qr_svg(url, "M")))
    assert read_by_zxing(seen) == [url]
    assert read_by_opencv(seen) == [url]


def test_lower_case_would_be_larger():
    assert qr_code(URL.lower(), "Q").version > 4


def test_a_code_of_digits_stays_as_small():
    assert qr_code("HTTPS://V.EXAMPLE.SA/S/" + "7" * 26, "Q").version == 4


def test_four_modules_stay_quiet_on_every_side():
    code = qr_code(URL)
    quiet = range(QUIET, code.side - QUIET)
    assert all(run.y in quiet for run in code.runs)
    assert min(run.x for run in code.runs) == QUIET
    assert max(run.x + run.width for run in code.runs) == code.side - QUIET


def test_the_picture_is_small_and_needs_no_style():
    svg = qr_svg(URL)
    assert len(svg) < 5000
    assert "style" not in svg
    assert 'shape-rendering="crispEdges"' in svg
    assert '<path fill="white" d="M0 0h41v41H0z"/>' in svg


def test_a_label_is_said_and_escaped():
    svg = qr_svg(URL, label='Code "<A>"', size="16cm")
    assert ET.fromstring(svg).attrib["aria-label"] == 'Code "<A>"'
    assert ET.fromstring(svg).attrib["width"] == "16cm"
    assert 'aria-hidden="true"' in qr_svg(URL)


@pytest.mark.parametrize(
    ("base", "start", "host"),
    [
        ("https://hudur.example.sa", "HTTPS://HUDUR.EXAMPLE.SA/S/", "hudur.example.sa"),
        ("http://127.0.0.1:8000/", "HTTP://127.0.0.1:8000/S/", "127.0.0.1:8000"),
        ("https://www.example.sa/in/", "HTTPS://WWW.EXAMPLE.SA/in/S/", "example.sa"),
        ("https://مثال.example", "HTTPS://XN--MGBH0FB.EXAMPLE/S/", "مثال.example"),
    ],
)
def test_a_posters_address_is_upper_case(app, base, start, host):
    app.config["BASE_URL"] = base
    poster = Poster(code=new_code())
    assert poster_url(poster) == start + poster.code
    assert short_host() == host
