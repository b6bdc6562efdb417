"""The dashboard taken out: its figures and what stands under its charts, as tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.domain.days import local_day
from checkin.operations import figures
from checkin.operations.exporting import LISTS, Asked, Book, Cell, Column, Kind, Table
from checkin.operations.figures import Grouping, Line, Totals, later
from checkin.operations.past import Earlier
from checkin.web import value_words
from checkin.web.figures import charts, closed, earlier, on_paper
from checkin.web.figures.blueprint import bp
from checkin.web.figures.books import book, opened
from checkin.web.figures.dashboard import name_of_line, shown
from checkin.web.figures.goals import Goal
from checkin.web.figures.hour_words import between, hour_of_week
from checkin.web.figures.narrowing import Wanted, wanted
from checkin.web.figures.periods import chosen
from checkin.web.filters import month_long

NOT_ON_PAPER = ("csv", "xlsx", "jsonl")
"""What large figures say there already, and what is too long."""


@bp.record
def _offer(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(LISTS, {})["dashboard"] = dashboard


def dashboard(asked: Asked, now: datetime) -> Book:
    """What the dashboard shows, with all lines of its tables."""
    with opened("/figures", asked):
        today = local_day(now)
        found = wanted(asked.reach, chosen())
        totals, of_each, genders = figures.overview(list(charts.TITLES), found.filter)
        told, drawn = earlier.beside(found.filter), shown(found, today)
        tables = [
            whole(told.added_to(totals), told=told),
            of_years(told, totals),
            *(_table(grouping, lines, totals) for grouping, lines in of_each.items()),
            *_of_people(found, genders),
            *_of_hours(found),
            _of_days(found),
            _of_newcomers(found),
            *_of_targets(drawn["goals"]),
        ]
        about = [_("Figures"), *found.in_words]
        told_of = [table for table in tables if table.rows or table.totals]
        made = book(told_of, about, totals, found.filter, asked, now, both=told.added_to(totals))
        lines = [("", line) for line in (*_of_closed(found), *earlier.methods(told))]
        head = on_paper.head(made.head, drawn)
        return replace(made, method=[*made.method, *lines], head=head)


def _of_closed(found: Wanted) -> list[str]:
    """What closed months have to do with these figures, where they do."""
    shut = later.shut(found.filter)
    week = closed.by_work(shut)
    said = [f"{_('The week by day and hour')}: {week}"] if week else []
    return [*closed.told(shut, found).lines, *closed.methods(shut, found.filter), *said]


# --- the figures, as columns -------------------------------------------------------------------


def columns(totals: Totals) -> list[Column]:
    """Every figure, in the order of `cells`; people see no column of a value that is not set, nor
    of a range that there is not."""
    is_valued, between = value_words.is_set(totals), totals.has_range
    return [
        Column("approved_minutes", _("Hours"), Kind.MINUTES, 14),
        Column("waiting_minutes", _("Waiting"), Kind.MINUTES, 11),
        Column("beneficiaries", pgettext("column", "Beneficiaries"), Kind.NUMBER, 14),
        Column("volunteers", pgettext("column", "Volunteers"), Kind.NUMBER, 12),
        Column("attendances", _("Records"), Kind.NUMBER, 11),
        Column("opportunities", _("Opportunities"), Kind.NUMBER, 14),
        Column("course_attendances", _("Course attendance"), Kind.NUMBER, 12),
        Column("value_halalas", _("Economic return (SAR)"), Kind.MONEY, 16, is_shown=is_valued),
        Column("valued_minutes", _("Hours with a value"), Kind.MINUTES, 12, is_shown=False),
        *of_range(is_shown=between),
    ]


def of_range(*, is_shown: bool) -> list[Column]:
    """The least and the most that others would say a value is."""
    return [
        Column("low_halalas", _("At least (SAR)"), Kind.MONEY, 16, is_shown=is_shown),
        Column("high_halalas", _("At most (SAR)"), Kind.MONEY, 16, is_shown=is_shown),
    ]


def cells(totals: Totals) -> list[Cell]:
    """A value that is not set is not nought."""
    found = totals.by_name()
    return [found[name] for name in _ORDER]


def sums(totals: Totals) -> dict[str, int]:
    """What stands under a table of figures."""
    return {name: sum_ for name, sum_ in totals.by_name().items() if sum_ is not None}


_ORDER = (
    *("approved_minutes", "waiting_minutes", "beneficiaries", "volunteers", "attendances"),
    *("opportunities", "course_attendances", "value_halalas", "valued_minutes"),
    *("low_halalas", "high_halalas"),
)


def whole(
    totals: Totals, kinds: Collection[str] = NOT_ON_PAPER, told: Earlier = earlier.NOTHING
) -> Table:
    """The totals and nothing else; marked with their source where what was `told` is in them."""
    name = _("Total with imported years") if told else _("Total")
    source = [Column("source", _("Source"), width=28)] if told else []
    own: list[Cell] = [" · ".join(told.sources)] if told else []
    return Table(
        key="totals",
        title=_("Totals"),
        columns=[Column("name", _("Name"), width=30), *source, *columns(totals)],
        rows=(),
        count=0,
        totals=[[name, *own, *cells(totals)]],
        kinds=kinds,
    )


def _table(grouping: Grouping, found: Sequence[Line], totals: Totals) -> Table:
    lines = [line for line in found if _is_told(line.totals)]
    name = Column("name", str(charts.COLUMNS[grouping]), width=28)
    rows = [[_key(line.key), name_of_line(grouping, line), *cells(line.totals)] for line in lines]
    return Table(
        key=grouping.value,
        title=str(charts.TITLES[grouping]),
        columns=[Column("key", _("Key"), is_shown=False), name, *columns(totals)],
        rows=rows,
        count=len(rows),
        sums=sums(totals),
    )


def _is_told(totals: Totals) -> bool:
    """Also where there were courses alone, since they have a column with a total."""
    return bool(totals.attendances or totals.waiting_minutes or totals.course_attendances)


def _key(key: int | date) -> int | str:
    """An id, or a month as 2026-11."""
    return f"{key:%Y-%m}" if isinstance(key, date) else key


def of_years(told: Earlier, totals: Totals) -> Table:
    """Years that were told beside this system's own; empty where none are counted."""
    rows: list[list[Cell]] = [
        [
            *(line.key, line.name, line.source or None, line.in_part or None),
            *(getattr(line.figures, name) for name in _TOLD),
        ]
        for line in earlier.lines(told, totals)
    ]
    named = {column.key: column for column in columns(totals)}
    shown = {*earlier.COLUMNS, *(["value_halalas"] if any(row[-1] for row in rows) else [])}
    return Table(
        key="earlier",
        title=_("Earlier years"),
        columns=[
            Column("year", _("Key"), is_shown=False),
            Column("name", _("Imported year"), width=22),
            Column("source", _("Source"), width=28),
            Column("in_part", _("Told in part"), width=28, is_shown=any(row[3] for row in rows)),
            *(replace(named[name], is_shown=name in shown) for name in _TOLD),
        ],
        rows=rows,
        count=len(rows),
    )


