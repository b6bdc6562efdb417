"""The organisation as it stands on paper: its name in both languages and its logo."""

from dataclasses import dataclass

from checkin.operations import pictures
from checkin.web.i18n import in_language
from checkin.web.navigation import named_organisation


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture by its hash, and its points."""

    sha: str
    width: int
    height: int

    def within(self, width: float, height: float) -> tuple[float, float]:
        """As large as it may be in a box of this size, its shape kept."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale

    def png(self) -> bytes | None:
        return pictures.content_of(self.sha)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """A name is empty where the settings say none; paper does not bear Checkin's own."""

    ar: str
    en: str
    logo: Logo | None


def letterhead() -> Letterhead:
    drawn = pictures.logo()
    return Letterhead(_name("ar"), _name("en"), Logo(**drawn) if drawn else None)


def _name(language: str) -> str:
    with in_language(language):
        return named_organisation() or ""
