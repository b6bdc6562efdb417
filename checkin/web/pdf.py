"""Paper as PDF: fonts, lines in both directions, boxes and codes, for whatever room prints."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from checkin.config import folder
from checkin.web.qr import QUIET, Level, qr_code

# All measures are millimetres.
BLACK, GREY, WHITE = (0, 0, 0), (150, 150, 150), (255, 255, 255)
Colour = tuple[int, int, int]
_POINTS = 72 / 25.4
_LEADING = 1.25
_SMALLEST = 1.5
_DIRECTION = {"ar": "rtl", "en": "ltr"}
"""Of the whole line; letters of each script in it are shaped as their own."""
_Run = tuple[int, str]
"""Letters with their level: even ones are read from the left."""


class Paper:
    """A document of A4 sheets; what stands where is its reader's thought."""

    def __init__(self, title: str, now: datetime, lang: str = "ar") -> None:
        self._pdf: Any = _writer()(format="A4")
        self._pdf.set_title(title)
        self._pdf.set_lang(lang)
        self._pdf.set_creation_date(now)
        self._pdf.set_auto_page_break(False)
        for style, weight in (("", "Regular"), ("B", "Bold")):
            self._pdf.add_font("plex", style, _fonts() / f"IBMPlexSansArabic-{weight}.ttf")

    def finished(self) -> bytes:
        return bytes(self._pdf.output())

    def drop(self) -> None:
        """Leave it unfinished: the files of its fonts are closed."""
        for font in self._pdf.fonts.values():
            font.close()

    def new_page(self, *, on_its_side: bool = False) -> None:
        self._pdf.add_page("landscape" if on_its_side else "portrait")

    @property
    def page_count(self) -> int:
        return int(self._pdf.pages_count)

    def go_to(self, page: int) -> None:
        """Draw on a page that is there already, the first being 1."""
        self._pdf.page = page
        self._pdf.font_family = ""  # else the writer takes the other page's font for set

    @property
    def edge(self) -> float:
        """What every line leaves free at both of its ends."""
        return float(self._pdf.c_margin)

    def ink(self, colour: Colour) -> None:
        """The colour of the letters that follow."""
        self._pdf.set_text_color(*colour)

    def line(
        self,
        text: str,
        lang: str,
        y: float,
        height: float,
        *,
        x: float,
        width: float,
        size: float,
        style: str = "",
        align: str = "C",
        inset: float = 0,
    ) -> None:
        """One line of text in its box; too long a text is set smaller rather than cut."""
        self._pdf.set_text_shaping(True, direction=_DIRECTION[lang])
        self._pdf.set_font("plex", style, size * _POINTS)
        room = width - 2 * inset - 2 * self._pdf.c_margin
        wide = self._pdf.get_string_width(text)
        if wide > room:
            self._pdf.set_font_size(size * _POINTS * room / wide)
        self._pdf.set_xy(x + inset, y)
        self._pdf.cell(width - 2 * inset, height, text, align=align)

    def width_of(self, text: str, lang: str, size: float, style: str = "") -> float:
        """Millimetres that a line of this text takes."""
        self._pdf.set_text_shaping(True, direction=_DIRECTION[lang])
        self._pdf.set_font("plex", style, size * _POINTS)
        wide: float = self._pdf.get_string_width(text)
        return wide

    def block(
        self,
        text: str,
        lang: str,
        *,
        x: float,
        y: float,
        width: float,
        height: float,
        size: float,
        style: str = "",
        align: str = "C",
    ) -> None:
        """Words on several lines in the middle of their box, smaller where they are many."""
        while True:
            lines = self.wrapped(text, lang, width, size, style)
            if len(lines) * size * _LEADING <= height or size <= _SMALLEST:
                break
            size *= 0.93
        top = y + (height - len(lines) * size * _LEADING) / 2
        for number, words in enumerate(lines):
            place: dict[str, Any] = {"x": x, "width": width, "align": align}
            below, high = top + number * size * _LEADING, size * _LEADING
            self.line(words, lang, below, high, size=size, style=style, **place)

    def wrapped(
        self, text: str, lang: str, width: float, size: float, style: str = ""
    ) -> list[str]:
        """The lines that these words take in a box; `line` sets a longer word smaller."""
        room, lines = width - 2 * self._pdf.c_margin, list[str]()
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width_of(longer, lang, size, style) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def picture(self, png: bytes, *, x: float, y: float, width: float, height: float) -> None:
        self._pdf.image(BytesIO(png), x, y, width, height)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        edge: Colour = BLACK,
        corner: float = 3,
    ) -> None:
        self._pdf.set_line_width(0.3)
        self._pdf.set_draw_color(*edge)
        if fill:
            self._pdf.set_fill_color(*fill)
        style = "F" if fill else "D"
        shape = {"round_corners": corner > 0, "corner_radius": corner}
        self._pdf.rect(x, y, width, height, style, **shape)

    def rule(self, left: float, right: float, y: float, colour: Colour, thick: float) -> None:
        self._pdf.set_line_width(thick)
        self._pdf.set_draw_color(*colour)
        self._pdf.line(left, y, right, y)

    def path(
        self,
        points: Sequence[tuple[float, float]],
        colour: Colour,
        thick: float,
        dash: float = 0,
    ) -> None:
        """A line from point to point; `dash` is how long its dashes are."""
        self._pdf.set_line_width(thick)
        self._pdf.set_draw_color(*colour)
        self._pdf.set_dash_pattern(dash, dash * 0.8)
        self._pdf.polyline(points)
        self._pdf.set_dash_pattern()

    def code(self, text: str, level: Level, *, x: float, y: float, side: float) -> None:
        """A code whose dark part is `side` wide, around the point; its quiet zone stays empty."""
        code = qr_code(text, level)
        module = side / (code.side - 2 * QUIET)
        left, top = x - code.side * module / 2, y - code.side * module / 2
        with self._pdf.new_path() as path:
            path.style.fill_color = "#000000"
            path.style.stroke_color = None
            # One path, because viewers show seams between shapes that merely touch.
            for column, row, width in code.runs:
                path.rectangle(left + column * module, top + row * module, width * module, module)


