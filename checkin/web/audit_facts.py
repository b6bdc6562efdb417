"""What the audit log keeps beside an act, each fact in the reader's words and digits."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from checkin.domain.money import HALALAS
from checkin.models import AuditEntry
from checkin.web.audit_words import DEVICES, FACTS, FIELDS
from checkin.web.digits import clock_hours, in_digits, num
from checkin.web.filters import isolate, plain_label
from checkin.web.opportunities_forms import TYPES
from checkin.web.people_forms import ROLES

NAMING = {
    **dict.fromkeys(("person", "volunteer", "leader", "merged", "other", "vouched_by"), "person"),
    "site": "site",
    "partner": "partner",
}
"""Facts that are the number of something with a name."""
MOST_OF_LIST = 12


def named(lines: Any) -> Iterator[tuple[str, int]]:
    """All that may have a name."""
    for line in lines:
        entry = line.entry
        if entry.thing_id is not None:
            yield entry.thing, entry.thing_id
        for key, value in entry.facts.items():
            thing = _named_by(entry, key)
            if thing and _is_number(value):
                yield thing, value


def _named_by(entry: AuditEntry, key: str) -> str | None:
    if entry.act == "person.partner" and key in ("before", "after"):
        return "partner"
    return NAMING.get(key)


def said(entry: AuditEntry, names: dict[tuple[str, int], Any]) -> list[tuple[str, str]]:
    """Each fact's name and what it says, as far as there is anything to say."""
    return [
        (str(FACTS.get(key, isolate(key))), words)
        for key, value in entry.facts.items()
        if (words := _said(entry, key, value, names))
    ]


def called(named: Any) -> str:
    """What was found for a name, in the reader's language; empty where nothing was."""
    return named if isinstance(named, str) else plain_label(named)


def _said(entry: AuditEntry, key: str, value: Any, names: dict[tuple[str, int], Any]) -> str:
    """One fact in words; nothing where there is nothing to say."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return _list_said(value)
    if _is_number(value):
        return _number_said(entry, key, value, names)
    words = {"role": ROLES, "type": TYPES, "kind": DEVICES}.get(key, {})
    return str(words.get(value, isolate(value)))


def _list_said(values: list[Any]) -> str:
    """The first of them; what has parts of its own is for programs."""
    if any(isinstance(one, dict | list) for one in values):
        return ""
    said = [str(FIELDS.get(one, one)) for one in map(str, values[:MOST_OF_LIST])]
    return " · ".join([*map(isolate, said), *(["…"] if len(values) > MOST_OF_LIST else [])])


def _number_said(entry: AuditEntry, key: str, value: int, names: Any) -> str:
    thing = _named_by(entry, key)
    if thing and (named := called(names.get((thing, value)))):
        return isolate(named)
    if key == "halalas":
        return num(Decimal(value) / HALALAS, 2)
    if key in ("before", "after") and entry.act.startswith("attendance."):
        return clock_hours(value)
    return num(value) if key in _AMOUNTS else in_digits(str(value))


_AMOUNTS = frozenset(
    ("before", "after", "beneficiaries", "amount", "total", "number", "rows", "people", "headcount")
)
"""Numbers that are amounts; others name something, which nobody adds up."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
