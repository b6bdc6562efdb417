"""Codes as pictures: small, black on white, and read back by a decoder that is not ours."""

import xml.etree.ElementTree as ET

import pytest
import zxingcpp

from checkin.domain.codes import new_code
from checkin.models import Poster
from checkin.web.qr import QUIET, poster_url, qr_code, qr_svg, short_host
from tests.web.photographs import of_svg

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
