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


def shown_from_the_left(text: str, lang: str, words: str, now) -> list[str]:
    """These words of a line, in the order in which they stand on paper."""
    paper = Paper("Words", now)
    paper.new_page()
    paper.line(text, lang, 20, 12, x=10, width=190, size=5)
    with pypdfium2.PdfDocument(paper.finished()) as document:
        read = document[0].get_textpage()
        found = [(left_edge(read, word), word) for word in words.split()]
    return [word for _left, word in sorted(found)]


def left_edge(read, word: str) -> float:
    place, many = read.search(word).get_next()
    return min(read.get_charbox(place + letter)[0] for letter in range(many))


@pytest.mark.parametrize(
    ("lang", "text", "shown"),
    [
        ("en", "Source: دراسة منشورة 2022", "Source 2022 منشورة دراسة"),
        ("en", "Source: دراسة منشورة 2022 end", "Source 2022 منشورة دراسة end"),
        (
            "en",
            "SAR 50 from 2020. Source: دراسة 2022 عامة, page 7",
            "SAR 50 2020 عامة 2022 دراسة 7",
        ),
        ("ar", "المصدر: دراسة 2022 منشورة", "منشورة 2022 دراسة المصدر"),
        ("ar", "المصدر: Annual report 2022 منشورة", "منشورة Annual report 2022 المصدر"),
        ("ar", "دراسة 10 عامة 35 منشورة", "منشورة 35 عامة 10 دراسة"),
    ],
)
def test_words_of_both_directions_stand_where_readers_look_for_them(lang, text, shown, now):
    assert shown_from_the_left(text, lang, shown, now) == shown.split()
