"""What closed months have to do with the figures shown, in sentences."""

from dataclasses import dataclass

from flask_babel import gettext as _

from checkin.domain.days import month_of
from checkin.operations.figures import Filter
from checkin.operations.figures.later import Shut
from checkin.web.digits import num
from checkin.web.figures.narrowing import Wanted
from checkin.web.filters import month_long


@dataclass(frozen=True, slots=True)
class Closed:
    """Lines of a strip; `href` leads to the changes that they speak of."""

    lines: list[str]
    href: str = ""


def told(shut: Shut, asked: Wanted) -> Closed:
    """That the month shown is closed, and what was changed later here or is counted elsewhere."""
    href = f"{asked.address(shut.measure)}#changes" if shut.counted or shut.left else ""
    return Closed([*_shown(shut, asked.filter), *moved(shut)], href)


def methods(shut: Shut, asked: Filter) -> list[str]:
    """What stands below figures of more days than one month."""
    if not shut.months or _shown(shut, asked):
        return []
    return [_("Closed months in these days: %(number)s", number=num(len(shut.months)))]


def standing(shut: Shut, asked: Filter) -> list[str]:
    """What stands below a report: which months are closed, and what left its days."""
    return [*_shown(shut, asked), *methods(shut, asked), *_left(shut)]


def by_work(shut: Shut, *, within: bool = False) -> str:
    """What a chart by the day of work says, where figures beside it count another day.

    `within` for one that parts the days asked for.
    """
    if not (shut.counted or shut.left or (within and shut.within)):
        return ""
    return _("What was changed in closed months stands in this chart by the day of work.")


def _shown(shut: Shut, asked: Filter) -> list[str]:
    if asked.first is None or asked.last is None or month_of(asked.first) != month_of(asked.last):
        return []
    return [
        _("%(month)s is closed: its figures stay as they are.", month=month_long(month))
        for month in shut.months
    ]


def moved(shut: Shut) -> list[str]:
    """What was changed later and counts here, or left these days for others."""
    if not shut.counted:
        return _left(shut)
    number = num(shut.counted)
    counted = _("Later changes of closed months counted here: %(number)s", number=number)
    return [counted, *_left(shut)]


def _left(shut: Shut) -> list[str]:
    if not shut.left:
        return []
    number = num(shut.left)
    left = _("Later changes of these days that count on other days: %(number)s", number=number)
    if not shut.again:
        return [left]
    again = num(shut.again)
    both = _("Approved here by the closed month and waiting again, both: %(number)s", number=again)
    return [left, both]
