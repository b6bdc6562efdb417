"""A supervisor's browser that shows a code does nothing else until the PIN is given.

The lock lies in the signed session, which outlives the window, so that closing the browser of a
tablet on its stand does not open the supervisor's pages.
"""

from typing import Any

from flask import abort, redirect, request, session, url_for

from checkin.web.displays.blueprint import bp
from checkin.web.errors import wants_json
from checkin.web.guard import API

_KEY = "showing"
OPEN = frozenset(
    {
        *("displays.show", "displays.keys", "displays.time", "displays.seen", "displays.last"),
        *("displays.leave", "displays.pair", "accounts.sign_out", "preferences.update"),
        *("offline.worker", "offline.manifest", "offline.show"),
        *("pages.help", "pages.privacy", "pages.healthz", "pages.readyz"),
    }
)
"""What still answers: the screen itself, also without a network, the PIN, signing out, help."""


def shut(display_id: int) -> None:
    session[_KEY] = display_id
    session.permanent = True


def release() -> None:
    session.pop(_KEY, None)
    session.permanent = False


def is_shut() -> bool:
    return _KEY in session


@bp.before_app_request
def _stay() -> Any:
    if not is_shut() or request.endpoint in OPEN or request.endpoint is None:
        return None
    if request.path.startswith(API):
        abort(401)  # as when nobody is signed in: what a queue holds waits until the PIN is given
    if wants_json() or "HX-Request" in request.headers:
        abort(403)
    return redirect(url_for("displays.leave"), 303)
