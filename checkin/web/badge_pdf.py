"""Badges as a PDF: the print page again, for printing shops."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from checkin.web.badge_sheet import LOGO, LOGO_EDGE, PER_SHEET, Card
from checkin.web.pdf import BLACK, GREY, WHITE, Paper

# All measures are millimetres on a sheet of A4, as in static/css/components/badge.css.
WIDTH, HEIGHT = 85.6, 54
LEFT, TOP = 19.4, 13.5
CODE = 28
"""Side of the code without its quiet zone."""
GREEN = (20, 87, 58)
_WORDS = 42.6
"""Room for words beside the code."""


def badges_pdf(cards: Sequence[Card], *, title: str, now: datetime) -> bytes:
    """Ten badges a page, with hairlines to cut along."""
    paper = _Badges(title, now)
    logo = cards[0].logo if cards else None
    paper.logo = logo.png() if logo else None
    for number, card in enumerate(cards):
        place = number % PER_SHEET
        if place == 0:
            paper.new_page()
        # the first badge stands where Arabic readers begin: above on the right
        paper.draw(card, LEFT + WIDTH * (1 - place % 2), TOP + HEIGHT * (place // 2))
    return paper.finished()


class _Badges(Paper):
    """Sheets of badges; knows where on a badge each part stands."""

    logo: bytes | None = None

    def draw(self, card: Card, x: float, y: float) -> None:
        self.box(x, y, WIDTH, HEIGHT, edge=GREY, corner=0)
        self.box(x + 3, y + 3, WIDTH - 6, 10, fill=GREEN, corner=2)
        self._band(card, x + 3 + self._logo(card, x + 3, y + 3), x + WIDTH - 4, y)
        self.code(card.url, "Q", x=x + 20.5, y=y + 30.5, side=CODE)
        self.line(card.typed, "en", y + 48, 3, x=x + 3, width=WIDTH - 6, size=2.6)
        self._words(card, x + WIDTH - 3 - _WORDS, y)

    def _logo(self, card: Card, x: float, y: float) -> float:
        """At the band's left end on white; how much of the band it takes."""
        if self.logo is None or card.logo is None:
            return 0
        width, height = card.logo.within(*LOGO)
        left, top = x + LOGO_EDGE, y + (10 - height) / 2
        self.box(left - 0.6, top - 0.6, width + 1.2, height + 1.2, fill=WHITE, corner=1)
        self.picture(self.logo, x=left, y=top, width=width, height=height)
        return width + 2 * LOGO_EDGE

    def _band(self, card: Card, left: float, right: float, y: float) -> None:
        place: dict[str, Any] = {"x": left + 1, "width": right - left - 1}
        self.ink(WHITE)
        arabic, english = card.ar.organisation, card.en.organisation
        self.block(arabic, "ar", y=y + 3.4, height=4.8, size=3.4, style="B", **place)
        self.block(english, "en", y=y + 8.3, height=4.4, size=2.8, **place)
        self.ink(BLACK)

    def _words(self, card: Card, x: float, y: float) -> None:
        first = 23 - 3.75 * len(card.name_lines)
        lines = [
            (text, card.name_lang, first + 7.5 * number, 7.5, 5, "B")
            for number, text in enumerate(card.name_lines)
        ]
        lines += [
            (card.ar.role, "ar", 31.5, 6, 4, "B"),
            (card.en.role, "en", 37, 5, 3.6, ""),
            (card.edition, "en", 43, 4, 2.6, ""),
        ]
        for text, lang, below, height, size, style in lines:
            self.line(text, lang, y + below, height, x=x, width=_WORDS, size=size, style=style)
