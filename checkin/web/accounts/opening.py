"""What a browser is doing while it signs in; kept in its signed session, for ten minutes a step."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, current_app, redirect, request, session, url_for

from checkin.operations import accounts, devices, jobs
from checkin.operations.accounts import Checked, Opened
from checkin.web import clock, intent
from checkin.web.browsers import browser_label
from checkin.web.guard import set_device_cookie
from checkin.web.i18n import current_prefs
from checkin.web.targets import safe_target

STEP_LIVES = timedelta(minutes=10)
BROWSER_KEPT = timedelta(days=400)
"""The longest a browser keeps any cookie."""
_KEYS = ("opening", "staff_opening", "visitor", "demo_code", "new_secret")


@dataclass(frozen=True, slots=True)
class Opening:
    """A mobile on its way to being proved, then until the right person is found or made."""

    mobile: str
    remember: bool
    target: str
    at: str
    proved_by: str = ""

    @property
    def is_fresh(self) -> bool:
        return clock.now() - datetime.fromisoformat(self.at) <= STEP_LIVES


@dataclass(frozen=True, slots=True)
class StaffOpening:
    """A right password that still waits for the second factor."""

    person_id: int
    stamp: str
    has_totp: bool
    target: str
    at: str

    @property
    def checked(self) -> Checked:
        return Checked(self.person_id, self.stamp, self.has_totp)


def visitor() -> str:
    """This browser's own random id: a code sent for it works nowhere else."""
    if "visitor" not in session:
        session["visitor"] = secrets.token_urlsafe(32)
    return str(session["visitor"])


def address() -> str:
    """The client's address; behind proxies only as far as TRUSTED_PROXIES says."""
    return request.remote_addr or "unknown"


def label() -> str:
    return browser_label(request.user_agent.string)


def begin(mobile: str, *, remember: bool, target: str | None) -> Opening:
    started = Opening(mobile, remember, safe_target(target, ""), clock.now().isoformat())
    _keep(started)
    return started


def proved(started: Opening, mobile: str, by: str) -> Response:
    """The mobile is this person's: sign the only one who has it in, or ask who they are."""
    proof = Opening(mobile, started.remember, started.target, clock.now().isoformat(), by)
    people = accounts.people_with(mobile)
    if len(people) == 1:
        return admit(people[0].id, proof)
    _keep(proof)
    step = "name" if people else "registration"
    return redirect(url_for(f"accounts.{step}"), 303)


def _keep(opening: Opening) -> None:
    session["opening"] = asdict(opening)


def unproved() -> Opening | None:
    """The sign-in under way, whatever step it is at; an hour-old tab may still ask for a code."""
    kept = session.get("opening")
    return Opening(**kept) if isinstance(kept, dict) else None


def proven() -> Opening | None:
    """The sign-in whose mobile was proved a moment ago."""
    kept = unproved()
    return kept if kept is not None and kept.proved_by and kept.is_fresh else None


def begin_staff(checked: Checked, target: str | None) -> None:
    kept = StaffOpening(
        checked.person_id,
        checked.stamp,
        checked.has_totp,
        safe_target(target, ""),
        clock.now().isoformat(),
    )
    session["staff_opening"] = asdict(kept)


def staff() -> StaffOpening | None:
    kept: Any = session.get("staff_opening")
    if not isinstance(kept, dict):
        return None
    opening = StaffOpening(**kept)
    fresh = clock.now() - datetime.fromisoformat(opening.at) <= STEP_LIVES
    return opening if fresh else None


def send_code(started: Opening) -> None:
    """A code to the mobile, whoever it belongs to; raises the Problems of `request_code`."""
    code = accounts.request_code(
        started.mobile,
        visitor=visitor(),
        address=address(),
        language=current_prefs().lang,
        now=clock.now(),
    )
    show_in_demo(code)
    jobs.nudge()


def show_in_demo(code: str) -> None:
    """In a demo, and nowhere else, the page may show the code that was sent."""
    if current_app.config["DEMO"]:
        session["demo_code"] = code


def demo_code() -> str | None:
    return session.get("demo_code") if current_app.config["DEMO"] else None


def admit(person_id: int, opening: Opening) -> Response:
    """Sign this browser in and go on with what it came for."""
    opened = accounts.sign_in(
        person_id,
        mobile=opening.mobile,
        proved_by=opening.proved_by,
        label=label(),
        remember=opening.remember,
        now=clock.now(),
    )
    return go_on(person_id, opened, opening.target)


def go_on(person_id: int, opened: Opened, target: str = "") -> Response:
    """Give a phone that was just signed in its cookie, and on to the scan in hand or `target`."""
    if accounts.awaits_guardian(person_id):
        target = url_for("accounts.guardian", next=target or None)
    else:
        target = intent.finish(person_id, target, opened.device_id)
    response = _signed_in(opened, target)
    _name_browser(response, opened.device_id)
    return response


def _name_browser(response: Response, device_id: int) -> None:
    """The name stays when another person signs in here; by it a shared phone is told from two."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    cookie = "__Host-browser" if secure else "browser"
    name = request.cookies.get(cookie) or secrets.token_urlsafe(16)
    devices.name_browser(device_id, name)
    response.set_cookie(
        cookie, name, max_age=BROWSER_KEPT, secure=secure, httponly=True, samesite="Lax"
    )


def admit_staff(checked: Checked, target: str) -> Response:
    opened = accounts.staff_sign_in(checked, label=label(), now=clock.now())
    return _signed_in(opened, safe_target(target))


def _signed_in(opened: Opened, target: str) -> Response:
    """Nothing of the way in stays in the session; a session begun by somebody else ends."""
    for key in _KEYS:
        session.pop(key, None)
    response = redirect(target, 303)
    set_device_cookie(response, opened.cookie, opened.ends_at)
    return response
