"""Prayer times: the table of a month, and one day as somebody enters it."""

import re
from datetime import date, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms.validators import Optional

from checkin.domain.days import MAKKAH, local_day, local_time, month_of
from checkin.domain.errors import NotFound
from checkin.domain.prayer import KAABA, Prayer, PrayerDay
from checkin.domain.roles import Permission
from checkin.domain.text import latin_digits
from checkin.operations import prayers
from checkin.operations.prayers.calculating import calculated
from checkin.operations.prayers.following import follow
from checkin.operations.prayers.table import by_clock, isha_after
from checkin.web import clock, errors
from checkin.web.digits import num
from checkin.web.fields import Form, TimeField, planned_day
from checkin.web.filters import hijri_months, month_long, time_short
from checkin.web.guard import requires
from checkin.web.i18n import current_prefs
from checkin.web.prayer_words import PRAYERS

bp = Blueprint("prayers", __name__, url_prefix="/prayer-times")

errors.sentences(
    prayers_out_of_order=_l("Each time must be later than the one before it. Check the times"),
)
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


class DayForm(Form):
    """Blank is what is calculated."""

    fajr = TimeField(PRAYERS[Prayer.FAJR], validators=[Optional()])
    sunrise = TimeField(PRAYERS[Prayer.SUNRISE], validators=[Optional()])
    dhuhr = TimeField(PRAYERS[Prayer.DHUHR], validators=[Optional()])
    asr = TimeField(PRAYERS[Prayer.ASR], validators=[Optional()])
    maghrib = TimeField(PRAYERS[Prayer.MAGHRIB], validators=[Optional()])
    isha = TimeField(PRAYERS[Prayer.ISHA], validators=[Optional()])

    def __init__(self, table: PrayerDay) -> None:
        entered = {one.value: _clock(table, one) for one in table.entered}
        super().__init__(data={} if self.is_sent else entered)
        own = calculated(table.day, KAABA)
        for one in Prayer:
            at = time_short(own.at(one), MAKKAH)
            self[one.value].description = _("Calculated: %(time)s", time=at)
        after = isha_after(own, self.maghrib.data)
        self.isha.description = _(
            "Calculated: %(time)s. It moves with Maghrib", time=time_short(after, MAKKAH)
        )

    @property
    def is_sent(self) -> bool:
        return request.method == "POST"

    @property
    def begins(self) -> dict[Prayer, time]:
        typed = {one: self[one.value].data for one in Prayer}
        return {one: at for one, at in typed.items() if at is not None}


@bp.get("")
@requires(Permission.PLAN)
def index():
    """A month by the Gregorian calendar, each day with its Hijri date."""
    today = local_day(clock.now(), MAKKAH)
    first = request.args.get("month", type=_month) or month_of(today)
    last = _later(first, 1) - timedelta(days=1)
    return render_template(
        "prayers/index.html",
        days=prayers.of_days(first, last).values(),
        months=_in_both_calendars(first, last),
        first=first,
        before=_later(first, -1),
        after=_later(first, 1),
        this_month=month_of(today),
        today=today,
        names=PRAYERS,
        columns=[_("Day"), *({"text": name, "width": "m"} for name in PRAYERS.values())],
        zone=MAKKAH,
    )


@bp.route("/<string(length=10):day>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(day: str):
    on = _day(day)
    form = DayForm(prayers.of_day(on))
    if form.carry_out(lambda: prayers.enter(on, form.begins, by=current_user.id, now=clock.now())):
        return _followed(on)
    page = render_template(
        "prayers/edit.html",
        form=form,
        day=on,
        entered=prayers.of_day(on).entered,
        changes=[_change(on, row) for row in prayers.changes_of(on)],
        zone=MAKKAH,
    )
    return page, form.status


@bp.post("/<string(length=10):day>/calculation")
@requires(Permission.PLAN)
def clear(day: str):
    on = _day(day)
    prayers.clear(on, by=current_user.id, now=clock.now())
    return _followed(on)


def _followed(on: date) -> Any:
    """What is said by this day's prayers moves with them, and the table shows the day."""
    moved = follow(clock.now(), on=on)
    said = _("Saved")
    if moved:
        said = ngettext(
            "Saved. %(number)s shift moved with it",
            "Saved. %(number)s shifts moved with it",
            moved,
            number=num(moved),
        )
    flash(said, "done")
    return redirect(url_for(".index", month=f"{on:%Y-%m}", _anchor=f"day-{on}"), 303)


def _change(day: date, row: Any) -> dict[str, Any]:
    """Who set which times, as the page says it."""
    times = [
        (PRAYERS[one], by_clock(day, time.fromisoformat(row.facts[one.value])))
        for one in Prayer
        if one.value in row.facts
    ]
    return {"who": row.name, "at": row.at, "back": row.act == "prayers.clear", "times": times}


def _in_both_calendars(first: date, last: date) -> str:
    """The month by the reader's own calendar first."""
    said = [month_long(first), hijri_months(first, last)]
    if current_prefs().lang == "ar":
        said.reverse()
    return " / ".join(filter(None, said))


def _clock(table: PrayerDay, prayer: Prayer) -> time:
    return local_time(table.at(prayer), MAKKAH).time()


def _day(text: str) -> date:
    try:
        return planned_day(text)
    except ValueError:
        raise NotFound("day") from None


def _month(text: str) -> date:
    """The first day of a month, as in 2026-11; ValueError for any other text."""
    if not MONTH.fullmatch(latin_digits(text)):
        raise ValueError(text)
    return planned_day(f"{latin_digits(text)}-01")


def _later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
