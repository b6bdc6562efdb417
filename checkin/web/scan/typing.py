"""A code typed instead of scanned: from paper, or six digits from a screen."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import displays, hours
from checkin.web import clock, errors, intent, scanned
from checkin.web.guard import public, requires
from checkin.web.scan.blueprint import bp
from checkin.web.scan_forms import CodeForm, DigitsForm

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
    intent.keep_digits(form.digits)
    return redirect(url_for(".locate"), 303)


@bp.route("/typed-code/site", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def locate() -> Any:
    """Six digits mean something at one site only: the volunteer says which."""
    form = DigitsForm(displays.sites_at_work(), *_guess())

    def act() -> displays.Shown:
        who, now = current_user.id, clock.now()
        touched_at = intent.digits_touched_at(form.read_digits)
        return displays.enter(form.read_digits, form.site_id.data, who, touched_at, now=now)

    beside = {"digits_wrong": "digits", "digits_paused": "digits", "too_many": "digits"}
    if not form.carry_out(act, **beside):
        return render_template("scan/locate.html", form=form), form.status
    touched_at = intent.digits_touched_at(form.read_digits)
    intent.renew(scanned.opened(scanned.typed_path(form.made)), touched_at)
    intent.forget_digits()
    return redirect(url_for(".show_typed"), 303)


def _guess() -> tuple[int | None, str]:
    """The site the volunteer is at or expected at, and the digits typed before."""
    return hours.site_expected(current_user.id, clock.now()), intent.digits()
