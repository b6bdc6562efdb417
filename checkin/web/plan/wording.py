"""How times stand in the grid, where there is room for few letters."""

from datetime import datetime, time

from flask_babel import pgettext

from checkin.domain.days import local_time
from checkin.domain.prayer import Anchor, End
from checkin.models import ShiftTemplate
from checkin.operations.plan.templates import ends_of
from checkin.web.digits import in_digits
from checkin.web.filters import unbroken
from checkin.web.plan.blueprint import bp
from checkin.web.prayer_words import anchor_words


@bp.app_template_filter()
def time_brief(instant: datetime, zone: str) -> str:
    """10 م or 10 PM; minutes only where there are any."""
    return _said(local_time(instant, zone))


@bp.app_template_filter()
def template_times(template: ShiftTemplate) -> str:
    """From 6 AM to 2 PM, on the clock of whatever site it is planned at, or by prayers."""
    return _whole_times(*ends_of(template))


def times_between(starts: End, ends: End) -> str:
    """The same of two ends, for plain text."""
    start, end = _end(starts), _end(ends)
    return pgettext("times", "%(start)s to %(end)s", start=start, end=end)


_whole_times = unbroken(times_between)
bp.add_app_template_global(_whole_times, "times_between")


def _end(end: End) -> str:
    return anchor_words(end.prayer, end.offset) if isinstance(end, Anchor) else _said(end)


def _said(at: datetime | time) -> str:
    shown = in_digits(f"{at.hour % 12 or 12}" + (f":{at:%M}" if at.minute else ""))
    if at.hour < 12:
        return pgettext("time", "%(time)s AM", time=shown)
    return pgettext("time", "%(time)s PM", time=shown)
