"""The two pages about an end: checking out now, and an end that was forgotten."""

from datetime import datetime
from typing import Any

from flask import render_template, request

from checkin.domain.days import minutes_between
from checkin.domain.hours import TOLERANCE
from checkin.domain.plausibility import judge_beneficiaries
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Poster
from checkin.operations.attendance.arrival import claimed_end
from checkin.web import clock, intent
from checkin.web.scan_forms import CheckOutForm, ForgottenForm


def check_out_page(
    attendance: Attendance,
    form: CheckOutForm,
    poster: Poster | None,
    template: str = "scan/check_out.html",
    **more: Any,
) -> Any:
    kept = intent.keep(poster) if poster else None
    uid = request.form.get("scan_uid") or (kept.uid_for(Verdict.CHECK_OUT) if kept else "")
    facts = check_out_facts(attendance, form, clock.now())
    page = render_template(template, poster=poster, site=poster.site, uid=uid, **facts, **more)
    return page, 422 if form.errors else 200


def check_out_facts(attendance: Attendance, form: CheckOutForm, now: datetime) -> dict[str, Any]:
    shift = attendance.shift
    return {
        "attendance": attendance,
        "shift": shift,
        "form": form,
        "minutes": minutes_between(attendance.in_at, now),
        "asks_count": asks_count(attendance),
        "leaves_early": now < shift.ends_at - TOLERANCE,
    }


def asks_count(attendance: Attendance) -> bool:
    service = attendance.shift.opportunity.service
    return service is not None and service.counted_by == "volunteer"


def oddness(attendance: Attendance, form: CheckOutForm) -> str:
    """Outside what the service finds plausible: asked once more, never refused."""
    if form.count is None or not asks_count(attendance):
        return "ok"
    service = attendance.shift.opportunity.service
    minutes = minutes_between(attendance.in_at, clock.now())
    return judge_beneficiaries(form.count, minutes, service.low_per_hour, service.high_per_hour)


def forgotten_facts(attendance: Attendance, form: ForgottenForm, now: datetime) -> dict[str, Any]:
    planned = claimed_end(attendance, None, attendance.shift.site.zone, now)
    return {"attendance": attendance, "planned_end": planned, "form": form}
