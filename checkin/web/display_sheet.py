"""What stands on a display, in both languages: volunteers of both stand before it."""

from dataclasses import dataclass

from flask_babel import gettext as _

from checkin.models import Site
from checkin.web import filters
from checkin.web.i18n import current_prefs, in_language

LANGUAGES = ("ar", "en")


@dataclass(frozen=True, slots=True)
class Side:
    """One language's part of the screen."""

    lang: str
    place: str
    heading: str
    step: str
    number_code: str

    @property
    def dir(self) -> str:
        return "rtl" if self.lang == "ar" else "ltr"


def sides_of(site: Site) -> tuple[Side, Side]:
    """The reader's own language first; it names the page."""
    first = current_prefs().lang
    own, other = (_side(site, lang) for lang in sorted(LANGUAGES, key=lambda lang: lang != first))
    return own, other


def _side(site: Site, lang: str) -> Side:
    with in_language(lang):
        return Side(
            lang=lang,
            place=filters.plain_label(site),
            heading=_("Check in and check out"),
            step=_("Point your phone camera at the code"),
            number_code=_("Number code"),
        )
