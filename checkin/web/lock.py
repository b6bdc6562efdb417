"""A staff browser that was left alone shows nobody's name until it is unlocked.

The server decides: a locked device is answered nothing but what stands in `OPEN`. A script covers
the page at once and unlocks in place, so that what was typed stays; without scripts a page asks.
Scanning goes on while a tablet is locked, for it stands at the door alone: badges are read, what
was kept is sent. Lists, searching and deciding wait for the unlock.
"""

from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import PasswordField

from checkin.domain import locking as rules
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import locking
from checkin.web import clock, errors
from checkin.web.fields import Form
from checkin.web.guard import API, clear_device_cookie, requires
from checkin.web.targets import nearest_page, safe_target

bp = Blueprint("lock", __name__)

OPEN = frozenset(
    {
        *("lock.show", "lock.shut", "accounts.sign_out", "accounts.staff_sign_in"),
        *("accounts.staff_code", "preferences.update"),
        *("offline.worker", "offline.manifest", "offline.show"),
        *("pages.help", "pages.privacy", "pages.healthz", "pages.readyz"),
        *("displays.show", "displays.keys", "displays.time", "displays.seen", "displays.last"),
        *("displays.leave", "displays.pair"),
        *("scanner.show", "scanner.read"),
        *("api.create", "api.known", "api.time", "api.me", "api.openapi"),
        "api.tap",
        "api.look",
    }
)
"""What still answers, and is no sign that anybody is there: the lock itself, the way out, help, the
code on the screen, the scanner and what it has kept, facts about whoever is signed in."""
MARK = "X-Locked"
"""On every answer that is missing because of the lock; scripts cover the page when they see it."""
POLL = "X-Poll"
"""Said by pages that renew themselves: nobody touched anything."""

BESIDE = {
    "unlock_wrong": "secret",
    "unlock_pin_length": "first_pin",
    "unlock_pin_weak": "first_pin",
}
"""Where the sentence of each problem stands."""

errors.sentences(
    locked=_l("The screen is locked"),
    unlock_wrong=_l("That is not right. Tries left: %(left)s"),
    unlock_over=_l("Signed out after too many wrong tries. Sign in again to continue"),
    unlock_pin_length=_l("A PIN has from %(shortest)s to %(longest)s digits"),
    unlock_pin_weak=_l("That PIN is easy to guess. Choose another"),
)


@bp.record_once
def _prepare(state: Any) -> None:
    app: Flask = state.app
    app.context_processor(lambda: {"lock": Lock() if _device() else None})


_HINT = _l("4 to 6 digits. It unlocks the screen here, and nothing elsewhere")
_DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": rules.LONGEST_PIN}
"""Masked like a password, but no browser offers to keep it."""


class PinForm(Form):
    """A PIN for this browser, instead of the one before."""

    new_pin = PasswordField(_l("New PIN of this device"), description=_HINT, render_kw=_DIGITS)


class UnlockForm(Form):
    """The PIN of this browser; without one the password, and a PIN from then on if wanted."""

    secret = PasswordField(_l("Password"), render_kw={"autocomplete": "current-password"})
    first_pin = PasswordField(_l("New PIN of this device"), description=_HINT, render_kw=_DIGITS)

    def __init__(self, has_pin: bool, **source: Any) -> None:
        super().__init__(**source)
        self.has_pin = has_pin
        if has_pin:
            self.secret.label.text = _("PIN of this device")
            self.secret.render_kw = _DIGITS

    def unlock(self, device_id: int, now: datetime) -> None:
        """Raises the Problems of `locking.unlock`."""
        new_pin = "" if self.has_pin else (self.first_pin.data or "").strip()
        locking.unlock(device_id, self.secret.data or "", new_pin=new_pin, now=now)


class Lock:
    """What a page of staff needs to know to lock itself."""

    @property
    def form(self) -> UnlockForm:
        return UnlockForm(current_user.device.has_pin, formdata=None)

    @property
    def has_pin(self) -> bool:
        return bool(current_user.device.has_pin)

    @property
    def seconds(self) -> int:
        return int(rules.idle_limit(one.role for one in current_user.held).total_seconds())

    @property
    def is_shut(self) -> bool:
        return _is_locked(clock.now())

    @property
    def hides_names(self) -> bool:
        return "names_hidden" in session

    @property
    def instant(self) -> int:
        """By the server's clock, in milliseconds: a page can be told from a copy of it."""
        return int(clock.now().timestamp() * 1000)


def _device() -> Any:
    """The staff browser in hand; none for strangers, phones and programs."""
    if not current_user.is_authenticated:
        return None
    device = current_user.device
    return device if device.kind == "staff" and device.device_id is not None else None


def _is_locked(now: datetime) -> bool:
    device = _device()
    if device is None:
        return False
    if device.locked_at is None and now - device.active_at < rules.SHORTEST_IDLE:
        return False  # without asking for roles
    return locking.is_locked(device, (one.role for one in current_user.held), now)


