"""The dashboard: what was done in a period, what waits, and how it is spread."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.roles import Permission
from checkin.operations import figures, targets
from checkin.operations.figures import (
    WITHOUT,
    Day,
    Filter,
    Grouping,
    Line,
    Measure,
    Totals,
    later,
    spans,
)
from checkin.operations.permissions import Reach
from checkin.web import clock, export_words, value_words
from checkin.web.charts import Course
from checkin.web.figures import books, charts, choosing, closed, earlier
from checkin.web.figures.amounts import hours
from checkin.web.figures.blueprint import bp
from checkin.web.figures.cards import Card, cards
from checkin.web.figures.charts import TITLES, Told
from checkin.web.figures.goals import Goal, goal
from checkin.web.figures.narrowing import REST, Wanted, wanted
from checkin.web.figures.periods import (
    Period,
    at_hand,
    chosen,
    days_in_words,
    name_of,
    offered,
)
from checkin.web.filters import hijri_months, month_long, plain_label
from checkin.web.guard import requires
from checkin.web.letterhead import letterhead


@bp.get("")
@requires(Permission.SEE_FIGURES)
def index():
    if choosing.SENT in request.args:
        return redirect(choosing.chosen_address(), 303)
    reach = current_user.reach(Permission.SEE_FIGURES)
    today = local_day(clock.now())
    asked = _leading_back(wanted(reach, chosen()))
    return render_template(
        "figures/index.html",
        **shown(asked, today),
        periods=_choices(asked.period, today),
        offered=_offered(reach, asked.period, today),
        days="" if not asked.names_days else asked.about[0],
        kept_here={**asked.said, **earlier.kept()},
        place={**asked.place, **earlier.kept()},
        narrower=choosing.choices(reach, asked),
        chips=choosing.chips(asked),
        kept=choosing.hidden(asked),
        switch=earlier.switch(asked, may_enter=current_user.may(Permission.ENTER_PAST)),
        enters_platform=reach.everywhere,
        may_export=current_user.may(Permission.EXPORT),
        may_set_targets=current_user.may(Permission.PLAN),
    )


def _leading_back(asked: Wanted) -> Wanted:
    """The lists behind these figures lead back to this page as it is."""
    how = earlier.kept()
    return replace(asked, back=url_for(str(request.endpoint), **asked.place, **how), how=how)


@bp.get("/sheet")
@requires(Permission.SEE_FIGURES)
def sheet():
    """The same on paper; here it is also taken out."""
    reach, now = current_user.reach(Permission.SEE_FIGURES), clock.now()
    asked = _leading_back(wanted(reach, chosen()))
    return render_template(
        "figures/sheet.html",
        **shown(asked, local_day(now)),
        paper=letterhead(),
        taken=books.taken_by(current_user.name, now),
        query=request.query_string.decode(),
        kinds=export_words.kinds(export_words.OF_FIGURES),
        may_export=current_user.may(Permission.EXPORT),
        back_to=url_for(".index", **asked.place, **earlier.kept()),
    )


def shown(asked: Wanted, today: date) -> dict[str, Any]:
    """What the page and its print have in common."""
    found = figures.overview(list(TITLES), asked.filter)
    totals = found.totals
    goals, compared = _goals(asked, today), _before(asked, today)
    tables = [_table(grouping, lines, asked) for grouping, lines in found.tables.items()]
    told, shut = earlier.beside(asked.filter), later.shut(asked.filter)
    return {
        "about": asked.in_words,
        "known": {*asked.said, *_own(asked)},
        "days_there": _days_there(asked.period),
        "cards": cards_of(asked, totals, today, goals),
        "goals": goals,
        "closed": closed.told(shut, asked),
        "methods": [
            *books.methods(totals)[1:],
            *closed.methods(shut, asked.filter),
            *earlier.methods(told),
        ],
        "warning": value_words.warning(totals),
        "compared": _days_compared(asked, compared) if compared else None,
        "earlier": earlier.lines(told, totals),
        "totals": totals,
        "tables": tables,
        "genders": charts.by_gender(found.genders, asked),
        **_drawn(asked, tables[-1], goals, today, shut),
        "period": asked.period,
        "hours": hours,
        "address": asked.address,
        "may_have_targets": _whose(asked) == (targets.ALL, 0) and not asked.days,
    }


def _own(asked: Wanted) -> list[str]:
    """What all that a reader sees is of, so that nothing can be told by it."""
    reach = asked.filter.reach
    one = {"site": reach.site_ids, "partner": reach.partner_ids}
    return [] if reach.everywhere else [name for name, keys in one.items() if len(keys) == 1]


def cards_of(asked: Wanted, totals: Totals, today: date, goals: Sequence[Goal] = ()) -> list[Card]:
    """The big figures, each with what waits, what changed, and its target of the year shown."""
    compared = _before(asked, today)
    before = _of_days(asked.filter, compared) if compared else None
    return cards(
        totals,
        figures.waiting(asked.filter),
        figures.totals_until(before) if before else None,
        goals if asked.period.span else (),
        asked,
        earlier.beside(asked.filter),
        earlier.beside(before) if before else earlier.NOTHING,
    )


def _days_compared(asked: Wanted, compared: tuple[date, date]) -> str:
    """In words, a season by its name too, marked where it was imported what they brought."""
    days = days_in_words(*compared)
    if asked.period.span.is_season and not asked.days:
        season = name_of(asked.period.span.counterpart)
        days = _("%(days)s (%(season)s)", days=days, season=season)
    if not earlier.beside(_of_days(asked.filter, compared)):
        return days
    return _("%(days)s, partly or wholly imported", days=days)


def _days_there(period: Period) -> str:
    """The days of a period of the Hijri calendar, as the other one calls them."""
    span = period.span
    return days_in_words(span.first, span.last) if span and span.hijri else ""


def _choices(period: Period, today: date) -> list[Period]:
    """What is one tap away, and the period shown where it is another one."""
    nearby = at_hand(today)
    return nearby if period in nearby else [period, *nearby]


def _offered(reach: Reach, period: Period, today: date) -> dict[str, list[Period]]:
    """What there is to choose from, and the period shown where it is none of it."""
    found = offered(reach, today)
    if period.span and not any(period in group for group in found.values()):
        found = {_("Shown"): [period], **found}
    return found


def _before(asked: Wanted, today: date) -> tuple[date, date] | None:
    """The days these are compared with; days out of a year with as many just before them."""
    if asked.period.span is None:
        return None
    first, last = asked.filter.first, asked.filter.last
    if not asked.days or first is None or last is None or last < first:
        return asked.period.span.before(today)
    length = last - first + timedelta(days=1)
    until = min(last, today) if first <= today else last
    return first - length, until - length


def _of_days(asked: Filter, days: tuple[date, date]) -> Filter:
    return replace(asked, first=days[0], last=days[1])


def _goals(asked: Wanted, today: date) -> list[Goal]:
    """The targets of the year shown; where all years are, those of the years we live in."""
    whose = _whose(asked)
    if whose is None or asked.days or (asked.period.span and asked.period.span.month):
        return []
    years = [asked.period.span] if asked.period.span else spans.around(today)[1::2]
    keys = [span.key for span in years]
    found = targets.standings(
        asked.filter.reach, today, periods=keys, of=whose, with_earlier=earlier.is_on()
    )
    return list(map(goal, found))


def _whose(asked: Wanted) -> tuple[str, int] | None:
    """Whose targets stand beside these figures; nobody's where they are only a part of them."""
    reach, said = asked.filter.reach, asked.said
    if said:
        (name, key), *more = said.items()
        known = name in targets.OF and not more and reach.everywhere
        return (name, int(key)) if known else None
    if reach.everywhere:
        return targets.ALL, 0
    own = [("site", key) for key in reach.site_ids] + [
        ("partner", key) for key in reach.partner_ids
    ]
    return own[0] if len(own) == 1 else None


