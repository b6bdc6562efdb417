"""What stands on a badge, in both languages: the print page and the PDF say the same."""

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from checkin.operations import settings
from checkin.operations.badges import Printable
from checkin.web.i18n import in_language
from checkin.web.letterhead import Logo, letterhead
from checkin.web.qr import upper_base

PER_SHEET = 10
"""Badges on one A4: two beside each other, five below, each the size of a bank card."""
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ONE_LINE = 20
_FITTING = (18, 26, 36)
"""Letters of a name that fit one line: in full size, and in the two sizes below."""
_FITTING_BAND = 44
"""Letters of the organisation's name that fit one line of the band."""
LOGO = (18, 8)
"""Millimetres for the logo in the band, with `LOGO_EDGE` around it."""
LOGO_EDGE = 2
_BAND = 77.6
_GROUP = 4
"""Characters of a code that the eye takes at once."""


@dataclass(frozen=True, slots=True)
class Side:
    """What a badge says in one language."""

    organisation: str
    role: str
    room: float
    """The part of the band that is left for the name: all of it, or what a logo leaves."""

    @property
    def organisation_length(self) -> str:
        """Whether the name takes one line of the band, or two of smaller letters."""
        return "short" if len(self.organisation) <= _FITTING_BAND * self.room else "long"


@dataclass(frozen=True, slots=True)
class Card:
    """One badge: the picture says nothing about the person, the words only the name."""

    name: str
    url: str
    typed: str
    edition: str
    logo: Logo | None
    ar: Side
    en: Side

    @property
    def name_lang(self) -> str:
        """The language whose letters the name is written in."""
        return "ar" if _ARABIC.search(self.name) else "en"

    @property
    def name_lines(self) -> tuple[str, ...]:
        """The name on one line, or a long one on two of about the same length."""
        words = self.name.split()
        if len(self.name) <= _ONE_LINE or len(words) == 1:
            return (self.name,)
        halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
        return min(halves, key=lambda lines: max(map(len, lines)))

    @property
    def name_length(self) -> str:
        """Which size of letters brings the name onto its line."""
        sizes = zip(("short", "long", "longer"), _FITTING, strict=True)
        return next((size for size, most in sizes if len(self.name) <= most), "longest")


def card_of(printable: Printable) -> Card:
    """The card of a badge whose code is known."""
    assert printable.code is not None
    logo = letterhead().logo
    room = 1 - (logo.within(*LOGO)[0] + 2 * LOGO_EDGE) / _BAND if logo else 1.0
    return Card(
        name=printable.person.name,
        url=f"{upper_base()}/B/{printable.code}",
        typed=grouped(printable.code),
        edition=f"v{printable.badge.version}",
        logo=logo,
        ar=_side("ar", room),
        en=_side("en", room),
    )


def grouped(code: str) -> str:
    """A code as it is typed where no camera helps; the spaces between its groups say nothing."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _side(lang: str, room: float) -> Side:
    with in_language(lang):
        return Side(
            organisation=str(settings.value(f"organisation_{lang}")),
            role=_("Volunteer"),
            room=room,
        )
