"""Opening a poster's address, pressing its button, and typing a code instead."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_login import current_user

from checkin.domain.errors import Conflict
from checkin.domain.scanning import Verdict
from checkin.operations import hours
from checkin.operations.attendance.arrival import attendance_id_of, poster_named, poster_of_code
from checkin.web import intent
from checkin.web.guard import public
from checkin.web.scan.acting import ACTS, named_uid
from checkin.web.scan.blueprint import bp
from checkin.web.scan.leaving import check_out_page, second_look
from checkin.web.scan.looking import look_at, page_of
from checkin.web.scan_forms import CheckOutForm, CodeForm


@bp.get("/s/<code>")
@bp.get("/S/<code>")
@public
def show(code: str) -> Any:
    """The verdict, and the button that goes with it; nothing is kept by looking."""
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        # a browser guessing ahead is no person at a poster; it asks again when one comes
        return Response(status=425)
    poster = poster_of_code(code)
    if "leaving" in request.args and current_user.is_authenticated:
        page = second_look(poster)
        if page is not None:
            return page
    seen = look_at(poster)
    if seen.verdict is Verdict.ALREADY_IN and "leaving" in request.args:
        return check_out_page(hours.open_attendance(current_user.id), CheckOutForm(), seen.poster)
    return page_of(seen)


@bp.post("/s/<code>")
@bp.post("/S/<code>")
@public
def create(code: str) -> Any:
    """Keep a scan; a receipt answers, or the page that says what became of it."""
    poster = poster_named(code)
    act = ACTS.get(request.form.get("kind", ""))
    if poster is None or not current_user.is_authenticated:
        return redirect(url_for(".show", code=code), 303)
    if act is None:
        abort(400)
    try:
        return act(poster)
    except Conflict:
        intent.forget()
        attendance_id = attendance_id_of(current_user.id, named_uid())
        return render_template(
            "scan/reused.html", poster=poster_of_code(code), recorded=attendance_id
        ), 409


@bp.post("/codes")
@public
def find() -> Any:
    """A code typed from paper leads where the picture would have led."""
    form = CodeForm()
    if form.validate_on_submit():
        return redirect(url_for(".show", code=form.poster.code), 303)
    return render_template("pages/home.html", form=form), 422
