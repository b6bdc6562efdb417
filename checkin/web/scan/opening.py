"""Opening a code's address, and pressing the button on its page."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_login import current_user

from checkin.domain.errors import Conflict
from checkin.domain.fold import Kind
from checkin.domain.scanning import Code, Verdict
from checkin.operations import hours
from checkin.operations.attendance.arrival import attendance_id_of, is_kept
from checkin.web import clock, intent, scanned
from checkin.web.guard import public
from checkin.web.resuming import unsent
from checkin.web.scan.acting import ACTS, named_uid
from checkin.web.scan.blueprint import bp
from checkin.web.scan.leaving import check_out_page, second_look
from checkin.web.scan.looking import LEAVABLE, look_at, page_of, receipt_at
from checkin.web.scan_forms import CheckOutForm
from checkin.web.scanned import Scanned


@bp.get("/s/<code>")
@bp.get("/S/<code>")
@public
def show(code: str) -> Any:
    """The verdict, and the button that goes with it; nothing is kept by looking."""
    return _too_early() or _page(scanned.printed_with_site(code))


@bp.post("/s/<code>")
@bp.post("/S/<code>")
@public
def create(code: str) -> Any:
    """Keep a scan; a receipt answers, or the page that says what became of it."""
    return _act(intent.poster(code) or scanned.printed(code), url_for(".show", code=code))


@bp.get("/r/<token>")
@bp.get("/R/<token>")
@public
def show_rotating(token: str) -> Any:
    """The same for what a screen shows: whoever opens it in time has all the time they need."""
    return _too_early() or _page(scanned.rotating_with_site(token))


@bp.post("/r/<token>")
@bp.post("/R/<token>")
@public
def create_rotating(token: str) -> Any:
    return _act_in_time(scanned.rotating(token), url_for(".show_rotating", token=token))


@bp.get("/typed-code")
@public
def show_typed() -> Any:
    """The same for digits typed from a screen, once they were found right."""
    code = intent.code()
    typed = code is not None and code.path.startswith("N")
    return _page(code) if typed else redirect(url_for("pages.home"), 303)


@bp.post("/typed-code")
@public
def create_typed() -> Any:
    path = intent.last_path()
    code = scanned.opened(path) if path.startswith("N") else None
    return _act_in_time(code, url_for(".show_typed"))


def _too_early() -> Response | None:
    """A browser guessing ahead is no person at a code; it asks again when one comes."""
    purpose = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return Response(status=425) if "prefetch" in purpose else None


def _page(code: Scanned | None) -> Any:
    if "leaving" in request.args and current_user.is_authenticated:
        page = second_look(code)
        if page is not None:
            return page
    seen = look_at(code)
    leaving = "leaving" in request.args or unsent().get("kind") == Kind.OUT
    if seen.verdict in LEAVABLE and leaving:
        return check_out_page(hours.open_attendance(current_user.id), CheckOutForm(), seen.code)
    if seen.verdict is Verdict.EXPIRED and seen.person:
        # Back, or a second look at the camera's link: what it did then is the answer
        done = receipt_at(seen.code)
        if done is not None and done.attendance_id is not None:
            return redirect(url_for("attendances.show", attendance_id=done.attendance_id), 303)
    return page_of(seen)


def _act_in_time(code: Scanned | None, page: str) -> Any:
    """A screen's code must have been opened in time; whoever leaves may think for longer."""
    if code is None or not current_user.is_authenticated:
        return redirect(page, 303)
    now, kept = clock.now(), intent.of(code)
    state = code.judged(kept.touched_at if kept else now, now)
    fresh = state is Code.ACTIVE and (kept is not None or not code.path.startswith("N"))
    if fresh or is_kept(current_user.id, named_uid()):
        return _act(code, page)
    leaving = request.form.get("kind") == Kind.OUT and intent.was_of(code)
    if leaving and state is not Code.REVOKED:
        return _act(code.from_memory, page)
    return redirect(page, 303)


def _act(code: Scanned | None, page: str) -> Any:
    act = ACTS.get(request.form.get("kind", ""))
    if code is None or not current_user.is_authenticated:
        return redirect(page, 303)
    if act is None:
        abort(400)
    try:
        return act(code)
    except Conflict:
        intent.forget()
        recorded = attendance_id_of(current_user.id, named_uid())
        return render_template("scan/reused.html", scanned=code, recorded=recorded), 409
