"""Posters as a PDF: the print page again, for printing shops and for sending."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from checkin.web.pdf import BLACK, WHITE, Paper
from checkin.web.poster_sheet import LOGO, LOGO_EDGE, Sheet, Side

# All measures are millimetres on a sheet of A4, as in static/css/components/poster.css.
WIDTH, LEFT, TOP, BOTTOM = 178, 16, 10, 287
CODE = 160
"""Side of the code without its quiet zone."""
GREEN = (20, 87, 58)


def posters_pdf(sheets: Sequence[Sheet], *, title: str, now: datetime) -> bytes:
    """One page for each sheet; Arabic is shaped and ordered, the code is drawn, not a picture."""
    paper = _Posters(title, now)
    paper.logo = _logo_of(sheets)
    for sheet in sheets:
        paper.draw(sheet)
    return paper.finished()


def _logo_of(sheets: Sequence[Sheet]) -> bytes | None:
    """One for all of them: it is the organisation's."""
    logo = sheets[0].head.logo if sheets else None
    return logo.png() if logo else None


class _Posters(Paper):
    """A document of posters; knows where on a page each part stands."""

    logo: bytes | None = None

    def draw(self, sheet: Sheet) -> None:
        self.new_page()
        below = self._band(sheet)
        self._heading(sheet, below + 1)
        self._steps(sheet, BOTTOM - 29.5)
        self._foot(sheet, BOTTOM - 10)
        middle = (below + 19.5 + BOTTOM - 29.5) / 2
        self.code(sheet.url, "Q", x=LEFT + WIDTH / 2, y=middle, side=CODE)

    def _band(self, sheet: Sheet) -> float:
        """The green band with the place in both languages; where it ends."""
        lines = [(sheet.ar.place, "ar", "B", 6.5, 9), (sheet.ar.times, "ar", "", 3.7, 4.7)]
        lines += [(sheet.en.place, "en", "", 4.2, 5.2), (sheet.en.times, "en", "", 3.7, 4.6)]
        lines = [line for line in lines if line[0]]
        height = sum(line[4] for line in lines) + 3
        self.box(LEFT, TOP, WIDTH, height, fill=GREEN)
        taken = self._logo(sheet, height)
        self.ink(WHITE)
        y = TOP + 1.5
        for text, lang, style, size, room in lines:
            place = {"x": LEFT + taken, "width": WIDTH - taken}
            self._line(text, lang, y, room, size=size, style=style, inset=4, **place)
            y += room
        self.ink(BLACK)
        return TOP + height

    def _logo(self, sheet: Sheet, band: float) -> float:
        """At the band's left end on white; how much of the band it takes."""
        if self.logo is None or sheet.head.logo is None:
            return 0
        width, height = sheet.head.logo.within(*LOGO)
        left, top = LEFT + LOGO_EDGE, TOP + (band - height) / 2
        self.box(left - 1, top - 1, width + 2, height + 2, fill=WHITE, corner=1.5)
        self.picture(self.logo, x=left, y=top, width=width, height=height)
        return width + 2 * LOGO_EDGE

    def _heading(self, sheet: Sheet, y: float) -> None:
        self._line(sheet.ar.heading, "ar", y, 12.5, size=10.5, style="B")
        self._names(sheet, y)
        y += 12.5
        self._line(sheet.en.heading, "en", y, 6, size=5)
        self._line(sheet.ar.audience, "ar", y, 6, size=4.1, style="B", align="R")
        self._line(sheet.en.audience, "en", y, 6, size=4.1, style="B", align="L")

    def _names(self, sheet: Sheet, y: float) -> None:
        """The organisation's, on both sides of the heading."""
        width = (WIDTH - self.width_of(sheet.ar.heading, "ar", 10.5, "B")) / 2 - 4
        for side, align, x in ((sheet.ar, "R", LEFT + WIDTH - width), (sheet.en, "L", LEFT)):
            if side.organisation:
                place: dict[str, Any] = {"x": x, "y": y, "width": width, "height": 12.5}
                self.block(side.organisation, side.lang, size=3.2, align=align, **place)

    def _steps(self, sheet: Sheet, y: float) -> None:
        """The three steps from right to left; the first says most and has the widest box."""
        right = LEFT + WIDTH
        for number, width in ((1, 70), (2, 51), (3, 51)):
            right -= width
            self.box(right, y, width, 18.5)
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

    def _line(self, text: str, lang: str, y: float, height: float, **place: Any) -> None:
        """A line across the page, where nothing else is said."""
        self.line(text, lang, y, height, **{"x": LEFT, "width": WIDTH, **place})


def _both_digits(number: int) -> str:
    return f"{'٠١٢٣'[number]} · {number}"