@cache
def _writer() -> type:
    """The library's, taught that a mark belongs to its letter, and where numbers stand.

    It begins to shape anew where the script changes, and takes that of a vowel mark, which has
    none of its own, for another than its letter's: words came apart (seen in fpdf2 2.8.9).
    Our fonts hold two scripts that differ in direction, so a run of one direction is shaped whole.

    It also puts runs of one direction in order by that of the line alone: a number after Arabic
    words in an English line came to stand right of them.
    """
    from fpdf import FPDF  # heavy: a third of a second that no other page waits for
    from fpdf.bidi import BidiParagraph  # heavy: the same
    from fpdf.enums import TextDirection  # heavy: the same
    from fpdf.line_break import Fragment  # heavy: the same

    class Writer(FPDF):
        def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
            """Runs as they are seen, from left to right, and told to the library as such a line."""
            shaping: Any = self.text_shaping
            whole = BidiParagraph(text, shaping["direction"], preserve_bn_chars=True)
            read = [
                (one.embedding_level, one.character)
                for one in whole.get_characters_with_embedding_level()
            ]
            shaping["paragraph_direction"] = TextDirection.LTR
            found: list[Fragment] = []
            for level, words in _in_order(read):
                way = TextDirection.RTL if level % 2 else TextDirection.LTR
                shaping["fragment_direction"] = way
                found += self._preload_font_styles(words, markdown)
            return found

        def _parse_chars(self, text: str, markdown: bool, **_more: Any) -> Iterator[Fragment]:
            """Without its markers for bold and the number of pages, which nobody here writes."""
            yield Fragment(text, self._get_current_graphics_state(), self.k)

    return Writer


def _in_order(read: Sequence[_Run]) -> list[_Run]:
    """Runs of one level from left to right; of neighbours that are read from the right the first
    read comes first, for the library turns these itself."""
    runs = [
        (level, "".join(letter for _level, letter in letters))
        for level, letters in groupby(read, key=itemgetter(0))
    ]
    # rule L2 of the Unicode Bidirectional Algorithm, of runs instead of letters
    for floor in range(max((level for level, _words in runs), default=0), 0, -1):
        runs = _turned(runs, [level >= floor for level, _words in runs])
    return _turned(runs, [level % 2 == 1 for level, _words in runs])


def _turned(runs: Sequence[_Run], turns: Sequence[bool]) -> list[_Run]:
    """With every stretch of those that turn in the opposite order."""
    found: list[_Run] = []
    for turn, stretch in groupby(zip(turns, runs, strict=True), key=itemgetter(0)):
        these = [run for _turn, run in stretch]
        found += reversed(these) if turn else these
    return found


def _fonts() -> Path:
    return folder("static") / "vendor" / "fonts-pdf"
