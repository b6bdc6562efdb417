"""Where problems become pages or JSON: one sentence each, in the reader's language."""

import errno
from datetime import date
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, SecurityError

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.web import resuming
from checkin.web.digits import num
from checkin.web.filters import date_short, duration, duration_after, month_long
from checkin.web.guard import API, forget_person
from checkin.web.words import counted

SENTENCES: dict[str, Any] = {
    "not_found": _l("Page not found"),
    "scan_reused": _l("This check-in was sent before with other details. Scan the code again."),
    "own_entry": _l("Another supervisor must enter your own attendance"),
    "time_outside_shift": _l("Choose a time near the shift that is not in the future"),
    "count_invalid": _l("Enter a whole number from 0 to %(max)s"),
    "name_missing": _l("Enter your name"),
    "name_too_long": _l("The name is too long. Use at most %(longest)s characters"),
    "name_unreadable": _l("The name holds characters that cannot be shown. Type it again"),
    "text_too_long": _l("The text is too long. Use at most %(longest)s characters"),
    "text_unreadable": _l("The text holds characters that cannot be shown. Type it again"),
}
"""A sentence for every code; rooms add theirs with `sentences`."""

_PAGES: dict[int, tuple[Any, Any]] = {
    400: (
        _l("This page is no longer valid"),
        _l("Go back, load the page again and repeat the last step. Nothing was changed."),
    ),
    401: (_l("Sign in to continue"), ""),
    403: (_l("This page is not for your account"), _l("Sign in with another account, or go back.")),
    404: (_l("Page not found"), _l("Check the address, or scan the code again.")),
    405: (_l("Page not found"), _l("Check the address, or scan the code again.")),
    409: (_l("This record changed on another device. Showing the latest"), ""),
    413: (_l("That is too much at once"), _l("Send less and try again. Nothing was changed.")),
    415: (_l("Only JSON is read here"), ""),
    429: (_l("Too many tries"), _l("Wait a little and try again.")),
    503: (
        _l("Sorry, there is a problem with the service"),
        _l("Try again later. What you recorded before is safe"),
    ),
    500: (
        _l("Sorry, there is a problem with the service"),
        _l("Try again later. What you recorded before is safe"),
    ),
}


def sentences(**more: Any) -> None:
    """Add the sentences of a room's problem codes."""
    SENTENCES.update(more)


def sentence(problem: Problem) -> str:
    """The reader's sentence for a problem, filled with its facts in the reader's digits.

    A fact `seconds` can be said as `duration`, and `minutes` as `passed`; a fact
    `month` is the month's first day.
    """
    facts = {name: _said(fact) for name, fact in problem.facts.items()}
    if isinstance(month := problem.facts.get("month"), date):
        facts["month"] = month_long(month)
    if isinstance(seconds := problem.facts.get("seconds"), int):
        facts["duration"] = waiting(seconds)
    if isinstance(minutes := problem.facts.get("minutes"), int):
        facts["passed"] = duration(minutes)
    return str(SENTENCES[problem.code]) % facts


def _said(fact: Any) -> Any:
    if isinstance(fact, date):
        return date_short(fact)
    return num(fact) if isinstance(fact, int) and not isinstance(fact, bool) else fact


def waiting(seconds: int) -> str:
    """How long to wait, as it stands after «بعد» or "in"."""
    if seconds < 60:
        return counted("seconds", seconds, "after")
    return duration_after(-(-seconds // 60))


def init_app(app: Flask) -> None:
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(CSRFError, _outlived)
    app.register_error_handler(SecurityError, _misnamed)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(TimeoutError, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def _problem(problem: Problem) -> tuple[Any, int]:
    status = {NotFound: 404, Conflict: 409}.get(type(problem), 422)
    if wants_json():
        return _problem_in_json(problem, status)
    if status == 404:
        return _page(404)
    return render_template("errors/show.html", heading=sentence(problem), body=""), status


def _problem_in_json(problem: Problem, status: int) -> tuple[Any, int]:
    response = jsonify(error={"code": problem.code, "sentence": sentence(problem)})
    if problem.code == "too_many":
        response.headers["Retry-After"] = str(problem.facts["seconds"])
        status = 429
    return response, status


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    response = current_app.make_response(_page(error.code))
    more = ((name, value) for name, value in error.get_headers() if name != "Content-Type")
    response.headers.extend(more)
    return response


def _outlived(_error: CSRFError) -> Any:
    """A form without the token of this session: its page again where that helps."""
    again = None if wants_json() else resuming.page_again()
    return again or _page(400)


def _misnamed(error: SecurityError) -> Response:
    """Called by a name that is not ours: in words only, for a page would be full of links."""
    heading, _body = _PAGES[400]
    return Response(f"{heading}\n", 400, mimetype="text/plain")


def _unavailable(error: OperationalError | TimeoutError | OSError) -> Response:
    """The database does not answer, or has no room: say when to try again; nothing is half done.

    What took too long takes as long again: then it is said that less should be asked for.
    """
    current_app.logger.error("database unavailable: %s", getattr(error, "orig", error))
    db.session.rollback()
    if getattr(getattr(error, "orig", None), "sqlstate", "") == STOPPED:
        return current_app.make_response(_page(503, _TOO_MUCH))
    forget_person()
    response = current_app.make_response(_page(503))
    response.headers["Retry-After"] = "5"
    return response


STOPPED = "57014"
"""PostgreSQL's word for a question that took longer than a page may."""
_TOO_MUCH = (
    _l("This takes too long to work out"),
    _l("Ask for fewer days, or for less at once. Nothing was changed."),
)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def _unexpected(error: Exception) -> Any:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return _unavailable(error)
    current_app.logger.exception("unexpected error")
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS") is not False:
        raise error
    db.session.rollback()
    return _page(500)


_NOT_YOURS = _l(
    "Check the address. What it names may be gone, or belong to a site or partner that is not "
    "yours."
)


def _page(status: int, said: tuple[Any, Any] | None = None) -> tuple[Any, int]:
    heading, body = said or _PAGES.get(status, _PAGES[500 if status >= 500 else 400])
    if status == 404 and current_user.is_authenticated and current_user.device.kind == "staff":
        body = _NOT_YOURS
    if wants_json():
        return jsonify(error={"code": str(status), "sentence": str(heading)}), status
    return render_template("errors/show.html", heading=str(heading), body=str(body)), status


def wants_json() -> bool:
    if request.path.startswith(API):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"
