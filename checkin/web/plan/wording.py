"""How times stand in the grid, where there is room for few letters."""

from datetime import datetime, time

from flask_babel import pgettext

from checkin.domain.days import local_time
from checkin.domain.prayer import Anchor, End
from checkin.models import ShiftTemplate
from checkin.operations.plan.templates import ends_of
from checkin.web.digits import in_digits
from checkin.web.plan.blueprint import bp
from checkin.web.prayer_words import anchor_words


@bp.app_template_filter()
def time_brief(instant: datetime, zone: str) -> str:
    """10 م or 10 PM; minutes only where there are any."""
    return _said(local_time(instant, zone))


@bp.app_template_filter()
def template_times(template: ShiftTemplate) -> str:
    """From 6 AM to 2 PM, on the clock of whatever site it is planned at, or by prayers."""
    start, end = (_end(one) for one in ends_of(template))
    return pgettext("times", "%(start)s to %(end)s", start=start, end=end)


def _end(end: End) -> str:
    return anchor_words(end.prayer, end.offset) if isinstance(end, Anchor) else _said(end)


def _said(at: datetime | time) -> str:
    shown = in_digits(f"{at.hour % 12 or 12}" + (f":{at:%M}" if at.minute else ""))
    if at.hour < 12:
        return pgettext("time", "%(time)s AM", time=shown)
    return pgettext("time", "%(time)s PM", time=shown)
