"""A press whose page has outlived its session: the page comes again, and one more press does it.

The token in such a form proves nothing any more, so nothing is done. What was typed is put back
only where the browser itself says that it was sent by a page of ours.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, flash, g, render_template, request, session
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from checkin.web import clock
from checkin.web.guard import is_foreign
from checkin.web.targets import nearest_page

Page = tuple[Rule, dict[str, Any]]
AT_A_CODE = "scan"
"""The room where a press holds a number or two, which the signed session can carry."""
WHOSE = "person_id"
"""The hidden field of a form that is about one person alone."""
KEPT = timedelta(minutes=15)
MOST_FIELDS, LONGEST = 10, 100
_KEY = "unsent"


def unsent() -> MultiDict[str, str]:
    """What the refused press held, while its page is shown again; empty at any other time."""
    if "unsent" not in g:
        g.unsent = _kept_through_sign_in() if request.blueprint == AT_A_CODE else None
    sent = g.unsent or MultiDict()
    return MultiDict() if _of_another(sent) else sent


def _of_another(sent: MultiDict[str, str]) -> bool:
    """Whether the form names somebody else: a phone may be shared, what was typed there is not."""
    if not current_user.is_authenticated:
        return False
    mine = str(current_user.id)
    return sent.get(WHOSE, mine) != mine


def _kept_through_sign_in() -> MultiDict[str, str] | None:
    """What was said at a code before its volunteer signed in again; once, and not for long."""
    kept = session.get(_KEY)
    if not kept or kept["path"] != request.path or not current_user.is_authenticated:
        return None
    del session[_KEY]
    is_fresh = clock.now() - datetime.fromisoformat(kept["at"]) <= KEPT
    return MultiDict(kept["sent"]) if is_fresh else None


def _keep_through_sign_in() -> None:
    sent = {name: text[:LONGEST] for name, text in request.form.items() if name != "csrf_token"}
    if request.blueprint == AT_A_CODE and len(sent) <= MOST_FIELDS:
        session[_KEY] = {"path": request.path, "at": clock.now().isoformat(), "sent": sent}


def page_again() -> Response | None:
    """The page the press came from, filled in; None where there is none to show."""
    if is_foreign() or request.is_json:
        return None
    page, ours = _page_here(), request.headers.get("Sec-Fetch-Site") == "same-origin"
    if page is None and (not ours or request.files):
        return None
    if ours:
        g.unsent = request.form
        if not current_user.is_authenticated:
            _keep_through_sign_in()
    _say()
    answer = _shown(page)
    if answer.status_code == 200:
        answer.status_code = 400
        return answer
    return answer if ours else None


def _page_here() -> Page | None:
    """What is shown at this address, when something is."""
    try:
        found: Any = current_app.create_url_adapter(request)
        return found.match(request.path, "GET", return_rule=True)
    except HTTPException:
        return None


def _say() -> None:
    if not current_user.is_authenticated:
        flash(_("Your session has ended"), "look")
    else:
        flash(
            _("Your session has ended and nothing was saved. Check this page and press again"),
            "look",
        )


def _shown(page: Page | None) -> Response:
    """As if the page had just been opened: by whoever this is, past every guard of it."""
    app: Any = current_app
    request.method = "GET"
    if page is not None:
        g.resumed = True  # so that Back and loading anew ask for the page, not for the press
        request.url_rule, request.view_args = page
    try:
        answer = app.preprocess_request()
        if answer is None:
            answer = app.dispatch_request() if page else _press_again()
    except Exception as fault:
        answer = app.handle_user_exception(fault)
    return app.make_response(answer)


def _press_again() -> str:
    """For a button that has no page of its own: the same press, once more."""
    sent = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return render_template(
        "errors/session_ended.html",
        action=request.full_path.rstrip("?"),
        sent=sent,
        above=nearest_page(request.path),
    )