_TOLD = (
    *("approved_minutes", "beneficiaries", "volunteers", "attendances"),
    *("opportunities", "course_attendances", "value_halalas"),
)


# --- people, and the hours of the week ---------------------------------------------------------


def _of_people(found: Wanted, shares: Mapping[int, figures.Share]) -> list[Table]:
    """Men and women, and how many of each month are new."""
    rows = [
        [
            *(charts.SAID_AS[gender], str(charts.GENDERS[gender])),
            *(one.volunteers, one.approved_minutes, one.attendances),
        ]
        for gender, one in shares.items()
    ]
    together = {
        name: sum(getattr(one, name) for one in shares.values())
        for name in ("volunteers", "approved_minutes", "attendances")
    }
    return [
        Table(
            key="gender",
            title=_("Men and women"),
            columns=[
                Column("key", _("Key"), is_shown=False),
                Column("name", _("Gender"), width=34),
                Column("volunteers", pgettext("column", "Volunteers"), Kind.NUMBER, 12),
                Column("approved_minutes", _("Hours"), Kind.MINUTES, 12),
                Column("attendances", _("Records"), Kind.NUMBER, 12),
            ],
            rows=rows if any(together.values()) else [],
            count=len(rows),
            sums=together,
        )
    ]


def _of_hours(found: Wanted) -> list[Table]:
    """The hours of the week, and those of the day."""
    minutes = figures.hours_of_week(found.filter)
    of_week = [
        [f"{at // 24}-{at % 24}", hour_of_week(at), value]
        for at, value in enumerate(minutes)
        if value
    ]
    by_day = [sum(minutes[hour::24]) for hour in range(24)]
    of_day = [[hour, between(hour), value] for hour, value in enumerate(by_day) if value]
    week = _minutes("week", _("The week by day and hour"), _("Day and hour"), of_week)
    return [week, _minutes("hour", _("By hour of day"), _("Hour"), of_day)]


def _minutes(key: str, title: str, name: str, rows: Sequence[Sequence[Any]]) -> Table:
    return Table(
        key=key,
        title=title,
        columns=[
            Column("key", _("Key"), is_shown=False),
            Column("name", name, width=36),
            Column("approved_minutes", _("Hours"), Kind.MINUTES, 12),
        ],
        rows=rows,
        count=len(rows),
        sums={"approved_minutes": sum(value for _key, _name, value in rows)},
        kinds=NOT_ON_PAPER,
    )


# --- time, and targets -------------------------------------------------------------------------


def _of_days(found: Wanted) -> Table:
    """Every day with something approved: the chart has them by week, or by what else fits."""
    rows = figures.days(found.filter)
    names = figures.Day._fields[1:]
    return Table(
        key="day",
        title=_("Hours by day"),
        columns=[
            Column("day", _("Day"), Kind.DAY, 12),
            Column("approved_minutes", _("Hours"), Kind.MINUTES, 12),
            Column("beneficiaries", pgettext("column", "Beneficiaries"), Kind.NUMBER, 14),
            Column("attendances", _("Records"), Kind.NUMBER, 12),
        ],
        rows=rows,
        count=len(rows),
        sums={name: sum(getattr(day, name) for day in rows) for name in names},
        kinds=NOT_ON_PAPER,
    )


def _of_newcomers(found: Wanted) -> Table:
    """By month; whoever served in two counts in both, so nothing adds them up."""
    people = figures.people_by_month(found.filter)
    new = charts.by_month_of(figures.newcomers(found.filter))
    rows = [
        [f"{month:%Y-%m}", month_long(month), number - new[month], new[month], number]
        for month, number in sorted(people.items())
        if number
    ]
    return Table(
        key="newcomers",
        title=_("New and returning volunteers"),
        columns=[
            Column("key", _("Key"), is_shown=False),
            Column("name", _("Month"), width=22),
            Column("returning", _("Returning"), Kind.NUMBER, 12),
            Column("new", pgettext("volunteers", "New"), Kind.NUMBER, 12),
            Column("volunteers", pgettext("column", "Volunteers"), Kind.NUMBER, 12),
        ],
        rows=rows,
        count=len(rows),
        kinds=NOT_ON_PAPER,
    )


def _of_targets(goals: Sequence[Goal]) -> list[Table]:
    table = on_paper.targets(goals)
    return [replace(table, kinds=NOT_ON_PAPER)] if table else []
