"""What messages to mobiles say; each template is a function from facts to words."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_babel import gettext as _

from checkin.operations import messages
from checkin.operations.approvals import telling
from checkin.operations.jobs import RENDERER
from checkin.web.filters import date_short, duration, isolate
from checkin.web.i18n import current_prefs, in_language
from checkin.web.navigation import organisation
from checkin.web.record_words import reason_words

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


@text_of(messages.TEST)
def _test(facts: Facts) -> str:
    return _(
        "%(organisation)s: this is a test message. If you can read it, messages arrive.",
        organisation=organisation(),
    )


@text_of(telling.APPROVED)
def _hours_approved(facts: Facts) -> str:
    """The whole day's; which records and why stands in the list of one's hours."""
    return _(
        "%(organisation)s: %(duration)s of your attendance were approved today. "
        "Details: %(address)s",
        organisation=organisation(),
        duration=duration(sum(facts["minutes"].values())),
        address=_address("/hours"),
    )


@text_of(telling.ASKED)
def _hours_asked(facts: Facts) -> str:
    return _(
        "The supervisor has a question about your attendance at %(site)s on %(day)s. "
        "To answer: %(address)s",
        **_about(facts),
    )


@text_of(telling.REJECTED)
def _hours_rejected(facts: Facts) -> str:
    """Words of the supervisor's own may name somebody, so they stand on the receipt alone."""
    if not facts["reason"]:
        return _(
            "Your attendance at %(site)s on %(day)s was rejected. "
            "The reason, and how to object: %(address)s",
            **_about(facts),
        )
    return _(
        "Your attendance at %(site)s on %(day)s was rejected: %(reason)s. "
        "Details, and how to object: %(address)s",
        reason=reason_words(facts["reason"]),
        **_about(facts),
    )


@text_of(telling.ANSWERED)
def _appeal_decided(facts: Facts) -> str:
    if "minutes" in facts:
        return _(
            "Your objection about %(site)s on %(day)s was looked at: %(duration)s approved. "
            "Details: %(address)s",
            duration=duration(facts["minutes"]),
            **_about(facts),
        )
    return _(
        "Your objection about %(site)s on %(day)s was looked at. The record stays rejected. "
        "The reason: %(address)s",
        **_about(facts),
    )


def _about(facts: Facts) -> dict[str, str]:
    """Which attendance, and where its receipt is."""
    return {
        "site": isolate(facts[f"site_{current_prefs().lang}"]),
        "day": isolate(date_short(date.fromisoformat(facts["work_on"]))),
        "address": _address(f"/attendances/{facts['attendance']}"),
    }


def _address(path: str) -> str:
    """On a line of its own, so that no phone takes the words after it for a part of it."""
    return f"\n{current_app.config['BASE_URL'].rstrip('/')}{path}"


def _autofill(facts: Facts) -> str:
    """The last line that lets a phone offer the code, on our own pages only."""
    return f"@{urlsplit(current_app.config['BASE_URL']).hostname} #{facts['code']}"
