"""The two pages about an end: checking out now, and an end that was forgotten.

What was sent and needs another look waits in the signed session while its own page shows it, so
that Back and a change of language find a page.
"""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, session
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from checkin.domain.hours import TOLERANCE, worked_minutes
from checkin.domain.plausibility import judge_beneficiaries
from checkin.domain.scanning import Verdict
from checkin.models import Attendance
from checkin.operations import hours
from checkin.operations.attendance.arrival import claimed_end
from checkin.web import clock, intent, receipts
from checkin.web.scan_forms import CheckOutForm, ForgottenForm
from checkin.web.scanned import Scanned

_KEY = "leaving"
_LONGEST = 100


def look_again(code: Scanned, *, asking: bool = False) -> Any:
    """To the page that shows what was sent: to correct it, or asking whether it is right."""
    fields = ("scan_uid", "kind", "shift_id", "beneficiaries", "not_applicable", "reason")
    sent = {name: request.form[name][:_LONGEST] for name in fields if name in request.form}
    session[_KEY] = {"path": code.path, "person_id": current_user.id, "sent": sent}
    return redirect(code.address(leaving="asked" if asking else 1), 303)


def second_look(code: Scanned | None) -> Any:
    """The page that waits for this person, while the shift it is about is still open."""
    kept = session.get(_KEY)
    if code is None or not isinstance(kept, dict):
        return None
    if (kept.get("path"), kept["person_id"]) != (code.path, current_user.id):
        return None
    sent = kept["sent"]
    attendance = hours.attendance_at(current_user.id, int(sent["shift_id"]))
    if attendance.state != "open":
        return None
    form = CheckOutForm(MultiDict(sent), meta={"csrf": False})
    odd = oddness(hours.leaving_of(attendance), form) if form.validate() else "ok"
    kind = "next" if sent.get("kind") == "next" else "out"
    if odd == "ok" or request.args["leaving"] != "asked":
        return check_out_page(attendance, form, code, uid=sent.get("scan_uid"), kind=kind)
    return check_out_page(
        *(attendance, form, code, "scan/odd_count.html"),
        uid=sent.get("scan_uid"),
        kind=kind,
        odd=odd,
    )


def forget_look() -> None:
    """It has become part of the record."""
    session.pop(_KEY, None)


def check_out_page(
    attendance: Attendance,
    form: CheckOutForm,
    code: Scanned,
    template: str = "scan/check_out.html",
    uid: str | None = None,
    **more: Any,
) -> Any:
    uid = uid or intent.keep(code).uid_for(Verdict.CHECK_OUT)
    facts = check_out_facts(attendance, form, clock.now())
    return render_template(template, scanned=code, site=code.site, uid=uid, **facts, **more)


def check_out_facts(attendance: Attendance, form: CheckOutForm, now: datetime) -> dict[str, Any]:
    shift = attendance.shift
    return {
        "attendance": attendance,
        "shift": shift,
        "form": form,
        "minutes": _worked_so_far(attendance, now),
        "asks_count": hours.leaving_of(attendance).asks_count,
        "leaves_early": now < shift.ends_at - TOLERANCE,
    }


def _worked_so_far(attendance: Attendance, now: datetime) -> int:
    """Without the breaks, as the receipt will count them."""
    spans = [(begin, end or now) for begin, end in receipts.stints_of(attendance)]
    return worked_minutes(spans)


def oddness(left: hours.Leaving, form: CheckOutForm) -> str:
    """Outside what the service finds plausible: asked once more, never refused."""
    if form.count is None or not left.asks_count:
        return "ok"
    minutes = left.served_minutes(clock.now())
    return judge_beneficiaries(form.count, minutes, left.low_per_hour, left.high_per_hour)


def forgotten_facts(attendance: Attendance, form: ForgottenForm, now: datetime) -> dict[str, Any]:
    planned = claimed_end(attendance, None, attendance.shift.site.zone, now)
    return {"attendance": attendance, "planned_end": planned, "form": form}
