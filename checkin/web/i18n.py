"""The reader's language, digits and theme: Arabic first, remembered in one small cookie."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale, refresh
from werkzeug.datastructures import LanguageAccept
from werkzeug.local import LocalProxy

COOKIE = "prefs"
COOKIE_DAYS = 365
USUAL_DIGITS = "checkin_usual_digits"
"""Where the app keeps who says the digits of readers who have not chosen any."""
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"

# No value stands in two lists, so the cookie needs no names: "en.latn.dark".
CHOICES = {
    "lang": ("ar", "en"),
    "digits": ("latn", "arab"),
    "theme": ("auto", "light", "dark", "contrast"),
}


@dataclass(frozen=True)
class Locale:
    """A language and the direction that goes with it, always taken together."""

    lang: str

    @property
    def dir(self) -> str:
        return "rtl" if self.lang == "ar" else "ltr"

    @property
    def other(self) -> "Locale":
        return Locale("en" if self.lang == "ar" else "ar")


@dataclass(frozen=True)
class Prefs:
    """How one reader wants pages to look."""

    lang: str = "ar"
    digits: str = "latn"
    theme: str = "auto"

    def changed(self, changes: Mapping[str, str | None]) -> "Prefs":
        """With the changes that are real choices; a forged form changes nothing."""
        return replace(self, **_real(changes))

    def __str__(self) -> str:
        """As pages and their copies for times without a network are told apart."""
        return f"{self.lang}.{self.digits}.{self.theme}"


def init_app(app: Flask) -> None:
    """Arabic and English sentences, and `locale` and `prefs` in every template and macro."""
    Babel().init_app(
        app,
        default_locale="ar",
        default_timezone="Asia/Riyadh",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=lambda: current_prefs().lang,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    # Globals rather than a context processor: imported macros see only globals.
    app.jinja_env.globals["prefs"] = LocalProxy(current_prefs)
    app.jinja_env.globals["locale"] = LocalProxy(current_locale)
    app.after_request(_say_language)


def current_prefs() -> Prefs:
    """The reader's choices; outside a request, Arabic with Latin digits."""
    if not has_app_context():
        return Prefs()
    if "prefs" not in g:
        g.prefs = _requested() if has_request_context() else Prefs()
    return g.prefs


def current_locale() -> Locale:
    return Locale(current_prefs().lang)


def set_prefs(response: Response, **changes: str | None) -> Prefs:
    """Remember the reader's choices (`lang`, `digits`, `theme`) in the response's cookie.

    What was never chosen stays open: it goes on following the browser and the organisation.
    """
    g.prefs = current_prefs().changed(changes)
    refresh()
    chosen = _chosen() | _real(changes)
    response.set_cookie(
        COOKIE,
        ".".join(chosen[name] for name in CHOICES if name in chosen),
        max_age=COOKIE_DAYS * 86400,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return g.prefs


@contextmanager
def in_language(lang: str, digits: str | None = None) -> Iterator[None]:
    """Sentences, dates and names in `lang` for a while: posters and messages have a language."""
    before = current_prefs()
    g.prefs = replace(before, lang=lang).changed({"digits": digits})
    try:
        with force_locale(lang):
            yield
    finally:
        g.prefs = before


def _requested() -> Prefs:
    chosen = _chosen()
    prefs = Prefs(lang=_browser_language(request.accept_languages))
    usual_digits = current_app.extensions.get(USUAL_DIGITS)
    if usual_digits is not None and "digits" not in chosen:
        prefs = prefs.changed({"digits": usual_digits()})
    return prefs.changed(chosen)


def _chosen() -> dict[str, str]:
    """What this reader chose, by name."""
    words = request.cookies.get(COOKIE, "").split(".")
    return {name: word for name, values in CHOICES.items() for word in words if word in values}


def _real(changes: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name: value
        for name, value in changes.items()
        if value is not None and value in CHOICES.get(name, ())
    }


def _browser_language(wanted: LanguageAccept) -> str:
    """English only for a browser that puts English first and nothing level with it."""
    best = max((quality for _, quality in wanted), default=0)
    first = {tag.lower().split("-")[0] for tag, quality in wanted if quality == best > 0}
    return "en" if first == {"en"} else "ar"


def _say_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.update(("Cookie", "Accept-Language"))
        response.headers.setdefault("Content-Language", current_prefs().lang)
    return response
