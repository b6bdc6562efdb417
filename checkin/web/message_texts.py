"""What messages to mobiles say; each template is a function from facts to words."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_babel import gettext as _

from checkin.operations.jobs import RENDERER
from checkin.web.i18n import in_language
from checkin.web.navigation import organisation

Facts = Mapping[str, Any]
TEXTS: dict[str, Callable[[Facts], str]] = {}


def text_of(template: str) -> Callable[[Callable[[Facts], str]], Callable[[Facts], str]]:
    """Mark the function that writes the messages of this template; rooms add theirs."""

    def keep(words: Callable[[Facts], str]) -> Callable[[Facts], str]:
        TEXTS[template] = words
        return words

    return keep


def init_app(app: Flask) -> None:
    app.extensions[RENDERER] = render


def render(template: str, language: str, facts: Facts) -> str | None:
    """The message in its own language, whoever is reading pages now; none without a template."""
    words = TEXTS.get(template)
    if words is None:
        return None
    with in_language(language):
        return words(facts)


@text_of("sign_in_code")
def _sign_in_code(facts: Facts) -> str:
    words = _("Your verification code is %(code)s. Do not share it.", code=facts["code"])
    return f"{words}\n{_autofill(facts)}"


@text_of("guardian_code")
def _guardian_code(facts: Facts) -> str:
    """Holds no name: whoever typed the number must not send words of their own to it."""
    return _(
        "A person under 18 who named you as guardian wants to volunteer with %(organisation)s. "
        "If you agree, give them this code: %(code)s",
        organisation=organisation(),
        code=facts["code"],
    )


@text_of("new_phone")
def _new_phone(facts: Facts) -> str:
    return _(
        "A new phone was signed in to your account with %(organisation)s by a supervisor’s code. "
        "If it is not yours, tell the supervisor.",
        organisation=organisation(),
    )


def _autofill(facts: Facts) -> str:
    """The last line that lets a phone offer the code, on our own pages only."""
    return f"@{urlsplit(current_app.config['BASE_URL']).hostname} #{facts['code']}"
