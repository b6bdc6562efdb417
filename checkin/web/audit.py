"""The audit log: who did what and when, the latest first, and whether its chain of seals holds."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import AuditEntry
from checkin.operations import audit_log
from checkin.operations.audit_log import Line, Wanted
from checkin.web import audit_facts
from checkin.web.audit_words import ACTS, KINDS, THINGS, WORDS
from checkin.web.digits import in_digits
from checkin.web.fields import planned_day, row_number
from checkin.web.filters import gregorian, isolate
from checkin.web.guard import requires

bp = Blueprint("audit", __name__, url_prefix="/audit")


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
    names = audit_log.names(audit_facts.named(found.lines))
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


def _row(line: Line, names: dict[tuple[str, int], Any]) -> dict[str, Any]:
    entry = line.entry
    return {
        "entry": entry,
        "actor": line.actor,
        "holds": line.holds,
        "act": str(WORDS.get(entry.act, isolate(entry.act))),
        "about": _about(entry, names),
        "href": _trail(entry),
        "facts": audit_facts.said(entry, names),
    }


def _about(entry: AuditEntry, names: dict[tuple[str, int], Any]) -> str:
    if entry.thing_id is None:
        return ""
    named = audit_facts.called(names.get((entry.thing, entry.thing_id)))
    if named:
        return named
    if entry.thing == "prayer_day":
        return gregorian(date.fromisoformat(str(entry.thing_id)))
    number = in_digits(str(entry.thing_id))
    if entry.thing in THINGS:
        return str(THINGS[entry.thing]) % {"number": number}
    return number


def _trail(entry: AuditEntry) -> str | None:
    """A record is shown whole elsewhere, with its scans and decisions."""
    if entry.thing != "attendance" or entry.thing_id is None:
        return None
    return url_for("figures.attendance", attendance_id=entry.thing_id)
