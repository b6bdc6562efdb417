"""Every wording of a message with an example of it, and its places by their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l

from checkin.domain import placeholders
from checkin.operations import messages, reminders
from checkin.operations.approvals import telling as decided
from checkin.operations.openings import reminding, telling
from checkin.web.i18n import in_language
from checkin.web.message_kinds import KINDS
from checkin.web.message_words import APPEAL_UPHELD, REJECTED_ONLY, TEXTS, Facts, Said

PLACES = {
    "organisation": (lazy_pgettext("placeholder", "organisation"), _l("Your organisation’s name")),
    "code": (lazy_pgettext("placeholder", "code"), _l("The six digits")),
    "site": (lazy_pgettext("placeholder", "site"), _l("Where the shift is")),
    "day": (lazy_pgettext("placeholder", "day"), _l("The day of the shift")),
    "times": (lazy_pgettext("placeholder", "times"), _l("From when to when the shift is")),
    "time": (lazy_pgettext("placeholder", "time"), _l("When the shift starts")),
    "end": (lazy_pgettext("placeholder", "end"), _l("When the shift ended")),
    "close": (lazy_pgettext("placeholder", "close"), _l("When the record closes by itself")),
    "duration": (lazy_pgettext("placeholder", "duration"), _l("The hours and minutes approved")),
    "reason": (lazy_pgettext("placeholder", "reason"), _l("Why it was rejected")),
    "link": (lazy_pgettext("placeholder", "link"), _l("The page of one’s shifts, on its own line")),
    "address": (lazy_pgettext("placeholder", "link"), _l("The page about it, on its own line")),
}
"""The name of each place in both languages, and what comes there."""

_CODE = {"code": "482913"}
_SHIFT = {
    "site_ar": "المطاف",
    "site_en": "Mataf",
    "zone": "Asia/Riyadh",
    "starts_at": "2026-11-22T13:00:00+00:00",
    "ends_at": "2026-11-22T18:00:00+00:00",
    "closes_at": "2026-11-22T19:00:00+00:00",
}
_RECORD = {
    "attendance": 1204,
    "site_ar": "المطاف",
    "site_en": "Mataf",
    "work_on": "2026-11-22",
    "reason": "",
}


@dataclass(frozen=True)
class Wording:
    """One of our sentences that the organisation may replace."""

    key: str
    title: Any
    template: str
    facts: Facts

    def said(self) -> Said:
        """The example in the language of the moment."""
        return TEXTS[self.template](self.facts)

    def built_in(self, language: str) -> str:
        """Our own sentence, its places by their names."""
        with in_language(language):
            said = self.said()
            places = {name: f"{{{PLACES[name][0]}}}" for name in said.values}
            return gettext(said.source, **places)

    def shown(self, words: str, language: str) -> str:
        """What is kept, its places by their names in that language."""
        with in_language(language):
            return placeholders.respelled(words, {key: str(PLACES[key][0]) for key in self.places})

    def kept(self, typed: str) -> str:
        """What was typed, its places by their keys, whichever language named them."""
        keys = {key: key for key in self.places}
        for language in ("ar", "en"):
            with in_language(language):
                keys |= {str(PLACES[key][0]): key for key in self.places}
        return placeholders.respelled(typed, keys)

    def example(self, language: str, own: str | None) -> str:
        """The message as somebody would get it."""
        with in_language(language):
            return self.said().filled(own)

    @property
    def places(self) -> tuple[str, ...]:
        """The keys of its places, in the order of the table."""
        values = self.said().values
        return tuple(name for name in PLACES if name in values)


def _wording(key: str, facts: Mapping[str, Any], *, of: str = "", title: Any = None) -> Wording:
    template = of or key
    return Wording(key, title or KINDS[template], template, facts)


WORDINGS: dict[str, Wording] = {
    one.key: one
    for one in (
        _wording("sign_in_code", _CODE),
        _wording("guardian_code", _CODE),
        _wording("new_phone", {}),
        _wording("shift_invitation", {**_SHIFT, "link": "/hours"}),
        _wording(telling.SEAT_GIVEN, _SHIFT),
        _wording(telling.TAKEN_OFF, _SHIFT),
        _wording(telling.MOVED, _SHIFT),
        _wording(telling.CANCELLED, _SHIFT),
        _wording(telling.RESTORED, _SHIFT),
        _wording(reminding.EVENING, _SHIFT),
        _wording(reminding.SOON, _SHIFT),
        _wording("check_in_opens", _SHIFT),
        _wording(reminders.TEMPLATE, _SHIFT),
        _wording(decided.APPROVED, {"minutes": {"1204": 245}}),
        _wording(decided.ASKED, _RECORD),
        _wording(decided.REJECTED, {**_RECORD, "reason": "not_present"}),
        _wording(
            REJECTED_ONLY,
            _RECORD,
            of=decided.REJECTED,
            title=_l("Attendance rejected, for another reason"),
        ),
        _wording(
            APPEAL_UPHELD,
            {**_RECORD, "minutes": 245},
            of=decided.ANSWERED,
            title=_l("Objection decided: approved"),
        ),
        _wording(
            decided.ANSWERED, _RECORD, title=_l("Objection decided: the record stays rejected")
        ),
        _wording(messages.TEST, {}),
    )
}
"""In the order in which they are shown."""