# --- at every request ----------------------------------------------------------------------


@bp.before_app_request
def _stay() -> Any:
    if request.endpoint is None or request.endpoint in OPEN or (device := _device()) is None:
        return None
    now = clock.now()
    if _is_locked(now):
        return _closed()
    if _is_act():
        locking.note_activity(device, now)
    return None


def _is_act() -> bool:
    """Whether somebody pressed or opened something; a script that asks on its own says so, and
    what any other script fetches is no page."""
    if POLL in request.headers or request.path.startswith(API):
        return False
    return request.method == "POST" or _is_page()


def _is_page() -> bool:
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _closed() -> Any:
    page = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else request.path
    address = url_for("lock.show", next=nearest_page(page))
    if not (errors.wants_json() or POLL in request.headers or "HX-Request" in request.headers):
        response: Response = redirect(address, 303)  # type: ignore[assignment]
    else:
        response = _refusal(Problem("locked"), 401)
        response.headers["HX-Redirect"] = address
    response.headers[MARK] = "1"
    return response


def _refusal(problem: Problem, status: int) -> Response:
    response = jsonify(error={"code": problem.code, "sentence": errors.sentence(problem)})
    response.status_code = status
    return response


# --- the lock itself -----------------------------------------------------------------------


@bp.post("/lock")
@requires(Permission.OWN_ATTENDANCE)
def shut() -> Any:
    """Lock this browser now; the page comes back after the unlock."""
    if (device := _device()) is None:
        raise NotFound("page")
    locking.lock(device.device_id, now=clock.now())
    if errors.wants_json():
        return "", 204
    target = nearest_page(safe_target(request.form.get("next")))
    return redirect(url_for(".show", next=target), 303)


@bp.post("/lock/activity")
@requires(Permission.OWN_ATTENDANCE)
def activity() -> Any:
    """A finger or a key moved on a page since it was loaded; the guard above has noted it."""
    return "", 204


@bp.route("/unlock", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def show() -> Any:
    """The PIN of this browser, or the password where it has none."""
    if (device := _device()) is None:
        raise NotFound("page")
    target = safe_target(request.values.get("next"), url_for("pages.home"))
    form, now = UnlockForm(device.has_pin), clock.now()
    if form.validate_on_submit():
        try:
            form.unlock(device.device_id, now)
        except Problem as problem:
            return _again(form, problem, target)
        return ("", 204) if errors.wants_json() else redirect(target, 303)
    if not _is_locked(now):
        return redirect(target, 303)
    return render_template("lock/show.html", form=form, target=target)


def _again(form: UnlockForm, problem: Problem, target: str) -> Any:
    if problem.code == "unlock_over":
        return _signed_out(problem, target)
    status = 503 if problem.code == "busy" else 422
    if errors.wants_json():
        return _refusal(problem, status)
    form.refuse(problem, **BESIDE)
    return render_template("lock/show.html", form=form, target=target), status


def _signed_out(problem: Problem, target: str) -> Any:
    """Nobody is signed in here any more; the way back is the whole way in."""
    session.clear()
    flash(errors.sentence(problem), "stop")
    response: Any = _refusal(problem, 401)
    if not errors.wants_json():
        response = redirect(url_for("accounts.staff_sign_in", next=target), 303)
    clear_device_cookie(response)
    return response


# --- the PIN -------------------------------------------------------------------------------


@bp.route("/account/pin", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def pin() -> Any:
    """Choose the PIN that unlocks this browser."""
    if (device := _device()) is None:
        raise NotFound("page")
    form = PinForm()

    def act() -> None:
        locking.set_pin(device.device_id, form.new_pin.data or "", now=clock.now())

    if form.carry_out(act, unlock_pin_length="new_pin", unlock_pin_weak="new_pin"):
        flash(_("The PIN is set. It unlocks this device only"), "done")
        return redirect(url_for("accounts.show"), 303)
    return render_template("lock/pin.html", form=form), form.status


@bp.post("/account/pin/removal")
@requires(Permission.OWN_ATTENDANCE)
def remove_pin() -> Any:
    """From now on the password unlocks this browser."""
    if (device := _device()) is None:
        raise NotFound("page")
    locking.remove_pin(device.device_id, now=clock.now())
    flash(_("The PIN is removed. Your password unlocks this device"), "done")
    return redirect(url_for("accounts.show"), 303)


# --- names, while the tablet faces the public ----------------------------------------------


@bp.post("/names")
@requires(Permission.SEE_FLOOR)
def names() -> Any:
    """Hide names and numbers on this browser's pages, or show them again."""
    if request.form.get("names") == "hidden":
        session["names_hidden"] = True
    else:
        session.pop("names_hidden", None)
    if errors.wants_json():
        return "", 204
    return redirect(nearest_page(safe_target(request.form.get("next"))), 303)
