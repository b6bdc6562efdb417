"""A code typed instead of scanned: from paper, or six digits from a screen."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import displays, hours
from checkin.operations.attendance.recording import TOUCH_KEPT
from checkin.web import clock, errors, intent, scanned
from checkin.web.guard import public, requires
from checkin.web.scan.blueprint import bp
from checkin.web.scan_forms import CodeForm, DigitsForm

_KEY = "typed"

errors.sentences(
    digits_wrong=_l("This number is not right, or it has changed. Type the one shown now"),
    digits_paused=_l("Typing is paused at this site. Scan the code, or try in %(duration)s"),
)


@bp.route("/codes", methods=["GET", "POST"])
@public
def find() -> Any:
    """A code typed from paper leads where the picture would have led."""
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("scan/code.html", form=form), form.status
    if form.poster is not None:
        return redirect(url_for(".show", code=form.poster.code), 303)
    # the minute in which it was typed stays what counts, also through signing in
    session[_KEY] = {"digits": form.digits, "touched": clock.now().isoformat()}
    return redirect(url_for(".locate"), 303)


@bp.route("/typed-code/site", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def locate() -> Any:
    """Six digits mean something at one site only: the volunteer says which."""
    form = DigitsForm(displays.sites_at_work(), *_guess())

    def act() -> displays.Shown:
        who, now = current_user.id, clock.now()
        touched_at = _touched(form.read_digits, now)
        return displays.enter(form.read_digits, form.site_id.data, who, touched_at, now=now)

    beside = {"digits_wrong": "digits", "digits_paused": "digits", "too_many": "digits"}
    if not form.carry_out(act, **beside):
        return render_template("scan/locate.html", form=form), form.status
    touched_at = _touched(form.read_digits, clock.now())
    intent.renew(scanned.opened(scanned.typed_path(form.made)), touched_at)
    session.pop(_KEY, None)
    return redirect(url_for(".show_typed"), 303)


def _guess() -> tuple[int | None, str]:
    """The site the volunteer is at or expected at, and the digits typed before."""
    kept = session.get(_KEY)
    site_id = hours.site_expected(current_user.id, clock.now())
    return site_id, kept["digits"] if isinstance(kept, dict) else ""


def _touched(digits: str, now: datetime) -> datetime:
    """When these digits were first typed here; others count from now."""
    kept = session.get(_KEY)
    if not isinstance(kept, dict) or kept["digits"] != digits:
        return now
    touched = datetime.fromisoformat(kept["touched"])
    return touched if now - touched <= TOUCH_KEPT else now