def _drawn(
    asked: Wanted, months: dict[str, Any], goals: list[Goal], today: date, shut: later.Shut
) -> dict[str, Any]:
    """The charts that need more than the tables; none where nothing was approved."""
    days, minutes = figures.days(asked.filter), figures.hours_of_week(asked.filter)
    over_time = charts.over_time(days, asked)
    by_work = closed.by_work(shut, within=True)
    # who was new is known by the day of work, so who served is asked by it too
    people = {line["key"]: line["totals"].volunteers for line in months["lines"]}
    if by_work:
        people = figures.people_by_month(asked.filter)
    return {
        "over_time": over_time,
        "by_month": charts.by_month(days, asked),
        "by_hour": charts.by_hour(minutes, asked, closed.by_work(shut)),
        "week": charts.week(minutes, asked, closed.by_work(shut)),
        "courses": _courses(asked, days, goals, today) if asked.period.span else [],
        "newcomers": charts.new_and_returning(
            people, figures.newcomers(asked.filter), asked, by_work
        ),
    }


def _courses(asked: Wanted, days: list[Day], goals: list[Goal], today: date) -> list[Course]:
    """The way so far to each target of this year that is counted by day."""
    known = [goal for goal in goals if goal.key in charts.UNITS]
    people = any(goal.key == "volunteers" for goal in known)
    firsts = figures.first_days(asked.filter) if people else {}
    return [
        charts.course(goal, charts.by_day(goal.key, days, firsts), today, asked) for goal in known
    ]


# --- tables --------------------------------------------------------------------------------------


def _table(grouping: Grouping, found: Sequence[Line], asked: Wanted) -> dict[str, Any]:
    """The lines with volunteering; courses have a figure of their own."""
    lines = [_line(grouping, line, asked) for line in found if _volunteered(line.totals)]
    told = [
        Told(one["name"], one["totals"].approved_minutes, one["href"], one["key"] != WITHOUT)
        for one in lines
    ]
    bars, reading = charts.most_first(told, asked.report(grouping))
    return {
        "grouping": grouping.value,
        "title": str(TITLES[grouping]),
        "column": str(charts.COLUMNS[grouping]),
        "lines": lines,
        "bars": bars,
        "reading": reading,
    }


def _line(grouping: Grouping, line: Line, asked: Wanted) -> dict[str, Any]:
    month = isinstance(line.key, date)
    return {
        "name": name_of_line(grouping, line),
        "key": line.key,
        "note": _hijri_months(line.key) if month else "",
        "totals": line.totals,
        "href": _behind(grouping, line, asked, Measure.APPROVED),
        "waiting_href": _behind(grouping, line, asked, Measure.WAITING),
    }


def _behind(grouping: Grouping, line: Line, asked: Wanted, measure: Measure) -> str:
    """The records of a line; a month by its name where all of it is asked for."""
    key = line.key
    if not isinstance(key, date):
        return asked.address(measure, **{grouping.value: key})
    if asked.days:
        return asked.of_days(key, _last_of(key), measure)
    return asked.address(measure, month=f"{key:%Y-%m}")


def _last_of(begin: date) -> date:
    return (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _volunteered(totals: Totals) -> bool:
    return bool(totals.attendances or totals.waiting_minutes)


def name_of_line(grouping: Grouping, line: Line) -> str:
    if isinstance(line.key, date):
        return month_long(line.key)
    return str(REST[grouping]) if line.key == WITHOUT else plain_label(line)


def _hijri_months(begin: date) -> str:
    """The months of the other calendar that the month falls into."""
    return hijri_months(begin, _last_of(begin))
