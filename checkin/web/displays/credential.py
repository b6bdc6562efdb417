"""The cookie that makes a browser a screen: sent to `/display` alone, worth nothing elsewhere."""

from flask import Response, current_app, g, request

from checkin.models import Display
from checkin.operations import displays

LIVES = 400 * 24 * 3600
"""Seconds; browsers keep no cookie longer. Stopping the screen ends it at any time."""


def current() -> Display | None:
    """The screen this browser is, with its site; asked of the database once in a request."""
    if "display" not in g:
        value = request.cookies.get(_name(), "")
        g.display = displays.recognise(value) if 0 < len(value) <= 120 else None
    return g.display


def is_over() -> bool:
    """Whether this browser was a screen once; one that was left by its PIN keeps no cookie."""
    return _name() in request.cookies and current() is None


def keep(response: Response, credential: str) -> None:
    response.set_cookie(
        _name(),
        credential,
        max_age=LIVES,
        path=_path(),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )


def drop(response: Response) -> None:
    response.delete_cookie(
        _name(),
        path=_path(),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )


def _name() -> str:
    return "__Secure-display" if current_app.config["SESSION_COOKIE_SECURE"] else "display"


def _path() -> str:
    return f"{request.script_root}/display"
