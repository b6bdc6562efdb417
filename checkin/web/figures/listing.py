"""What stands behind a figure: its attendances, and the scans and decisions of each."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Select

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Attendance, Person
from checkin.operations import approvals, figures, rates
from checkin.operations.figures import Filter, Measure, Totals, late, later
from checkin.web import export_words, month_words, record_words, value_words
from checkin.web.digits import clock_hours, num, signed
from checkin.web.figures import earlier, ways
from checkin.web.figures.amounts import hours, hours_alone
from checkin.web.figures.blueprint import bp
from checkin.web.figures.narrowing import Wanted, number, wanted_of_list
from checkin.web.figures.periods import chosen
from checkin.web.guard import requires
from checkin.web.words import counted

PAGE_SIZE = 50
MOST_IN_HOUR = 5000
"""Of an hour of the day; nobody turns more pages, and counting all would take long."""
HEADINGS: dict[Measure, Any] = {
    Measure.APPROVED: _l("Approved records"),
    Measure.WAITING: _l("Records waiting for approval"),
    Measure.COURSES: _l("Course and meeting attendance"),
    Measure.COURSES_WAITING: _l("Courses and meetings waiting for approval"),
}


@bp.get("/attendances")
@requires(Permission.SEE_FIGURES)
def attendances():
    reach = current_user.reach(Permission.SEE_FIGURES)
    measure, period = measure_asked(), chosen()
    asked = wanted_of_list(reach, period)
    asked = replace(asked, back=ways.back(_dashboard(asked))[0], how=earlier.kept())
    hour, latest = asked.filter.hour, _latest_in_hour(asked.filter)
    listed = latest[:MOST_IN_HOUR]
    count = len(listed) if hour else figures.count_behind(measure, asked.filter)
    found = _figures(measure, asked.filter) if hour is None else None
    changes = _changes(measure, asked.filter) if hour is None else []
    page, pages = number("page", 1), max(-(-count // PAGE_SIZE), 1)
    if not 1 <= page <= pages:
        raise NotFound
    return render_template(
        "figures/attendances.html",
        heading=str(HEADINGS[measure]),
        about=[*asked.about, *([period.text] if period.span else [])],
        clock_hour=hour,
        rows=figures.attendances_of(listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
        if hour
        else figures.attendances_behind(measure, asked.filter, page=page, size=PAGE_SIZE),
        adds_up=_adds_up(measure, found) if found else _in_hour(len(latest), asked.filter),
        shows_value=found is not None and shows_value(measure, found),
        riyals=value_words.in_column,
        riyals_between=value_words.between_in_column,
        lacks_imported=bool(earlier.beside(asked.filter)),
        again=late.count_looked_at_again(asked.filter) if measure is Measure.WAITING else 0,
        changes=changes if page == 1 else [],
        changed=len(changes),
        signed=signed,
        hours=clock_hours,
        page=page,
        pages=pages,
        back=ways.back(_dashboard(asked)),
        here=asked.address(measure, page=page),
        href=lambda number: asked.address(measure, page=number),
        may_export=current_user.may(Permission.EXPORT),
        kinds=export_words.kinds(export_words.OF_LISTS),
        what="attendances",
        query=urlencode({"of": measure.value, **asked.place}),
        words=record_words,
    )


def _figures(measure: Measure, asked: Filter) -> Any:
    """Of what waits, or of what was approved."""
    waits = measure in (Measure.WAITING, Measure.COURSES_WAITING)
    return figures.waiting(asked) if waits else figures.totals(asked)


def _adds_up(measure: Measure, found: Any) -> list[str]:
    """What these attendances come to, as the dashboard says it; so every figure of it is here."""
    if measure in (Measure.COURSES, Measure.COURSES_WAITING):
        return [counted("records", found.course_attendances)]
    minutes = found.minutes if measure is Measure.WAITING else found.approved_minutes
    return [
        counted("records", found.attendances),
        _("Hours: %(hours)s", hours=hours_alone(minutes)),
        *(counted(noun, getattr(found, noun)) for noun in _COUNTED),
        *(_worth(found) if shows_value(measure, found) else []),
    ]


def shows_value(measure: Measure, found: Any) -> bool:
    """Whether the list says what its records are worth: where hours have a value at all."""
    return measure is Measure.APPROVED and value_words.is_set(found)


def _worth(totals: Totals) -> list[str]:
    """To the halala, as the column of the list adds up."""
    value = value_words.amount(totals.value_halalas)
    told = _("Economic return (SAR): %(value)s", value=value)
    return [told, *filter(None, [value_words.between(totals)])]


def _latest_in_hour(asked: Filter) -> list[int]:
    """Those of the hour asked for, and one more than are listed where there are more."""
    if asked.hour is None:
        return []
    return figures.latest_in_hour(asked, MOST_IN_HOUR + 1)


def _in_hour(count: int, asked: Filter) -> list[str]:
    """How much of these records the chart of hours shows: as it does, by the day of work."""
    told = _("Approved time in this hour: %(hours)s", hours=hours(minutes_in_hour(asked)))
    if count <= MOST_IN_HOUR:
        return [counted("records", count), told]
    more = _("More than %(number)s records, the latest of them here", number=num(MOST_IN_HOUR))
    return [more, told]


def minutes_in_hour(asked: Filter) -> int:
    """Approved in the hours asked for, by the day of work."""
    minutes = figures.hours_of_week(replace(asked, hour=None))
    return sum(sum_ for at, sum_ in enumerate(minutes) if asked.hour and at in asked.hour)


_COUNTED = ("beneficiaries", "volunteers", "opportunities")


def _changes(measure: Measure, asked: Filter) -> list[tuple[Any, later.Change, str]]:
    """What closed months take out of the list or put into it, each with the volunteer's name."""

    def named(rows: Select[Any]) -> Select[Any]:
        return rows.join(Person, Person.id == Attendance.volunteer_id)

    found = later.moved(measure, asked, [Person.name], named)
    return [(row.LateEntry, later.change(row.LateEntry, asked), row.name) for row in found]


def _dashboard(asked: Wanted) -> str:
    """Where a list leads back to that does not say where it was reached from."""
    campaign = {name: key for name, key in asked.said.items() if name == "campaign"}
    return url_for(".index", **asked.period.address, **campaign)


@bp.get("/attendances/<int:attendance_id>")
@requires(Permission.SEE_FIGURES)
def attendance(attendance_id: int):
    found = figures.attendance(attendance_id, current_user.reach(Permission.SEE_FIGURES))
    rate, decisions = rates.of(found), approvals.decisions_of(found.id)
    return render_template(
        "figures/attendance.html",
        attendance=found,
        back=ways.back(url_for(".index")),
        shift=found.shift,
        scans=approvals.scans_of(found),
        decisions=decisions,
        money=value_words.money,
        notes=[str(record_words.FLAGS[flag]) for flag in found.flags],
        told_already=(),
        value=value_words.of_record(found, rate, decisions),
        rate=[value_words.of_rate(rate), value_words.set_by(rate)] if rate else [],
        may_decide=current_user.may(Permission.DECIDE),
        month_closed=month_words.before(found.work_on),
        entered=month_words.lines_of(found.id),
        words=record_words,
    )


def measure_asked() -> Measure:
    try:
        return Measure(request.args.get("of", Measure.APPROVED))
    except ValueError:
        raise NotFound from None
