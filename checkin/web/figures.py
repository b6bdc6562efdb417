"""Figures: hours, beneficiaries, people and records, and the attendances behind each of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import compress
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from hijridate import Gregorian, Hijri

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.operations import approvals, figures, partners, services, sites
from checkin.operations.figures import WITHOUT, Filter, Grouping, Line, Measure, Totals
from checkin.operations.permissions import Reach
from checkin.web import record_words
from checkin.web.digits import in_digits, num
from checkin.web.filters import hijri_months, month_long, plain_label
from checkin.web.guard import requires

bp = Blueprint("figures", __name__, url_prefix="/figures")

PAGE_SIZE = 50
TITLES: dict[Grouping, Any] = {
    Grouping.SITE: _l("By site"),
    Grouping.SERVICE: _l("By service"),
    Grouping.PARTNER: _l("By partner"),
    Grouping.MONTH: _l("By month"),
}
COLUMNS: dict[Grouping, Any] = {
    Grouping.SITE: _l("Site"),
    Grouping.SERVICE: _l("Service"),
    Grouping.PARTNER: _l("Partner"),
    Grouping.MONTH: _l("Month"),
}
REST: dict[Grouping, Any] = {
    Grouping.SERVICE: _l("Courses and meetings"),
    Grouping.PARTNER: _l("No partner"),
}
HEADINGS: dict[Measure, Any] = {
    Measure.APPROVED: _l("Approved records"),
    Measure.WAITING: _l("Records waiting for approval"),
    Measure.COURSES: _l("Course and meeting attendance"),
}


@bp.get("")
@requires(Permission.SEE_FIGURES)
def index():
    reach = current_user.reach(Permission.SEE_FIGURES)
    periods = _periods(reach)
    period = _chosen(periods)
    wanted = Filter(reach, *_days(period))
    return render_template(
        "figures/index.html",
        totals=figures.totals(wanted),
        tables=[_table(grouping, wanted, period) for grouping in Grouping],
        periods=periods,
        period=period,
        address=_address(period),
        hours=hours,
        hours_alone=hours_alone,
    )


@bp.get("/attendances")
@requires(Permission.SEE_FIGURES)
def attendances():
    reach = current_user.reach(Permission.SEE_FIGURES)
    measure, period = _measure(), _chosen(_periods(reach))
    wanted, about = _narrowed(reach, period)
    count = figures.count_behind(measure, wanted)
    page, pages = _number("page", 1), max(-(-count // PAGE_SIZE), 1)
    if not 1 <= page <= pages:
        raise NotFound
    return render_template(
        "figures/attendances.html",
        heading=str(HEADINGS[measure]),
        about=[*about, *([period.text] if period else [])],
        rows=figures.attendances_behind(measure, wanted, page=page, size=PAGE_SIZE),
        count=count,
        page=page,
        pages=pages,
        href=lambda number: url_for(".attendances", **{**request.args, "page": number}),
        words=record_words,
    )


@bp.get("/attendances/<int:attendance_id>")
@requires(Permission.SEE_FIGURES)
def attendance(attendance_id: int):
    found = figures.attendance(attendance_id, current_user.reach(Permission.SEE_FIGURES))
    return render_template(
        "figures/attendance.html",
        attendance=found,
        shift=found.shift,
        scans=approvals.scans_of(found),
        decisions=approvals.decisions_of(found.id),
        notes=[str(record_words.FLAGS[flag]) for flag in found.flags],
        told_already=(),
        may_decide=current_user.may(Permission.DECIDE),
        words=record_words,
    )


# --- years, of either calendar ---------------------------------------------------------------


class Period(NamedTuple):
    """A year to choose: its key in addresses, its name, its days (both included)."""

    key: str
    text: str
    first: date
    last: date


def _periods(reach: Reach) -> list[Period]:
    """The years with attendances, the latest first, Gregorian and then Hijri."""
    days = figures.span(reach)
    periods = list(_years(days)) if days else []
    kept = figures.worked_in(reach, [(period.first, period.last) for period in periods])
    return list(compress(periods, kept))


def _years(days: tuple[date, date]) -> Iterator[Period]:
    """Every year of either calendar that these days and those between them fall into."""
    for year in range(days[1].year, days[0].year - 1, -1):
        text = _("%(year)s CE", year=in_digits(str(year)))
        yield Period(str(year), text, date(year, 1, 1), date(year, 12, 31))
    first, last = (Gregorian.fromdate(day).to_hijri().year for day in days)
    for year in range(last, first - 1, -1):
        text = _("%(year)s AH", year=in_digits(str(year)))
        yield Period(f"{year}h", text, _new_year(year), _new_year(year + 1) - timedelta(days=1))


def _new_year(year: int) -> date:
    """The first of Muharram by the Umm al-Qura calendar."""
    return date(*Hijri(year, 1, 1).to_gregorian().datetuple())


def _chosen(periods: list[Period]) -> Period | None:
    """The year in the address; all years when there is none."""
    key = request.args.get("year", "")
    chosen = next((period for period in periods if period.key == key), None)
    if key and chosen is None:
        raise NotFound
    return chosen


def _days(period: Period | None) -> tuple[date | None, date | None]:
    return (period.first, period.last) if period else (None, None)


# --- what stands behind a figure --------------------------------------------------------------


def _narrowed(reach: Reach, period: Period | None) -> tuple[Filter, list[str]]:
    """The filter that the address asks for, and its parts in the reader's words."""
    first, last = _days(period)
    about = []
    if month := request.args.get("month"):
        begin, end = _month(month)
        first, last = max(begin, first or begin), min(end, last or end)
        about.append(month_long(begin))
    keys = {name: _number(name) for name in ("site", "service", "partner")}
    if keys["site"] is not None:
        about.append(plain_label(sites.find(keys["site"], reach)))
    for grouping, room in ((Grouping.SERVICE, services), (Grouping.PARTNER, partners)):
        if (key := keys[grouping.value]) is not None:
            about.append(plain_label(room.find(key)) if key else str(REST[grouping]))
    return Filter(reach, first, last, keys["site"], keys["service"], keys["partner"]), about


