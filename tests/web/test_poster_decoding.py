"""Every poster we make is read by two decoders that are not ours, also when paper has suffered."""

import pytest

from checkin.models import Poster
from checkin.operations import pictures
from checkin.operations.permissions import Reach
from checkin.operations.posters import Place, make, printables
from checkin.operations.settings import change
from checkin.web.poster_pdf import posters_pdf
from checkin.web.poster_sheet import Sheet, sheet_of
from checkin.web.qr import qr_svg
from tests.pictures import made_picture
from tests.web.photographs import (
    WAYS,
    blotted,
    of_pdf,
    of_svg,
    read_by_opencv,
    read_by_zxing,
)


@pytest.fixture
def settings() -> dict[str, object]:
    return {"BASE_URL": "https://hudur.example.sa"}


@pytest.fixture
def sheets(cast, now) -> list[Sheet]:
    """A site's poster and a shift's."""
    made: list[Poster] = make(
        [Place(cast.mataf.id), Place(cast.mataf.id, cast.shift.id)], by=None, now=now
    )
    ids = [poster.id for poster in made]
    return [sheet_of(one) for one in printables(Reach(everywhere=True), ids)]


@pytest.fixture
def pages(sheets, now):
    return of_pdf(posters_pdf(sheets, title="Posters", now=now))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_printed_page_is_read_by_both_decoders(sheets, pages, way):
    assert len(pages) == 2
    for sheet, page in zip(sheets, pages, strict=True):
        seen = way(page)
        assert read_by_zxing(seen) == [sheet.url]
        assert read_by_opencv(seen) == [sheet.url]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_drawn_code_is_read_by_both_decoders(sheets, way):
    for sheet in sheets:
        seen = way(of_svg(qr_svg(sheet.url, "Q")))
        assert read_by_zxing(seen) == [sheet.url]
        assert read_by_opencv(seen) == [sheet.url]


def test_a_blot_over_half_of_the_code_is_too_much(pages):
    """The spoiling is real: were it only decoration, the tests above could not fail."""
    seen = blotted(pages[0], share=0.5)
    assert read_by_zxing(seen) == []
    assert read_by_opencv(seen) == []


def test_the_code_on_a4_is_sixteen_centimetres_with_its_quiet_zone(pages):
    for page in pages:
        check_measures(page)


def test_the_organisation_s_name_and_logo_leave_the_code_its_room(app, cast, now):
    """The longest names there may be, and the widest logo, on a shift's poster."""
    names = {
        "organisation_ar": ("جمعية خدمة " * 7).strip(),
        "organisation_en": ("Society of all " * 5).strip(),
    }
    with app.test_request_context():
        change(names, by=cast.majed.id, now=now)
        pictures.keep_logo(made_picture(size=(400, 100)), by=cast.majed.id, now=now)
        made = make([Place(cast.mataf.id, cast.shift.id)], by=None, now=now)
        found = printables(Reach(everywhere=True), [poster.id for poster in made])
        sheet = sheet_of(found[0])
        (page,) = of_pdf(posters_pdf([sheet], title="Posters", now=now))
    assert sheet.head.logo
    assert sheet.ar.organisation == names["organisation_ar"]
    check_measures(page)
    assert read_by_zxing(page) == read_by_opencv(page) == [sheet.url]


def check_measures(page) -> None:
    dark = page.point(lambda light: 255 if light < 160 else 0)
    inked = [dark.crop((0, y, page.width, y + 1)).getbbox() for y in range(page.height)]
    blocks = _blocks([bool(row) for row in inked])
    above, code, below = _around_the_tallest(blocks)
    module = (code[1] - code[0]) / 33
    left, _, right, _ = dark.crop((0, code[0], page.width, code[1])).getbbox()
    assert (right - left) * 210 / page.width == pytest.approx(160, abs=1)
    assert (code[1] - code[0]) * 297 / page.height == pytest.approx(160, abs=1)
    assert min(left, page.width - right) >= 4 * module
    assert code[0] - above[1] >= 4 * module - 1
    assert below[0] - code[1] >= 4 * module - 1


def _blocks(inked: list[bool]) -> list[tuple[int, int]]:
    """Where ink begins and ends, from the top of the page down."""
    edges = [y for y in range(1, len(inked)) if inked[y] != inked[y - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _around_the_tallest(blocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    place = max(range(len(blocks)), key=lambda one: blocks[one][1] - blocks[one][0])
    return blocks[place - 1 : place + 2]
