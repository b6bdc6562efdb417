"""What the audit log keeps beside an act, each fact in the reader's words, times and digits."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from checkin.domain.days import MAKKAH
from checkin.models import AuditEntry
from checkin.operations.figures import spans
from checkin.web.audit_words import CODES, FACTS, FIELDS, OF_ACTS
from checkin.web.digits import clock_hours, in_digits, num, signed
from checkin.web.figures.periods import name_of
from checkin.web.filters import gregorian, isolate, month_long, plain_label, time_short
from checkin.web.prayer_words import PRAYERS
from checkin.web.value_words import in_column

Names = dict[tuple[str, int], Any]
NAMING = {
    **dict.fromkeys(("person", "volunteer", "leader", "merged", "other", "vouched_by"), "person"),
    "site": "site",
    "partner": "partner",
}
"""Facts that are the number of something with a name."""
NAMING_ALL = {"people": "person"}
"""Facts that may be a list of such numbers."""
NUMBERS = {*NAMING, "shift", "device", "decision", "version", "replaces"}
"""Facts whose number stands for something, which nobody adds up."""
NOT_SAID = {
    *("uid", "token", "grant", "request", "badge", "enrolment", "merge", "replacement"),
    *("scope", "sheet", "parts", "left_out"),
}
"""For programs: numbers of rows that no page shows, and what another fact or the act says."""
MOST_OF_LIST = 12


def named(lines: Any) -> Iterator[tuple[str, int]]:
    """All that may have a name."""
    for line in lines:
        entry = line.entry
        if entry.thing_id is not None:
            yield entry.thing, entry.thing_id
        for key, value in entry.facts.items():
            thing = _named_by(entry, key, value)
            some = value[:MOST_OF_LIST] if isinstance(value, list) else [value]
            yield from ((thing, one) for one in some if thing and _is_number(one))


def _named_by(entry: AuditEntry, key: str, value: Any) -> str | None:
    if isinstance(value, list):
        return NAMING_ALL.get(key)
    if entry.act == "person.partner" and key in ("before", "after"):
        return "partner"
    if key == "key":
        return str(entry.facts.get("scope"))
    return NAMING.get(key)


def said(entry: AuditEntry, names: Names) -> list[tuple[str, str]]:
    """Each fact's name and what it says, as far as there is anything to say."""
    if entry.thing == "demo":
        return []  # by these it finds what it made
    return [
        (label(entry.act, key), words)
        for key, value in entry.facts.items()
        if key not in NOT_SAID and (words := _said(entry, key, value, names))
    ]


def label(act: str, key: str) -> str:
    """What a fact of this act is called; by its key where it has no words."""
    tables: tuple[dict[Any, Any], ...] = (OF_ACTS.get(act, {}), FACTS, PRAYERS, FIELDS)
    return next((str(table[key]) for table in tables if key in table), isolate(key))


def called(named: Any) -> str:
    """What was found for a name, in the reader's language; empty where nothing was."""
    return named if isinstance(named, str) else plain_label(named)


def _said(entry: AuditEntry, key: str, value: Any, names: Names) -> str:
    """One fact in words; nothing where there is nothing to say."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool) or key == "shared":
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return _list_said(entry, key, value, names)
    if _is_number(value):
        return _number_said(entry, key, value, names)
    return _text_said(entry, key, value)


def _list_said(entry: AuditEntry, key: str, values: list[Any], names: Names) -> str:
    """The first of them; what has parts of its own is for programs."""
    if any(isinstance(one, dict | list) for one in values):
        return ""
    thing = _named_by(entry, key, values)
    if values and not thing and all(map(_is_number, values)):
        return num(len(values))
    first = (_one_said(key, one, names.get((str(thing), one))) for one in values[:MOST_OF_LIST])
    told, more = " · ".join(dict.fromkeys(first)), len(values) - MOST_OF_LIST
    return _("%(names)s and %(number)s more", names=told, number=num(more)) if more > 0 else told


def _one_said(key: str, one: Any, named: Any) -> str:
    return isolate(called(named) or CODES.get(key, {}).get(one) or in_digits(str(one)))


def _number_said(entry: AuditEntry, key: str, value: int, names: Names) -> str:
    thing = _named_by(entry, key, value)
    if thing and (named := called(names.get((thing, value)))):
        return isolate(named)
    if key == "key":
        return ""  # of everybody
    if key.endswith("halalas"):
        return in_column(value)
    if key == "losing_minutes" or (key in _MINUTES and entry.act.startswith("attendance.")):
        return clock_hours(value)
    if entry.act == "shift.follow":
        return signed(value, num(value))
    return in_digits(str(value)) if key in NUMBERS else num(value)


_MINUTES = ("before", "after")


def _text_said(entry: AuditEntry, key: str, value: str) -> str:
    if key in PRAYERS:
        at = datetime.combine(entry.at, time.fromisoformat(value), ZoneInfo(MAKKAH))
        return time_short(at, MAKKAH)
    say = _READ.get(key)
    return say(value) if say else str(CODES.get(key, {}).get(value) or isolate(in_digits(value)))


def _period(key: str) -> str:
    span = spans.of_key(key)
    return name_of(span) if span else isolate(key)


def _instant(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{gregorian(at)} {time_short(at)}"


_READ: dict[str, Callable[[str], str]] = {
    "begins": _instant,
    "ends": _instant,
    "from_on": lambda text: gregorian(date.fromisoformat(text)),
    "month": lambda text: month_long(date.fromisoformat(text)),
    "period": _period,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