def _measure() -> Measure:
    try:
        return Measure(request.args.get("of", Measure.APPROVED))
    except ValueError:
        raise NotFound from None


def _month(text: str) -> tuple[date, date]:
    try:
        begin = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound from None
    return begin, (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _number(name: str, otherwise: int | None = None) -> int | None:
    text = request.args.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)


def _address(period: Period | None):
    """Where the attendances behind a figure are listed, for links on the page."""
    year = {"year": period.key} if period else {}

    def address(measure: str, **narrower: Any) -> str:
        return url_for(".attendances", of=Measure(measure).value, **year, **narrower)

    return address


# --- tables -------------------------------------------------------------------------------------


def _table(grouping: Grouping, wanted: Filter, period: Period | None) -> dict[str, Any]:
    """The lines with volunteering; courses have a figure of their own."""
    address = _address(period)
    lines = [line for line in figures.by(grouping, wanted) if _volunteered(line.totals)]
    return {
        "title": str(TITLES[grouping]),
        "column": str(COLUMNS[grouping]),
        "lines": [
            {
                "name": _name(grouping, line),
                "note": _hijri_months(line.key) if isinstance(line.key, date) else "",
                "totals": line.totals,
                "key": {grouping.value: _key(line)},
                "href": address("approved", **{grouping.value: _key(line)}),
            }
            for line in lines
        ],
    }


def _volunteered(totals: Totals) -> bool:
    return bool(totals.attendances or totals.waiting_minutes)


def _key(line: Line) -> str | int:
    return f"{line.key:%Y-%m}" if isinstance(line.key, date) else line.key


def _name(grouping: Grouping, line: Line) -> str:
    if isinstance(line.key, date):
        return month_long(line.key)
    return str(REST[grouping]) if line.key == WITHOUT else plain_label(line)


def _hijri_months(begin: date) -> str:
    """The months of the other calendar that the month falls into."""
    end = (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return hijri_months(begin, end)


def hours(minutes: int) -> str:
    """5:00 or 1,204:30, for columns, where a bare 5 among these would read as minutes."""
    whole, rest = divmod(minutes, 60)
    return num(whole) + in_digits(f":{rest:02}")


def hours_alone(minutes: int) -> str:
    """77,337 or 243:54, for a figure that stands alone: minutes only where there are any."""
    return hours(minutes) if minutes % 60 else num(minutes // 60)
