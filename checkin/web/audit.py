"""The audit log: who did what and when, the latest first, and whether its chain of seals holds."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.money import HALALAS
from checkin.domain.roles import Permission
from checkin.models import AuditEntry
from checkin.operations import audit_log
from checkin.operations.audit_log import Line, Wanted
from checkin.web.audit_words import ACTS, DEVICES, FACTS, FIELDS, KINDS, THINGS, WORDS
from checkin.web.digits import clock_hours, in_digits, num
from checkin.web.fields import planned_day, row_number
from checkin.web.filters import isolate, plain_label
from checkin.web.guard import requires
from checkin.web.opportunities_forms import TYPES
from checkin.web.people_forms import ROLES

bp = Blueprint("audit", __name__, url_prefix="/audit")

NAMING = {
    **dict.fromkeys(("person", "volunteer", "leader", "merged", "other", "vouched_by"), "person"),
    "site": "site",
    "partner": "partner",
}
"""Facts that are the number of something with a name."""
MOST_OF_LIST = 12


@bp.get("")
@requires(Permission.SEE_AUDIT)
def index():
    args = request.args
    day, kind = args.get("day", type=planned_day), args.get("kind", "")
    by = args.get("by", type=_actor)
    if kind and kind not in KINDS:
        raise NotFound("page")
    wanted = Wanted(day, by, tuple(ACTS[kind]) if kind else ())
    found = audit_log.page_of(wanted, args.get("before", type=row_number))
    chosen = {"day": day.isoformat() if day else None, "by": by, "kind": kind or None}
    names = audit_log.names(_mentioned(found.lines))
    return render_template(
        "audit/index.html",
        rows=[_row(line, names) for line in found.lines],
        looked_until=found.looked_until,
        older=url_for(".index", **chosen, before=found.before) if found.before else None,
        chosen=chosen,
        by=by,
        staff=audit_log.staff(by),
        kinds=KINDS,
        broken=sum(line.holds is False for line in found.lines),
        is_sealed=any(line.holds for line in found.lines),
        back=(url_for("settings.show"), _("Settings")) if _comes_from_settings() else None,
        last=audit_log.last_seal(),
    )


def _comes_from_settings() -> bool:
    return current_user.may(Permission.MANAGE_PEOPLE)


def _actor(text: str) -> int:
    return audit_log.NOBODY if text == str(audit_log.NOBODY) else row_number(text)


def _mentioned(lines: Any) -> Iterator[tuple[str, int]]:
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


def _row(line: Line, names: dict[tuple[str, int], Any]) -> dict[str, Any]:
    entry = line.entry
    return {
        "entry": entry,
        "actor": line.actor,
        "holds": line.holds,
        "act": str(WORDS.get(entry.act, isolate(entry.act))),
        "about": _about(entry, names),
        "href": _trail(entry),
        "facts": [
            (str(FACTS.get(key, isolate(key))), said)
            for key, value in entry.facts.items()
            if (said := _said(entry, key, value, names))
        ],
    }


def _about(entry: AuditEntry, names: dict[tuple[str, int], Any]) -> str:
    if entry.thing_id is None:
        return ""
    named = _name(names.get((entry.thing, entry.thing_id)))
    if named:
        return named
    number = in_digits(str(entry.thing_id))
    if entry.thing in THINGS:
        return str(THINGS[entry.thing]) % {"number": number}
    return number


def _trail(entry: AuditEntry) -> str | None:
    """A record is shown whole elsewhere, with its scans and decisions."""
    if entry.thing != "attendance" or entry.thing_id is None:
        return None
    return url_for("figures.attendance", attendance_id=entry.thing_id)


def _name(named: Any) -> str:
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
    if thing and (named := _name(names.get((thing, value)))):
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
