"""Rates: what an hour is worth, since when and by whose word; and valuing again on purpose."""

from datetime import date, timedelta
from itertools import zip_longest

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import Conflict
from checkin.domain.roles import Permission
from checkin.operations import jobs, rates, revaluing
from checkin.web import clock, errors, value_words
from checkin.web.digits import clock_hours
from checkin.web.filters import gregorian
from checkin.web.guard import requires
from checkin.web.opportunities_forms import TYPES
from checkin.web.rates_forms import LosingForm, RateForm

bp = Blueprint("rates", __name__, url_prefix="/rates")

errors.sentences(
    rate_out_of_range=_l("Enter an amount above 0 and up to %(most)s riyals"),
    rate_range=_l("Give both ends of the range, with the rate between them, or neither"),
    rate_too_early=_l("Enter a day from %(year)s on"),
    value_under_way=_l("Approvals are being valued anew. Set the rate when that is done"),
    source_missing=_l("Say where the figure comes from, in %(longest)s letters at most"),
)
BESIDE = {
    "rate_out_of_range": "per_hour",
    "rate_range": "low",
    "rate_too_early": "from_on",
    "value_under_way": "per_hour",
    "source_missing": "source",
}


@bp.get("")
@requires(Permission.SEE_FIGURES)
def index():
    return _page(RateForm(formdata=None))


@bp.post("")
@requires(Permission.ADMINISTER)
def create():
    form = RateForm()
    if form.carry_out(
        lambda: rates.set_rate(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_set(form.plan), "done")
        return redirect(url_for(".index"), 303)
    return _page(form), form.status


def _set(plan: rates.RatePlan) -> str:
    if plan.from_on > local_day(clock.now()):
        return _("The rate was set. It values work from %(day)s on", day=gregorian(plan.from_on))
    return _("The rate was set. It values what is approved from now on")


@bp.get("/revaluation")
@requires(Permission.ADMINISTER)
def revaluation():
    """What valuing anew would do; nothing is done by looking."""
    if revaluing.under_way() is not None:
        return redirect(url_for(".index"), 303)
    return _preview(LosingForm(formdata=None))


@bp.post("/revaluation")
@requires(Permission.ADMINISTER)
def revalue():
    seen, form = _seen(), LosingForm()
    if seen is None or (seen.losing and not form.validate_on_submit()):
        return _preview(form), 422
    try:
        revaluing.begin(seen, by=current_user.id, now=clock.now())
    except Conflict:
        flash(_("Something was approved or set meanwhile. Look at the amounts again"), "look")
        return redirect(url_for(".revaluation"), 303)
    jobs.nudge()
    return redirect(url_for(".index"), 303)


def _seen() -> revaluing.Revaluation | None:
    """The preview that was shown, as the form sends it back."""
    sent = [request.form.get(name, type=int) for name in revaluing.Revaluation._fields]
    return None if None in sent else revaluing.Revaluation(*sent)


def _preview(form: LosingForm) -> str:
    found = revaluing.preview()
    average = revaluing.average_afterwards(found)
    return render_template(
        "rates/revaluation.html",
        form=form,
        found=found,
        average=average,
        words=value_words,
        hours=clock_hours,
    )


def _holding(today: date) -> dict[int, tuple[str, str, str, str]]:
    """By rate, whether it holds today: a tag, and the days of work of one that did before;
    nothing for one that was replaced."""
    found = {}
    for held in rates.standing().values():
        for rate, following in zip_longest(held, held[1:]):
            if rate.from_on > today:
                found[rate.id] = "plain", "clock", pgettext("rate", "Not yet"), ""
            elif following is not None and following.from_on <= today:
                last = gregorian(following.from_on - timedelta(days=1))
                days = _("For work until %(day)s", day=last)
                found[rate.id] = "plain", "history", pgettext("rate", "Earlier"), days
            else:
                found[rate.id] = "ok", "check", pgettext("rate", "Holds"), ""
    return found


def _page(form: RateForm) -> str:
    return render_template(
        "rates/index.html",
        form=form,
        history=rates.history(),
        holding=_holding(local_day(clock.now())),
        types=TYPES,
        run=revaluing.under_way(),
        words=value_words,
    )
