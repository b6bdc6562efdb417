"""Opening a code's address, pressing its button, and typing a code instead."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_login import current_user

from checkin.domain.errors import Conflict
from checkin.domain.scanning import Verdict
from checkin.operations import hours
from checkin.operations.attendance.arrival import attendance_id_of
from checkin.web import intent, scanned
from checkin.web.guard import public
from checkin.web.scan.acting import ACTS, named_uid
from checkin.web.scan.blueprint import bp
from checkin.web.scan.leaving import check_out_page, second_look
from checkin.web.scan.looking import look_at, page_of
from checkin.web.scan_forms import CheckOutForm, CodeForm
from checkin.web.scanned import Scanned


@bp.get("/s/<code>")
@bp.get("/S/<code>")
@public
def show(code: str) -> Any:
    """The verdict, and the button that goes with it; nothing is kept by looking."""
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        # a browser guessing ahead is no person at a poster; it asks again when one comes
        return Response(status=425)
    return _page(scanned.printed_with_site(code))


@bp.post("/s/<code>")
@bp.post("/S/<code>")
@public
def create(code: str) -> Any:
    """Keep a scan; a receipt answers, or the page that says what became of it."""
    return _act(scanned.printed(code), url_for(".show", code=code))


def _page(code: Scanned | None) -> Any:
    if "leaving" in request.args and current_user.is_authenticated:
        page = second_look(code)
        if page is not None:
            return page
    seen = look_at(code)
    if seen.verdict is Verdict.ALREADY_IN and "leaving" in request.args:
        return check_out_page(hours.open_attendance(current_user.id), CheckOutForm(), seen.code)
    return page_of(seen)


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


@bp.post("/codes")
@public
def find() -> Any:
    """A code typed from paper leads where the picture would have led."""
    form = CodeForm()
    if form.validate_on_submit():
        return redirect(url_for(".show", code=form.poster.code), 303)
    return render_template("pages/home.html", form=form), 422
