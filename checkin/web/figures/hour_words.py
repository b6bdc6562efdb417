"""How hours of the day and of the week are called."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.operations.figures import ClockHour
from checkin.web.digits import in_digits
from checkin.web.filters import weekday

A_SUNDAY = date(2026, 11, 22)


def clock_hour(one: ClockHour) -> str:
    if one.weekday is None:
        return between(one.hour)
    return hour_of_week(one.weekday * 24 + one.hour)


def hour_of_week(at: int) -> str:
    """«الأحد، من 4 م إلى 5 م»: the hours are counted from Sunday's midnight on."""
    return _("%(day)s, %(hours)s", day=day_of_week(at // 24), hours=between(at % 24))


def day_of_week(day: int) -> str:
    return weekday(A_SUNDAY + timedelta(days=day))


def between(hour: int) -> str:
    """من 4 م إلى 5 م."""
    return pgettext("times", "%(start)s to %(end)s", start=o_clock(hour), end=o_clock(hour + 1))


def o_clock(hour: int) -> str:
    """4 م or 4 PM; midnight and noon are 12."""
    time = in_digits(str(hour % 12 or 12))
    if hour % 24 < 12:
        return pgettext("time", "%(time)s AM", time=time)
    return pgettext("time", "%(time)s PM", time=time)
