"""What hours are worth, in words: the amount, how it was found, and when it looks wrong."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.database import AnyRow
from checkin.domain.days import local_day
from checkin.domain.money import HALALAS, USUAL_PER_HOUR, average_per_hour, is_unusual
from checkin.models import Attendance, Rate
from checkin.operations import rates, revaluing
from checkin.operations.figures import Totals
from checkin.web.digits import clock_hours, num
from checkin.web.filters import gregorian, isolate
from checkin.web.opportunities_forms import TYPES


def amount(halalas: int) -> str:
    """21.67 or 2,167: riyals without their sign; halalas only where there are any."""
    return num(halalas / HALALAS, 2) if halalas % HALALAS else num(halalas // HALALAS)


def money(halalas: int) -> str:
    """SAR 21.67 or 21.67 ر.س."""
    return _("SAR %(amount)s", amount=amount(halalas))


def riyals(halalas: int) -> str:
    """91,000,000: a total to the riyal, half a riyal rounded up."""
    return num((halalas + HALALAS // 2) // HALALAS)


def in_column(halalas: int) -> str:
    """2,167.00: below others of their kind, each with its halalas."""
    return num(halalas / HALALAS, 2)


def between_in_column(low: int, high: int) -> str:
    """Below such an amount: what others would say, the smaller one first."""
    least, most = map(in_column, sorted((low, high)))
    return pgettext("range", "%(low)s to %(high)s", low=least, high=most)


def of_record(attendance: Attendance, rate: Rate | None, decisions: Sequence[AnyRow]) -> str | None:
    """What one approval is worth, at which rate, and whether it was valued anew since the last of
    its decisions; nothing where none was set."""
    if attendance.value_halalas is None or rate is None:
        return None
    value, per_hour = money(attendance.value_halalas), money(rate.halalas_per_hour)
    said = _("%(value)s, at %(rate)s an hour", value=value, rate=per_hour)
    low, high = attendance.low_halalas, attendance.high_halalas
    if low is not None and high is not None:
        said = f"{said} · {_between(amount(low), amount(high))}"
    if decisions and decisions[-1].value_halalas != attendance.value_halalas:
        said = f"{said} · {_('Valued anew after the approval')}"
    return said


def of_rate(rate: Rate) -> str:
    """What an hour is worth, from which day on, who says so, and between what others see it."""
    said = _(
        "%(type)s: %(rate)s an hour from %(day)s. Source: %(source)s",
        type=TYPES[rate.type],
        rate=money(rate.halalas_per_hour),
        day=gregorian(rate.from_on),
        source=rate.source,
    )
    if rate.low_halalas is None or rate.high_halalas is None:
        return said
    return f"{said} · {_between(amount(rate.low_halalas), amount(rate.high_halalas))}"


def set_by(rate: Rate) -> str:
    """Who set a rate, and when."""
    name, day = isolate(rates.set_by(rate)), gregorian(local_day(rate.set_at))
    return _("Set by %(name)s on %(day)s", name=name, day=day)


def is_set(totals: Totals) -> bool:
    return totals.is_valued


def shown(totals: Totals) -> str:
    """The figure itself, in riyals; «not set» where hours have no rate."""
    unset = totals.approved_minutes and not is_set(totals)
    return _("Not set") if unset else riyals(totals.value_halalas)


def between(totals: Totals) -> str:
    """What others would say at least and at most; nothing where no rate had a range."""
    if not totals.has_range:
        return ""
    return _between(*ends(totals))


def ends(totals: Totals) -> tuple[str, str]:
    """In riyals, the smaller one first: of what was taken back it is the high end."""
    low, high = sorted((totals.low_halalas, totals.high_halalas))
    return riyals(low), riyals(high)


def _between(low: str, high: str) -> str:
    return _("Between SAR %(low)s and %(high)s", low=low, high=high)


def account(totals: Totals) -> list[str]:
    """What is said of a value where nothing stands right below it: its range, and `method`."""
    said = between(totals)
    return [*([f"{_('Economic return')}: {said}"] if said else []), *method(totals)]


def method(totals: Totals) -> list[str]:
    """What stands under every value: the average rate, how it was found, what has none."""
    if not is_set(totals):
        return [_without_value(totals)]
    return [
        _average_line(totals),
        _(
            "Minutes × the rate of their type on the day of work, each record rounded to a halala, "
            "kept with each approval"
        ),
        *_method_of_range(totals),
        *_without_rate(totals),
    ]


def note(totals: Totals) -> str:
    """The same where there is room for a line: the average, and which hours it is not of."""
    if not is_set(totals):
        return _without_value(totals)
    return " · ".join([_average_line(totals), *_without_rate(totals)])


def _average_line(totals: Totals) -> str:
    """Of those hours alone that have a rate."""
    average = _average(totals)
    if average is None:
        return _("No average an hour can be told of this value")
    if totals.approved_minutes == totals.valued_minutes:
        return _("Based on SAR %(amount)s per approved hour", amount=amount(average))
    return _("Based on SAR %(amount)s per approved hour that has a rate", amount=amount(average))


def _average(totals: Totals) -> int | None:
    """Halalas an hour. Of what was taken back and approved again in a closed month there may be
    none: more value than before for fewer minutes."""
    average = average_per_hour(totals.value_halalas, totals.valued_minutes)
    return None if average is None or average < 0 else average


def _without_rate(totals: Totals) -> list[str]:
    """Less than nought where such hours were taken back."""
    bare = totals.approved_minutes - totals.valued_minutes
    return [_("Hours without a rate: %(hours)s", hours=clock_hours(bare))] if bare else []


def _method_of_range(totals: Totals) -> list[str]:
    """How the range came about, and what it comes to an hour, where there is one."""
    if not totals.has_range or _average(totals) is None:
        return []
    low, high = (
        amount(average_per_hour(end, totals.valued_minutes) or 0)
        for end in (totals.low_halalas, totals.high_halalas)
    )
    return [
        _(
            "The range: each record at the low and at the high end of its rate, where it has them, "
            "on average SAR %(low)s to SAR %(high)s an hour",
            low=low,
            high=high,
        )
    ]


def _without_value(totals: Totals) -> str:
    """Why there is none."""
    if totals.approved_minutes and rates.is_set():
        return _(
            "No rate held when these hours were approved. An administrator can value them anew"
        )
    if totals.approved_minutes:
        return _("No rate per hour is set for these hours")
    return _("Nothing was approved in this period")


def warning(totals: Totals) -> str | None:
    """While approvals are valued anew, that; else when the average leaves what was published."""
    run = revaluing.under_way()
    if run is not None:
        return _(
            "Approvals are being valued anew: %(done)s of %(total)s. Until that ends, values are "
            "partly the old ones",
            done=num(run.done),
            total=num(run.total),
        )
    return unusual(_average(totals))


def unusual(average: int | None) -> str | None:
    """What speaks against an average of so many halalas an hour, if anything does."""
    if average is None or not is_unusual(average):
        return None
    least, most = map(amount, USUAL_PER_HOUR)
    return _(
        "On average an hour is worth SAR %(average)s. Published figures lie between SAR %(least)s "
        "and SAR %(most)s: look at the rates again",
        average=amount(average),
        least=least,
        most=most,
    )
