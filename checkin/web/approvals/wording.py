"""Why a record needs a look and why its minutes are suggested, each in one plain sentence."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from checkin.domain.evidence import Flag
from checkin.domain.fold import Kind
from checkin.domain.welfare import Limit
from checkin.models import Shift
from checkin.operations.approvals import (
    ANSWERED,
    APPEALED,
    NOT_SEEN,
    OTHER_SITE,
    REQUESTED,
    Reason,
    Record,
)
from checkin.web import concern_words
from checkin.web.digits import num
from checkin.web.filters import (
    duration,
    duration_after,
    isolate,
    plain_label,
    time_range,
    time_short,
)
from checkin.web.record_words import FLAGS, STATES, reason_words

Sentence = Callable[[dict[str, Any], str], str]
"""From a reason's facts and the site's zone."""


def reason_sentence(reason: Reason, zone: str) -> str:
    """A reason with its facts; without them, the plain name of its flag."""
    facts = dict(reason.facts)
    said = _SAID.get(reason.flag) if facts else None
    return said(facts, zone) if said else str(FLAGS[reason.flag])


def why_suggested(record: Record, zone: str) -> str:
    """What the suggested minutes rest on."""
    suggestion = record.suggestion
    said = _BECAUSE[suggestion.because]
    if suggestion.until is None:
        return said()
    return said(time_short(suggestion.until, zone))


def deciders_sentence(names: list[str], may_name: bool) -> str:
    """Who can decide instead; the nearest two are enough to go and ask.

    Where nobody can, `may_name` says whether the reader may name another supervisor.
    """
    if not names and may_name:
        return _("Nobody can decide yet: this site needs another supervisor")
    if not names:
        return _("A coordinator has to name another supervisor for this site")
    if len(names) == 1:
        return _("%(name)s can decide", name=isolate(names[0]))
    return _("%(name)s or %(other)s can decide", name=isolate(names[0]), other=isolate(names[1]))


def approved(shift: Shift, whom: str, of_hours: str) -> str:
    """What one press did; time at a course or meeting is attendance and is never called hours."""
    if shift.opportunity.kind == "service":
        return of_hours
    return _("Attendance approved: %(records)s", records=whom)


def proposed(shift: Shift, minutes: int) -> str:
    """What waits after a large step; of a course or meeting no length is named."""
    if shift.opportunity.kind == "service":
        return _("%(duration)s wait for a second person", duration=duration(minutes))
    return str(STATES["proposed"][2])


# --- reasons -------------------------------------------------------------------------------


def _shorter(facts: dict[str, Any], _zone: str) -> str:
    return _("Shorter than planned by %(duration)s", duration=duration_after(facts["minutes"]))


def _longer(facts: dict[str, Any], _zone: str) -> str:
    said = duration_after(facts["minutes"])
    return _("Checked out %(duration)s after the planned end", duration=said)


def _long(facts: dict[str, Any], _zone: str) -> str:
    return _("Very long: there for %(duration)s", duration=duration_after(facts["minutes"]))


def _by_hand(facts: dict[str, Any], _zone: str) -> str:
    if not facts["why"]:
        return _("By hand, by %(name)s", name=isolate(facts["name"]))
    said = isolate(reason_words(facts["why"]))
    return _("By hand, by %(name)s: %(why)s", name=isolate(facts["name"]), why=said)


def _offline(facts: dict[str, Any], _zone: str) -> str:
    said = duration_after(facts["minutes"])
    return _("Recorded offline, received %(duration)s later", duration=said)


def _skewed(facts: dict[str, Any], _zone: str) -> str:
    wrong = facts["minutes"]
    if wrong > 0:
        return _("The phone’s clock was %(duration)s slow", duration=duration_after(wrong))
    return _("The phone’s clock was %(duration)s fast", duration=duration_after(-wrong))


def _jumped(facts: dict[str, Any], _zone: str) -> str:
    said = duration_after(facts["minutes"])
    return _("The phone’s clock was moved by %(duration)s before sending", duration=said)


def _far(facts: dict[str, Any], _zone: str) -> str:
    return _("Checked in %(metres)s m from the site", metres=num(facts["metres"]))


def _meeting(facts: dict[str, Any], zone: str) -> str:
    times = time_range(facts["begins"], facts["ends"], zone)
    return _(
        "Overlaps a record at %(site)s, %(times)s",
        site=isolate(plain_label(facts["site"])),
        times=times,
    )


def _many(facts: dict[str, Any], _zone: str) -> str:
    numbers = {name: num(facts[name]) for name in ("per_hour", "low", "high")}
    return _("Beneficiaries: %(per_hour)s an hour, usually %(low)s to %(high)s", **numbers)


def _elsewhere(facts: dict[str, Any], _zone: str) -> str:
    return _("Other site: expected at %(site)s", site=isolate(plain_label(facts["site"])))


def _not_seen(facts: dict[str, Any], zone: str) -> str:
    at = time_short(facts["at"], zone)
    return _("Not found at %(time)s by %(name)s", time=at, name=isolate(facts["name"]))


def _answered(facts: dict[str, Any], _zone: str) -> str:
    return _("The volunteer’s answer: %(words)s", words=isolate(facts["words"]))


def _appealed(facts: dict[str, Any], _zone: str) -> str:
    return _("The volunteer’s objection: %(words)s", words=isolate(facts["words"]))


def _requested(facts: dict[str, Any], zone: str) -> str:
    """The time asked for, the volunteer's words, and what it would make."""
    told = {"time": time_short(facts["at"], zone), "words": isolate(facts["words"])}
    if facts["kind"] == Kind.IN:
        said = _("The volunteer asks for check-in at %(time)s: %(words)s", **told)
    else:
        said = _("The volunteer asks for check-out at %(time)s: %(words)s", **told)
    if facts["minutes"] is None:
        return said
    made = duration(facts["minutes"])
    return said + " · " + _("With it: %(duration)s", duration=made)


def _concern(facts: dict[str, Any], _zone: str) -> str:
    return concern_words.about(facts["concern"])


_SAID: dict[str, Sentence] = {
    Flag.SHORTER: _shorter,
    Flag.LONGER: _longer,
    Flag.LONG: _long,
    Flag.MANUAL: _by_hand,
    Flag.OFFLINE: _offline,
    Flag.CLOCK_SKEW: _skewed,
    Flag.CLOCK_JUMP: _jumped,
    Flag.FAR_AWAY: _far,
    Flag.OVERLAP: _meeting,
    Flag.MANY_BENEFICIARIES: _many,
    Flag.FEW_BENEFICIARIES: _many,
    OTHER_SITE: _elsewhere,
    NOT_SEEN: _not_seen,
    ANSWERED: _answered,
    APPEALED: _appealed,
    REQUESTED: _requested,
    **dict.fromkeys(Limit, _concern),
}


# --- suggestions ---------------------------------------------------------------------------

_BECAUSE: dict[str, Callable[..., str]] = {
    "recorded": lambda: _("from check-in to check-out"),
    "inside": lambda: _("time inside the shift"),
    "away": lambda: _("times away taken off"),
    "planned_end": lambda time: _("until %(time)s, the planned end", time=time),
    "taken_over": lambda time: _("until %(time)s, when somebody took over", time=time),
    "elsewhere": lambda time: _("until %(time)s, the check-in elsewhere", time=time),
}
