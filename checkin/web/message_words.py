"""What messages to mobiles say: each template is a function from facts to a sentence and values.

The sentence is ours, or the organisation's own in its place (`operations.message_texts`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_babel import gettext

from checkin.domain import placeholders, sms
from checkin.operations import message_texts, messages
from checkin.operations.approvals import telling
from checkin.operations.jobs import RENDERER
from checkin.web.filters import date_short, duration, isolate
from checkin.web.i18n import current_prefs, in_language
from checkin.web.navigation import organisation
from checkin.web.record_words import reason_words

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """A message before it is put into words, in the language of the moment."""

    wording: str
    """Under which the organisation's own words are kept; a template may have several."""
    source: str
    values: Mapping[str, str]
    needs: tuple[str, ...] = ()
    """What no own words may leave out: without it the message would be of no use."""
    last: str = field(default="", kw_only=True)
    """A line for the phone that always stands below."""

    def filled(self, own: str | None) -> str:
        """In the organisation's own words, or ours when there are none or they do not fit."""
        if own is None or any(placeholders.faults(own, self.values, self.needs)):
            said = gettext(self.source, **self.values)
        else:
            said = placeholders.fill(own, self.values)
        return sms.thrifty("\n".join(filter(None, (said, self.last))))


REJECTED_ONLY, APPEAL_UPHELD = "hours_rejected_only", "appeal_upheld"
"""Wordings of templates that have a second one."""
TEXTS: dict[str, Callable[[Facts], Said]] = {}


def text_of(template: str) -> Callable[[Callable[[Facts], Said]], Callable[[Facts], Said]]:
    """Mark the function that says the messages of this template; rooms add theirs."""

    def keep(words: Callable[[Facts], Said]) -> Callable[[Facts], Said]:
        TEXTS[template] = words
        return words

    return keep


def say(
    wording: str, source: str, *, needs: tuple[str, ...] = (), last: str = "", **values: str
) -> Said:
    """Our sentence and what fills it; own words may always name the organisation too."""
    return Said(wording, source, {"organisation": organisation(), **values}, needs, last=last)


def init_app(app: Flask) -> None:
    app.extensions[RENDERER] = render


def render(template: str, language: str, facts: Facts) -> str | None:
    """The message in its own language, whoever is reading pages now; none without a template."""
    words = TEXTS.get(template)
    if words is None:
        return None
    with in_language(language):
        said = words(facts)
        return said.filled(message_texts.own(said.wording, language))


@text_of("sign_in_code")
def _sign_in_code(facts: Facts) -> Said:
    return say(
        "sign_in_code",
        "Your verification code is %(code)s. Do not share it.",
        needs=("code",),
        last=_autofill(facts),
        code=facts["code"],
    )


@text_of("guardian_code")
def _guardian_code(facts: Facts) -> Said:
    """Holds no name: whoever typed the number must not send words of their own to it."""
    return say(
        "guardian_code",
        "A person under 18 who named you as guardian wants to volunteer with %(organisation)s. "
        "If you agree, give them this code: %(code)s",
        needs=("organisation", "code"),
        code=facts["code"],
    )


@text_of("new_phone")
def _new_phone(_facts: Facts) -> Said:
    return say(
        "new_phone",
        "A new phone was signed in to your account with %(organisation)s by a supervisor’s code. "
        "If it is not yours, tell the supervisor.",
    )


@text_of(messages.TEST)
def _test(_facts: Facts) -> Said:
    return say(
        messages.TEST,
        "%(organisation)s: this is a test message. If you can read it, messages arrive.",
    )


@text_of(telling.APPROVED)
def _hours_approved(facts: Facts) -> Said:
    """The whole day's; which records and why stands in the list of one's hours."""
    return say(
        telling.APPROVED,
        "%(organisation)s: %(duration)s of your attendance were approved today. "
        "Details: %(address)s",
        needs=("duration",),
        duration=duration(sum(facts["minutes"].values())),
        address=_address("/hours"),
    )


@text_of(telling.ASKED)
def _hours_asked(facts: Facts) -> Said:
    return say(
        telling.ASKED,
        "The supervisor has a question about your attendance at %(site)s on %(day)s. "
        "To answer: %(address)s",
        needs=("site", "day", "address"),
        **_about(facts),
    )


@text_of(telling.REJECTED)
def _hours_rejected(facts: Facts) -> Said:
    """Words of the supervisor's own may name somebody, so they stand on the receipt alone."""
    if not facts["reason"]:
        return say(
            REJECTED_ONLY,
            "Your attendance at %(site)s on %(day)s was rejected. "
            "The reason, and how to object: %(address)s",
            needs=("site", "day", "address"),
            **_about(facts),
        )
    return say(
        telling.REJECTED,
        "Your attendance at %(site)s on %(day)s was rejected: %(reason)s. "
        "Details, and how to object: %(address)s",
        needs=("site", "day", "address"),
        reason=reason_words(facts["reason"]),
        **_about(facts),
    )


@text_of(telling.ANSWERED)
def _appeal_decided(facts: Facts) -> Said:
    if "minutes" in facts:
        return say(
            APPEAL_UPHELD,
            "Your objection about %(site)s on %(day)s was looked at: %(duration)s approved. "
            "Details: %(address)s",
            needs=("site", "day", "duration"),
            duration=duration(facts["minutes"]),
            **_about(facts),
        )
    return say(
        telling.ANSWERED,
        "Your objection about %(site)s on %(day)s was looked at. The record stays rejected. "
        "The reason: %(address)s",
        needs=("site", "day", "address"),
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
