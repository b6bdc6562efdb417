"""What stands on a poster, in both languages: the print page and the PDF say the same."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from hijridate import Gregorian

from checkin.domain.days import local_day
from checkin.operations.posters import Printable
from checkin.web import filters
from checkin.web.i18n import in_language
from checkin.web.letterhead import Letterhead, letterhead
from checkin.web.qr import poster_url, short_host

LANGUAGES = ("ar", "en")
_FITTING = {"ar": (56, 78, 94), "en": (80, 114, 138)}
"""Letters that fit one line of the band: in full size, and in the two sizes below."""
BAND = 170
"""Millimetres of the band that hold words."""
LOGO = (26, 11)
"""Room for the logo in the band, which words then leave to it, with `LOGO_EDGE` around it."""
LOGO_EDGE = 3
_SHORT_NAME = 40
"""Letters of the organisation's name that fit beside the heading in full size."""


@dataclass(frozen=True, slots=True)
class Side:
    """Everything a poster says in one language."""

    lang: str
    place: str
    """The site; for a shift also its lane and what is done there."""
    times: str
    """When the shift is; empty on a site's poster."""
    heading: str
    steps: tuple[str, str, str]
    by_hand: str
    audience: str
    free: str
    code_for: str
    """What the picture is, for people who cannot see it."""
    organisation: str
    room: float
    """The part of the band that is left for words: all of it, or what a logo leaves."""

    @property
    def place_length(self) -> str:
        """Which size of letters brings the place onto one line of the band."""
        sizes = zip(("short", "long", "longer"), _FITTING[self.lang], strict=True)
        return next(
            (name for name, most in sizes if len(self.place) <= most * self.room), "longest"
        )

    @property
    def organisation_length(self) -> str:
        return "short" if len(self.organisation) <= _SHORT_NAME else "long"

    @property
    def by_hand_length(self) -> str:
        return "short" if len(self.by_hand) <= 54 else "long"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of paper."""

    poster_id: int
    url: str
    edition: str
    """Version and Hijri month of its making, left to right: v3 · 1448-06."""
    head: Letterhead
    ar: Side
    en: Side


def sheet_of(printable: Printable) -> Sheet:
    """The page for one poster; the same whoever prints it, in whatever language they read."""
    poster, zone = printable.poster, printable.site.zone
    edition = f"v{poster.version} · {_month(poster.created_at, zone)}"
    head = letterhead()
    ar, en = (_side(printable, lang, head) for lang in LANGUAGES)
    return Sheet(poster.id, poster_url(poster), edition, head, ar, en)


def spaced(short_code: str) -> str:
    """The typed code in two halves, as people read it aloud: 7K3 QX9."""
    return f"{short_code[:3]} {short_code[3:]}"


def _side(printable: Printable, lang: str, head: Letterhead) -> Side:
    with in_language(lang):
        return Side(
            lang=lang,
            place=_place(printable),
            times=_times(printable),
            heading=_("Check in and check out"),
            steps=(
                _("Point your phone camera at the code"),
                _("Open the link"),
                _("Wait for the green tick"),
            ),
            by_hand=_(
                "Can’t scan? %(host)s, then code %(code)s",
                host=filters.isolate(short_host()),
                code=filters.isolate(spaced(printable.poster.short_code)),
            ),
            audience=_("For volunteers only"),
            free=_("Free of charge: nobody will ask you to pay"),
            code_for=_("Code for %(place)s", place=filters.isolate(_place(printable))),
            organisation=head.ar if lang == "ar" else head.en,
            room=1 - (head.logo.within(*LOGO)[0] + 2 * LOGO_EDGE) / BAND if head.logo else 1.0,
        )


def _place(printable: Printable) -> str:
    shift = printable.shift
    parts = [printable.site]
    if shift is not None:
        parts += [shift.lane, shift.opportunity.service or shift.opportunity]
    return " – ".join(filter(None, map(filters.plain_label, parts)))


def _times(printable: Printable) -> str:
    shift, zone = printable.shift, printable.site.zone
    if shift is None:
        return ""
    day = filters.date_long(shift.starts_at, zone)
    return f"{day} · {filters.time_range(shift.starts_at, shift.ends_at, zone)}"


def _month(instant: datetime, zone: str) -> str:
    """1448-06 by the Umm al-Qura calendar, or the Gregorian month outside its tables."""
    day = local_day(instant, zone)
    try:
        hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    except OverflowError:
        return f"{day:%Y-%m}"
    return f"{hijri.year}-{hijri.month:02}"
