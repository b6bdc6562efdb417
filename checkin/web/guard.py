"""Who may enter: recognised browsers, default deny, forgery and host checks, headers."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect

from checkin.domain.roles import Permission, Role
from checkin.operations import api_tokens, devices
from checkin.operations.permissions import Held, Reach, reach_of, roles_of
from checkin.web import clock
from checkin.web.targets import nearest_page

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()
login_manager = LoginManager()

PUBLIC = "public"
API = "/api/"
"""Below this address programs ask: they are answered in JSON and may show a token."""
PHONE_PERMISSIONS = frozenset({Permission.OWN_ATTENDANCE, Permission.SEE_FLOOR})
"""A remembered phone proves a volunteer or the lead of a shift, never a member of staff."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
POLICY_WITH_WASM = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Only for the page that reads codes with a program of its own where the browser cannot."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
YEAR = 365 * 24 * 3600


def public(view: View) -> View:
    """Anybody may open this page."""
    view.guard = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Only people with this permission somewhere may open this page."""

    def mark(view: View) -> View:
        view.guard = permission  # type: ignore[attr-defined]
        return view

    return mark


class Identity(UserMixin):
    """The person behind this request's cookie, with the roles they hold now."""

    def __init__(self, recognised: devices.Recognised) -> None:
        self.id = recognised.person_id
        self.name = recognised.name
        self.device = recognised

    @cached_property
    def held(self) -> list[Held]:
        return roles_of(self.id, clock.now())

    def reach(self, permission: Permission) -> Reach:
        """Where this person may do that; nowhere for staff acts on a mere remembered phone."""
        held = self.held
        if self.device.kind != "staff" and permission not in PHONE_PERMISSIONS:
            held = [one for one in held if one.role is Role.LEAD]
        return reach_of(held, permission)

    def may(self, permission: Permission) -> bool:
        """Whether this person may do that anywhere at all."""
        return permission is Permission.OWN_ATTENDANCE or not self.reach(permission).is_empty


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.request_loader(_recognise)
    app.before_request(_refuse_unreadable)
    app.before_request(_refuse_foreign)
    app.before_request(_guard)
    app.after_request(_renew_cookie)
    app.after_request(_add_headers)


def cookie_name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _recognise(incoming: Request) -> Identity | None:
    if incoming.path.startswith(API) and "Authorization" in incoming.headers:
        return _by_token(incoming.headers["Authorization"])
    cookie = incoming.cookies.get(cookie_name(), "")
    if not cookie or len(cookie) > 120:
        return None
    recognised = devices.recognise(cookie, clock.now())
    return Identity(recognised) if recognised else None


def _by_token(shown: str) -> Identity | None:
    """A program acts with all that the person it stands for may do now."""
    scheme, _, token = shown.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= 120:
        return None
    now = clock.now()
    row = api_tokens.recognise(token, now)
    if row is None:
        return None
    until = row.expires_at
    known = devices.Recognised(None, "staff", row.person_id, row.name, now, until, active_at=now)
    return Identity(known)


def forget_person() -> None:
    """Answer as to a stranger: who this is cannot be asked of a database that is gone."""
    g._login_user = login_manager.anonymous_user()


def _refuse_unreadable() -> None:
    """No person types a NUL, PostgreSQL stores none, and what it would cut off is not ours."""
    given = (request.args, request.form, request.cookies)
    texts = (text for each in given for pair in each.items(multi=True) for text in pair)
    if "\0" in request.path or any("\0" in text for text in texts):
        abort(400)


def is_foreign() -> bool:
    """Whether a page of another site sent this.

    An origin of "null" tells nothing: our own Referrer-Policy makes browsers send it from our own
    forms, and over plain http they leave Sec-Fetch-Site out. There the form's token decides.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin not in (None, "null") and urlsplit(origin).netloc != request.host


def _refuse_foreign() -> None:
    """A page of another site may link to us but never make the visitor's browser act."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and is_foreign():
        abort(403)


def _guard() -> Any:
    """Nothing is open that does not say so."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such address: the 404 page
    wanted = getattr(view, "guard", None)
    if wanted == PUBLIC:
        return None
    if wanted is None:
        abort(403)
    if not current_user.is_authenticated:
        return _to_sign_in(wanted)
    if not current_user.may(wanted):
        abort(403)
    return None


def _to_sign_in(wanted: Permission) -> Any:
    """To the door that fits: volunteers prove a mobile, staff give a password."""
    if request.path.startswith(API):
        abort(401)
    is_own = wanted is Permission.OWN_ATTENDANCE and request.blueprint != "lock"
    door = "volunteer" if is_own else "staff"
    looking = request.method in ("GET", "HEAD")
    target = nearest_page(request.full_path.rstrip("?")) if looking else "/"
    return redirect(url_for(f"accounts.{door}_sign_in", next=target), 303)


def set_device_cookie(response: Response, value: str, expires_at: datetime) -> None:
    """The only cookie that proves who somebody is; scripts cannot read it."""
    g.device_cookie_written = True
    response.set_cookie(
        cookie_name(),
        value,
        expires=expires_at,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_device_cookie(response: Response) -> None:
    g.device_cookie_written = True
    response.delete_cookie(
        cookie_name(),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _renew_cookie(response: Response) -> Response:
    """Exchange a remembered phone's cookie once a day, on an act, never while only looking."""
    known = g.get("_login_user")
    acting = request.method == "POST" and response.status_code < 400
    if not acting or not isinstance(known, Identity) or known.device.kind != "phone":
        return response
    if g.get("device_cookie_written"):
        return response  # signing in or out has the last word
    now = clock.now()
    if known.device.is_due(now):
        selector = request.cookies[cookie_name()].partition(".")[0]
        fresh = devices.renew(known.device.device_id, selector, now=now)
        if fresh is not None:
            set_device_cookie(response, fresh, known.device.expires_at)
    return response


def headers_of(app: Flask) -> dict[str, str]:
    """What every answer says, files and faults included."""
    if not app.config["SESSION_COOKIE_SECURE"]:
        return HEADERS
    return {**HEADERS, "Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains"}


def _add_headers(response: Response) -> Response:
    for name, value in headers_of(current_app).items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
