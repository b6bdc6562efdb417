"""Posters as a PDF: the print page again, for printing shops and for sending."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from checkin.config import folder
from checkin.web.poster_sheet import Sheet, Side
from checkin.web.qr import QUIET, qr_code

# All measures are millimetres on a sheet of A4, as in static/css/components/poster.css.
WIDTH, LEFT, TOP, BOTTOM = 178, 16, 10, 287
CODE = 160
"""Side of the code without its quiet zone."""
GREEN, WHITE, BLACK = (20, 87, 58), (255, 255, 255), (0, 0, 0)
_POINTS = 72 / 25.4
_SHAPING = {
    "ar": {"direction": "rtl", "script": "arab", "language": "ara"},
    "en": {"direction": "ltr", "script": "latn", "language": "eng"},
}


def posters_pdf(sheets: Sequence[Sheet], *, title: str, now: datetime) -> bytes:
    """One page for each sheet; Arabic is shaped and ordered, the code is drawn, not a picture."""
    paper = _Paper(title, now)
    for sheet in sheets:
        paper.draw(sheet)
    return paper.finished()


class _Paper:
    """A document of posters; knows where on a page each part stands."""

    def __init__(self, title: str, now: datetime) -> None:
        from fpdf import FPDF  # heavy: a third of a second that no other page waits for

        self._pdf = FPDF(format="A4")
        self._pdf.set_title(title)
        self._pdf.set_lang("ar")
        self._pdf.set_creation_date(now)
        self._pdf.set_auto_page_break(False)
        for style, weight in (("", "Regular"), ("B", "Bold")):
            self._pdf.add_font("plex", style, self._fonts / f"IBMPlexSansArabic-{weight}.ttf")

    @cached_property
    def _fonts(self) -> Path:
        return folder("static") / "vendor" / "fonts-pdf"

    def finished(self) -> bytes:
        return bytes(self._pdf.output())

    def draw(self, sheet: Sheet) -> None:
        self._pdf.add_page()
        below = self._band(sheet)
        self._heading(sheet, below + 1)
        self._steps(sheet, BOTTOM - 29.5)
        self._foot(sheet, BOTTOM - 10)
        self._code(sheet.url, (below + 19.5 + BOTTOM - 29.5) / 2)

    def _band(self, sheet: Sheet) -> float:
        """The green band with the place in both languages; where it ends."""
        lines = [(sheet.ar.place, "ar", "B", 6.5, 9), (sheet.ar.times, "ar", "", 3.7, 4.7)]
        lines += [(sheet.en.place, "en", "", 4.2, 5.2), (sheet.en.times, "en", "", 3.7, 4.6)]
        lines = [line for line in lines if line[0]]
        height = sum(line[4] for line in lines) + 3
        self._box(LEFT, TOP, WIDTH, height, fill=GREEN)
        self._pdf.set_text_color(*WHITE)
        y = TOP + 1.5
        for text, lang, style, size, room in lines:
            self._line(text, lang, y, room, size=size, style=style, inset=4)
            y += room
        self._pdf.set_text_color(*BLACK)
        return TOP + height

    def _heading(self, sheet: Sheet, y: float) -> None:
        self._line(sheet.ar.heading, "ar", y, 12.5, size=10.5, style="B")
        y += 12.5
        self._line(sheet.en.heading, "en", y, 6, size=5)
        self._line(sheet.ar.audience, "ar", y, 6, size=4.1, style="B", align="R")
        self._line(sheet.en.audience, "en", y, 6, size=4.1, style="B", align="L")

    def _code(self, url: str, middle: float) -> None:
        code = qr_code(url, "Q")
        module = CODE / (code.side - 2 * QUIET)
        left, top = LEFT + WIDTH / 2 - code.side * module / 2, middle - code.side * module / 2
        with self._pdf.new_path() as path:
            path.style.fill_color = "#000000"
            path.style.stroke_color = None
            # One path, because viewers show seams between shapes that merely touch.
            for x, y, width in code.runs:
                path.rectangle(left + x * module, top + y * module, width * module, module)

    def _steps(self, sheet: Sheet, y: float) -> None:
        """The three steps from right to left; the first says most and has the widest box."""
        right = LEFT + WIDTH
        for number, width in ((1, 70), (2, 51), (3, 51)):
            right -= width
            self._box(right, y, width, 18.5)
            place: dict[str, Any] = {"x": right + 1.5, "width": width - 3}
            self._line(_both_digits(number), "ar", y + 1, 6, size=5, style="B", **place)
            self._line(sheet.ar.steps[number - 1], "ar", y + 7.5, 5, size=3.7, **place)
            self._line(sheet.en.steps[number - 1], "en", y + 12.5, 5, size=3.7, **place)
            right -= 3

    def _foot(self, sheet: Sheet, y: float) -> None:
        sides: list[tuple[Side, str, float]] = [
            (sheet.ar, "R", LEFT + WIDTH / 2 + 1),
            (sheet.en, "L", LEFT),
        ]
        for side, align, x in sides:
            place: dict[str, Any] = {"x": x, "width": WIDTH / 2 - 1, "align": align}
            self._line(side.by_hand, side.lang, y, 5.5, size=3.7, style="B", **place)
            place = {"x": x if align == "L" else x + 14, "width": WIDTH / 2 - 15, "align": align}
            self._line(side.free, side.lang, y + 5.5, 4.5, size=3.4, **place)
        self._line(sheet.edition, "en", y + 5.5, 4.5, size=3.4)

    def _line(
        self,
        text: str,
        lang: str,
        y: float,
        height: float,
        *,
        size: float,
        style: str = "",
        align: str = "C",
        x: float = LEFT,
        width: float = WIDTH,
        inset: float = 0,
    ) -> None:
        """One line of text in its box; too long a text is set smaller rather than cut."""
        self._pdf.set_text_shaping(True, **_SHAPING[lang])
        self._pdf.set_font("plex", style, size * _POINTS)
        room = width - 2 * inset - 2 * self._pdf.c_margin
        wide = self._pdf.get_string_width(text)
        if wide > room:
            self._pdf.set_font_size(size * _POINTS * room / wide)
        self._pdf.set_xy(x + inset, y)
        self._pdf.cell(width - 2 * inset, height, text, align=align)

    def _box(
        self, x: float, y: float, width: float, height: float, fill: tuple[int, ...] | None = None
    ) -> None:
        self._pdf.set_line_width(0.3)
        self._pdf.set_draw_color(*BLACK)
        if fill:
            self._pdf.set_fill_color(*fill)
        style = "F" if fill else "D"
        self._pdf.rect(x, y, width, height, style, round_corners=True, corner_radius=3)


def _both_digits(number: int) -> str:
    return f"{'٠١٢٣'[number]} · {number}"
