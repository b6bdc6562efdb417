"""What the button of a code's page does: check in, check out, or settle a forgotten end."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.places import HALF_WAY_ROUND_M
from checkin.domain.scanning import Verdict
from checkin.models import Attendance
from checkin.models.attendance import DECIDED
from checkin.operations import hours
from checkin.operations.attendance import Reading, derived_uid, record_scan
from checkin.operations.attendance.arrival import claimed_end, is_kept, settle, wait
from checkin.operations.returned import returned_to
from checkin.web import clock, errors, intent, scanned
from checkin.web.scan.leaving import (
    forget_look,
    forgotten_facts,
    look_again,
    oddness,
)
from checkin.web.scan_forms import CheckOutForm, ForgottenForm
from checkin.web.scanned import Scanned


def _check_in(code: Scanned) -> Any:
    reading = _reading(
        code,
        named_uid(),
        Kind.IN,
        joins=_ticked("joins"),
        moves=_ticked("moves"),
        **_distance(code),
    )
    keep = wait if _ticked("waits") else record_scan
    answer = keep(reading, now=clock.now())
    intent.forget()
    if answer.attendance_id is None:
        return redirect(code.address(), 303)
    again = 1 if answer.verdict is Verdict.ALREADY_IN else None
    return _to_receipt(answer.attendance_id, answer.verdict, again=again)


def _check_out(code: Scanned) -> Any:
    return _leave(code, _leaving)


def _start_next(code: Scanned) -> Any:
    """Finish the running shift and start the one after it, with one press."""
    return _leave(code, _going_over)


def _leave(code: Scanned, reading_of: Callable[..., Reading]) -> Any:
    # the guard has read the token; one more would be signed for a page that is not shown here
    uid, form = named_uid(), CheckOutForm(meta={"csrf": False})
    left = hours.leaving_at(current_user.id, _named_shift())
    if left.state != "open" and not is_kept(current_user.id, uid) and not _is_back(left):
        # another device was faster: its receipt is the answer, and nothing is counted twice
        return _to_receipt(left.id, None)
    if "edit" in request.form or not form.validate():
        return look_again(code)
    if oddness(left, form) != "ok" and not form.confirmed.data:
        return look_again(code, asking=True)
    count = form.count if left.asks_count else None
    answer = record_scan(reading_of(code, uid, form, count), now=clock.now())
    intent.forget()
    forget_look()
    return _to_receipt(answer.attendance_id or left.id, answer.verdict)


def _is_back(left: hours.Leaving) -> bool:
    """Whether they came back after their record was decided, and now leave again."""
    return left.state in DECIDED and bool(returned_to([left.id], clock.now()))


def _leaving(code: Scanned, uid: str, form: CheckOutForm, count: int | None) -> Reading:
    why = form.left_because
    facts = {"shift_id": _named_shift(), "beneficiaries": count, "reason": why}
    return _reading(code, uid, Kind.OUT, **facts)


def _going_over(code: Scanned, uid: str, form: CheckOutForm, count: int | None) -> Reading:
    """The number served is that of the shift that ends."""
    return _reading(code, uid, Kind.IN, moves=True, beneficiaries=count)


def _settle(code: Scanned) -> Any:
    uid, said, form = named_uid(), request.form.get("ended"), ForgottenForm()
    attendance = hours.attendance_at(current_user.id, _named_shift())
    try:
        at = None if said == "unknown" else _claimed(attendance, said, form)
    except Problem as problem:
        form.time.errors = [errors.sentence(problem)]
        facts = forgotten_facts(attendance, form, clock.now())
        page = render_template(
            "scan/forgotten.html", scanned=scanned.opened(code.path), uid=uid, **facts
        )
        return page, 422
    ending = _reading(
        code,
        uid,
        Kind.OUT if at else Kind.FORGOT,
        shift_id=attendance.shift_id,
        at=at,
        carrier="claim",
        evidence=Evidence.CLAIMED,
    )
    arriving = _reading(code, derived_uid(uid, "arrive"), Kind.IN)
    answer = settle(ending, arriving, now=clock.now())
    flash(
        _("The supervisor will check this time")
        if at
        else _("The supervisor will decide when you finished"),
        "info",
    )
    if answer is None or answer.attendance_id is None:
        return redirect(code.address(), 303)
    intent.forget()
    return _to_receipt(answer.attendance_id, answer.verdict)


ACTS = {"in": _check_in, "out": _check_out, "next": _start_next, "end": _settle}


def _claimed(attendance: Attendance, said: str | None, form: ForgottenForm) -> datetime:
    zone = attendance.shift.site.zone
    if said == "planned":
        return claimed_end(attendance, None, zone, clock.now())
    if not form.validate() or form.time.data is None:
        raise Problem("end_not_possible")
    return claimed_end(attendance, form.time.data, zone, clock.now())


def _reading(code: Scanned, uid: str, kind: Kind, **facts: Any) -> Reading:
    kept = intent.of(code)
    return Reading(
        uid=uid,
        kind=kind,
        volunteer_id=current_user.id,
        touched_at=kept.touched_at if kept else None,
        device_id=current_user.device.device_id,
        **{**code.facts, **facts},
    )


def named_uid() -> str:
    """The scan's id was made with the page; without one an act could happen twice."""
    try:
        return str(uuid.UUID(request.form.get("scan_uid", "")))
    except ValueError:
        abort(400)


def _ticked(name: str) -> bool:
    return request.form.get(name) == "1"


def _distance(code: Scanned) -> dict[str, int | None]:
    """Read only where the site asks for it."""
    if not code.asks_distance:
        return {}
    return {"distance_m": _metres("distance_m"), "accuracy_m": _metres("accuracy_m")}


def _metres(name: str) -> int | None:
    """What the phone worked out; nothing when it was not asked, or says what cannot be."""
    metres = request.form.get(name, type=int)
    return metres if metres is not None and 0 <= metres <= HALF_WAY_ROUND_M else None


def _named_shift() -> int:
    return request.form.get("shift_id", 0, type=int)


def _to_receipt(attendance_id: int, verdict: Verdict | None, **args: Any) -> Any:
    if verdict is Verdict.LATE_AFTER_DECISION:
        flash(_("The supervisor has already decided about this shift. Your scan is kept"), "look")
    return redirect(url_for("attendances.show", attendance_id=attendance_id, **args), 303)
