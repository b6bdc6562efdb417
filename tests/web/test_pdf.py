"""Paper as PDF: Arabic words hold together, with and without marks."""

import pypdfium2
import pytest

from checkin.web.pdf import Paper

SHARP = 8
"""Points of the picture for each of the paper."""


def ink(text: str, now, style: str = "") -> tuple[int, int]:
    """From which column of points to which a word at the right of the sheet is dark."""
    paper = Paper("Words", now)
    paper.new_page()
    paper.line(text, "ar", 20, 12, x=10, width=190, size=9, style=style, align="R")
    with pypdfium2.PdfDocument(paper.finished()) as document:
        picture = document[0].render(scale=SHARP, grayscale=True).to_pil()
        left, _top, right, _bottom = picture.point(lambda dot: 255 - dot).getbbox()
    return left, right


@pytest.mark.parametrize("style", ["", "B"])
@pytest.mark.parametrize(
    ("marked", "bare"),
    [("تُحتسب", "تحتسب"), ("يُحسب", "يحسب"), ("لم يُحدَّد", "لم يحدد"), ("مُحمَّد", "محمد")],
)
def test_a_mark_neither_parts_its_word_nor_takes_room(marked, bare, style, now):
    assert ink(marked, now, style) == ink(bare, now, style)


def test_a_word_in_its_parts_is_wider(now):
    """The control: letters that do not join, as words with marks came apart once."""
    assert ink("ت\u200cحتسب", now)[0] < ink("تحتسب", now)[0]
