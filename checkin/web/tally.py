"""A lane's tally: large buttons for people served, a correction, who taps, and what was tapped."""

import uuid
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import HiddenField, StringField

from checkin.domain.errors import NotFound, Problem
from checkin.domain.plausibility import MOST_BENEFICIARIES, parse_count
from checkin.domain.roles import Permission
from checkin.models import Shift
from checkin.operations import tally
from checkin.web import clock, errors
from checkin.web.fields import Form
from checkin.web.guard import requires

bp = Blueprint("tally", __name__)

TAP = Permission.TALLY
STEPS = (1, 5, 10)

errors.sentences(
    tap_reused=_l("This tap was sent before with another number"),
    tally_too_early=_l("Counting starts when check-in opens"),
    tally_cancelled=_l("This shift was cancelled. Nothing more is counted"),
    tally_below_zero=_l("The tally is %(total)s. A correction cannot take away more than that"),
    tally_too_high=_l("A lane’s tally cannot be more than %(max)s"),
    tally_unusual=_l(
        "%(total)s is far more than usual for the people here. If it is right, save once more"
    ),
)


class TotalForm(Form):
    """The tally as somebody counted it otherwise; `shown` is what the page said then."""

    uid = HiddenField()
    shown = HiddenField()
    sure = HiddenField()
    total = StringField(
        _l("Total so far"), render_kw={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
    )

    @property
    def count(self) -> int:
        """The number typed; raises Problem `count_invalid`."""
        count = parse_count(self.total.data)
        if count is None:
            raise Problem("count_invalid", max=MOST_BENEFICIARIES)
        return count


@bp.get("/floor/<int:site_id>/tally/<int:shift_id>")
@requires(TAP)
def show(site_id: int, shift_id: int):
    """The buttons, the total, who taps and what was tapped last."""
    return _page(_shift(site_id, shift_id))


@bp.post("/floor/<int:site_id>/tally/<int:shift_id>")
@requires(TAP)
def tap(site_id: int, shift_id: int):
    """One tap, one tap taken back, or a number typed: for browsers without scripts."""
    shift, now = _shift(site_id, shift_id), clock.now()
    if "total" in request.form:
        return _set_total(shift, now)
    try:
        uid, amount = _pressed(shift)
        _keep(shift, uid, amount, now)
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
    return redirect(_address(shift), 303)


def _pressed(shift: Shift) -> tuple[str, int]:
    undone = request.form.get("undoes", "")
    if undone and "amount" not in request.form:
        return tally.undo_uid(undone), -tally.amount_of(undone, shift.id)
    amount = request.form.get("amount", type=int)
    if amount not in (*STEPS, -1):
        raise Problem("count_invalid", max=MOST_BENEFICIARIES)
    return _own_id(request.form.get("uid")), amount


def _set_total(shift: Shift, now: datetime):
    form = TotalForm()

    def act() -> None:
        count = form.count
        if form.sure.data != str(count):
            form.sure.data = str(count)
            tally.check_usual(shift, count, now)
        amount = count - (parse_count(form.shown.data) or 0)
        if amount:
            _keep(shift, _own_id(form.uid.data), amount, now)

    fields = ("count_invalid", "tally_below_zero", "tally_too_high", "tally_unusual")
    if form.carry_out(act, **dict.fromkeys(fields, "total")):
        flash(_("The total is saved"), "done")
        return redirect(_address(shift), 303)
    return _page(shift, form), form.status


def _keep(shift: Shift, uid: str, amount: int, now: datetime) -> None:
    one = tally.Tap(uid, shift.id, amount, device_id=current_user.device.device_id)
    tally.tap(one, by=current_user.id, reach=current_user.reach(TAP), now=now)


def _own_id(text: str | None) -> str:
    """The id that the page was made with, so that sending it twice is one tap."""
    try:
        return str(uuid.UUID(text or ""))
    except ValueError:
        return str(uuid.uuid4())


def _shift(site_id: int, shift_id: int) -> Shift:
    shift = tally.lane_within(shift_id, current_user.reach(TAP))
    if shift.site_id != site_id:
        raise NotFound("shift")
    return shift


def _address(shift: Shift) -> str:
    return url_for(".show", site_id=shift.site_id, shift_id=shift.id)


def _page(shift: Shift, form: TotalForm | None = None) -> str:
    now, seen = clock.now(), tally.seen(shift.id)
    code = tally.why_not(shift, now)
    return render_template(
        "tally/show.html",
        shift=shift,
        seen=seen,
        now=now,
        steps=STEPS,
        uid=uuid.uuid4(),
        typed=form or TotalForm(formdata=None, uid=str(uuid.uuid4()), shown=str(seen.total)),
        why_not=errors.sentence(Problem(code)) if code else None,
        address=_address(shift),
    )
