"""The logo: sent by an administrator, encoded anew, shown in the header, and taken away again."""

import re
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.ExifTags import Base

from checkin.operations import pictures
from tests.pictures import made_picture

pytestmark = pytest.mark.usefixtures("at")
ADDRESS = "/settings/logo"


def choose(browser, content: bytes, name: str = "logo.png"):
    return browser.send(ADDRESS, picture=(BytesIO(content), name))


def source_in(browser) -> str | None:
    found = re.search(r'src="(/logo/[0-9a-f]{64}\.png)"', browser.get("/people").text)
    return found and found[1]


def bomb() -> bytes:
    """A PNG of a hundred bytes that says it is 30,000 points wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_in_every_header_at_once(majed, layla, client, kind):
    assert source_in(layla) is None
    assert choose(majed, made_picture(kind)).status_code == 303
    address = source_in(layla)
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert Image.open(BytesIO(answer.data)).size == (64, 48)


def test_it_is_made_smaller_and_loses_all_that_is_no_picture(majed, layla):
    exif = Image.Exif()
    exif[Base.ImageDescription] = "taken at a secret place"
    choose(majed, made_picture("JPEG", (1600, 400), exif=exif))
    shown = layla.get(source_in(layla)).data
    assert b"secret" not in shown
    picture = Image.open(BytesIO(shown))
    assert (picture.size, picture.info) == ((512, 128), {})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        made_picture("GIF"),
        made_picture("PNG")[:60],
        bomb(),
    ],
    ids=["empty", "text", "svg", "gif", "cut off", "bomb"],
)
def test_what_is_no_picture_of_ours_is_refused_with_a_sentence(majed, layla, content):
    refused = choose(majed, content)
    assert refused.status_code == 422
    assert "This is no picture we can use" in refused.text
    assert source_in(layla) is None


def test_a_large_file_and_none_at_all_are_refused(majed):
    large = choose(majed, made_picture() + b"\0" * pictures.MOST_BYTES)
    large.request.environ["wsgi.input"].close()  # a file of the test's own client
    assert "The picture is larger than 1 MB" in large.text
    assert "Choose a file" in majed.send(ADDRESS).text


def test_what_is_wrong_with_it_is_said_at_the_top_of_the_long_page(majed):
    refused = choose(majed, b"no picture").text
    assert refused.index("There is a problem") < refused.index("<h1")
    assert 'href="#picture">This is no picture' in refused


def test_another_logo_has_another_address_and_the_first_is_gone(majed, layla):
    choose(majed, made_picture())
    first = source_in(layla)
    choose(majed, made_picture(size=(48, 64)))
    assert source_in(layla) != first
    assert layla.get(first).status_code == 404


def test_it_is_taken_away_again(majed, layla):
    choose(majed, made_picture())
    address = source_in(layla)
    majed.send("/settings/logo/removal")
    assert source_in(layla) is None
    assert layla.get(address).status_code == 404


def test_only_an_administrator_chooses_it(noura, salem, layla):
    for browser in (noura, salem, layla):
        assert choose(browser, made_picture()).status_code == 403
        assert browser.send("/settings/logo/removal").status_code == 403
