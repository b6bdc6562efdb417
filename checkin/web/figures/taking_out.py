"""The attendances behind a figure as a table: the list that was looked at, whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy import Select, func

from checkin.database import AnyRow
from checkin.models import (
    Attendance,
    Campaign,
    Lane,
    LateEntry,
    Opportunity,
    Partner,
    Person,
    Service,
    Shift,
    Site,
)
from checkin.operations import figures
from checkin.operations.exporting import LISTS, Asked, Book, Cell, Column, Kind, Table
from checkin.operations.figures import OF_VALUE, ClockHour, Measure, first_time, later
from checkin.web import record_words, value_words
from checkin.web.digits import num
from checkin.web.figures.blueprint import bp
from checkin.web.figures.books import book, opened, without_value
from checkin.web.figures.dashboard_tables import of_range
from checkin.web.figures.first_time import HEADINGS as PEOPLE
from checkin.web.figures.first_time import asked_people
from checkin.web.figures.listing import (
    HEADINGS,
    measure_asked,
    minutes_in_hour,
    shows_value,
)
from checkin.web.figures.narrowing import wanted_of_list
from checkin.web.figures.periods import chosen
from checkin.web.filters import gregorian
from checkin.web.opportunities_forms import TYPES

FOR_PEOPLE, FOR_PROGRAMS = ("csv", "xlsx", "pdf"), ("jsonl",)


@bp.record
def _offer(state: BlueprintSetupState) -> None:
    lists = {"attendances": attendances, "new_and_returning": of_people}
    state.app.extensions.setdefault(LISTS, {}).update(lists)


def attendances(asked: Asked, now: datetime) -> Book:
    """What the list shows."""
    with opened("/figures/attendances", asked):
        measure, period = measure_asked(), chosen()
        listed = wanted_of_list(asked.reach, period)
        about = [str(HEADINGS[measure]), *listed.about, *([period.text] if period.span else [])]
        totals = figures.totals(listed.filter)
        is_worth = listed.filter.hour is None and shows_value(measure, totals)
        changes = later.moved(measure, listed.filter, _asked_of(asked.language), _named)
        hour = listed.filter.hour
        rows = figures.rows_behind(measure, listed.filter, _asked_of(asked.language))
        for_people = Table(
            columns=_columns(has_value=is_worth, has_range=is_worth and totals.has_range),
            rows=_latest(rows),
            count=figures.count_behind(measure, listed.filter),
            cells=_cells(),
            more=_changes(changes, listed.filter, _columns(), _cells(), _moved_in_words),
            sums=_sums(measure, totals),
            kinds=FOR_PEOPLE,
        )
        moved = _changes(changes, listed.filter, _columns_of_programs(), _cells_of_programs, _moved)
        both = [for_people, _for_programs(for_people, moved)]
        if hour is not None:
            both = [_with_hour(one, hour, minutes_in_hour(listed.filter)) for one in both]
        return book(both, about, totals, listed.filter, asked, now)


def of_people(asked: Asked, now: datetime) -> Book:
    """The records of new or of returning volunteers, as they are listed."""
    with opened("/figures/people", asked):
        listed, who = asked_people(asked.reach)
        served = first_time.served(listed.filter, who)
        for_people = Table(
            columns=_columns(),
            rows=_latest(first_time.rows_of(listed.filter, who, _asked_of(asked.language))),
            count=served.attendances,
            cells=_cells(),
            sums={"minutes": served.approved_minutes, "beneficiaries": served.beneficiaries},
            kinds=FOR_PEOPLE,
        )
        about = [str(PEOPLE[who]), *listed.in_words]
        both = [for_people, _for_programs(for_people)]
        return book(
            both, about, figures.Totals(), listed.filter, asked, now, counting=without_value()
        )


def _with_hour(table: Table, hour: ClockHour, together: int) -> Table:
    """How much of each record lies in the hours asked for; what closed months moved has no hour."""
    return replace(
        table,
        columns=[*table.columns, Column("minutes_in_hour", _("In this hour"), Kind.MINUTES, 12)],
        cells=lambda row: [
            *table.cells(row),
            hour.minutes_from(row.in_at, row.starts_at, row.zone, row.approved_minutes or 0),
        ],
        more=[[*cells, None] for cells in table.more],
        sums={**table.sums, "minutes_in_hour": together},
    )


def _for_programs(table: Table, more: Sequence[Sequence[Cell]] = ()) -> Table:
    """The same records, in codes and with all columns."""
    return replace(
        table,
        columns=_columns_of_programs(),
        cells=_cells_of_programs,
        more=more,
        kinds=FOR_PROGRAMS,
    )


def _columns(*, has_value: bool = False, has_range: bool = False) -> list[Column]:
    """Those of a value where the list shows them."""
    worth = _("Economic return (SAR)")
    return [
        Column("attendance", _("Record"), Kind.ID, 10),
        Column("volunteer", _("Volunteer"), width=28),
        Column("partner", _("Partner"), width=24),
        Column("site", _("Site"), width=22),
        Column("lane", _("Lane"), width=12),
        Column("opportunity", _("Opportunity"), width=28),
        Column("service", _("Service"), width=22),
        Column("type", _("Type of volunteering"), width=12),
        Column("campaign", _("Campaign"), width=20),
        Column("day", _("Day"), Kind.DAY, 12),
        Column("planned_from", _("Planned from"), Kind.INSTANT, 17),
        Column("planned_until", _("Planned until"), Kind.INSTANT, 17),
        Column("checked_in", _("Checked in"), Kind.INSTANT, 17),
        Column("checked_out", _("Checked out"), Kind.INSTANT, 17),
        Column("minutes", _("Hours"), Kind.MINUTES, 10),
        Column("beneficiaries", _("Beneficiaries"), Kind.NUMBER, 12),
        Column("value_halalas", worth, Kind.MONEY, 14, is_shown=has_value),
        Column("status", _("Status"), width=20),
        Column("evidence", _("Evidence"), width=20),
        Column("notes", _("Notes"), width=40),
        Column("late_entry", _("Reference"), Kind.ID, 10, is_shown=False),
        *of_range(is_shown=has_range),
    ]


def _columns_of_programs() -> list[Column]:
    """Always all of them: what people read as notes in codes, and the day that counts."""
    flags = Column("flags", _("Notes"))
    of_people = [flags if column.key == "notes" else column for column in _columns()]
    return [*of_people, Column("counted_on", _("Day"), Kind.DAY)]


def _latest(rows: Select[Any]) -> Select[Any]:
    """In the order of the list, the latest first."""
    return _named(rows).order_by(Attendance.work_on.desc(), Attendance.id.desc())


def _asked_of(lang: str) -> list[Any]:
    """The columns that `_cells` reads."""
    a = Attendance
    own, other = {"ar": ("name_ar", "name_en"), "en": ("name_en", "name_ar")}[lang]

    def name_of(thing: Any, label: str) -> Any:
        """In the other language where it has none in this one, as on pages."""
        return func.coalesce(func.nullif(getattr(thing, own), ""), getattr(thing, other)).label(
            label
        )

    return [
        *(a.id, Person.name.label("volunteer"), a.work_on, a.in_at, a.out_at),
        *(a.approved_minutes, a.credited_minutes, a.approved_beneficiaries, a.beneficiaries),
        *(a.value_halalas, a.low_halalas, a.high_halalas),
        *(a.state, a.evidence, a.flags, Shift.starts_at, Shift.ends_at),
        *(Site.zone, Opportunity.type),
        *(name_of(Partner, "partner"), name_of(Site, "site"), name_of(Lane, "lane")),
        *(name_of(Opportunity, "opportunity"), name_of(Service, "service")),
        name_of(Campaign, "campaign"),
    ]


def _named(rows: Select[Any]) -> Select[Any]:
    a = Attendance
    return (
        rows.join(Person, Person.id == a.volunteer_id)
        .join(Site, Site.id == a.site_id)
        .outerjoin(Partner, Partner.id == a.partner_id)
        .outerjoin(Lane, Lane.id == Shift.lane_id)
        .outerjoin(Service, Service.id == Opportunity.service_id)
        .outerjoin(Campaign, Campaign.id == Opportunity.campaign_id)
    )


def _changes(
    moved: Sequence[AnyRow],
    wanted: figures.Filter,
    columns: Sequence[Column],
    cells: Callable[[Any], Sequence[Cell]],
    told: Callable[[LateEntry], dict[str, Cell]],
) -> list[list[Cell]]:
    """What closed months take out of the list or put into it, so that it adds up."""
    keys, found = [column.key for column in columns], []
    for row in moved:
        entry, change = row.LateEntry, later.change(row.LateEntry, wanted)
        about = dict(zip(keys, cells(row[1:]), strict=True))
        about |= {"minutes": change.approved_minutes, "beneficiaries": change.beneficiaries}
        about |= {**_worth(change), **told(entry), "late_entry": entry.id}
        found.append([about[key] for key in keys])
    return found


def _worth(change: later.Change) -> dict[str, Cell]:
    """By how much the value is another, and the ends of its range."""
    value = change.value_halalas
    if not (change.valued_minutes or value):
        return dict.fromkeys(OF_VALUE)
    ends = value, value - change.below_halalas, value + change.above_halalas
    return dict(zip(OF_VALUE, ends, strict=True))


def _moved_in_words(entry: LateEntry) -> dict[str, Cell]:
    days = _(
        "Reference %(number)s: worked on %(worked)s, counts on %(counted)s",
        number=num(entry.id),
        worked=gregorian(entry.work_on),
        counted=gregorian(entry.counted_on),
    )
    return {"status": _("Changed after closing"), "notes": days}


def _moved(entry: LateEntry) -> dict[str, Cell]:
    return {"status": "changed_after_closing", "counted_on": entry.counted_on}


def _cells() -> Callable[[Any], list[Cell]]:
    """Words are looked up here, once; the file is written without a language at hand."""
    types = {name: str(words) for name, words in TYPES.items()}
    states = {name: str(words) for name, (_kind, _icon, words) in record_words.STATES.items()}
    evidence = {name: str(words) for name, (_icon, words) in record_words.EVIDENCE.items()}
    flags = {name: str(words) for name, words in record_words.FLAGS.items()}

    def local(at: datetime | None, zone: str) -> datetime | None:
        if at is None:
            return None
        there = at.astimezone(_zone(zone))
        return datetime.combine(there.date(), there.time())  # `replace` takes thrice as long

    def in_words(flagged: Sequence[str]) -> str:
        return " · ".join([flags[flag] for flag in flagged]) if flagged else ""

    return lambda row: _row(row, local, types, states, evidence, in_words)


def _cells_of_programs(row: Any) -> list[Cell]:
    """Instants with their offset, in whole seconds, and codes as they are kept: the same in
    every language."""
    return [*_row(row, _instant, *_CODES, list), None]


def _instant(at: datetime | None, zone: str) -> datetime | None:
    if at is None:
        return None
    # whole before it is moved: a second more is never another one there
    whole = at if not at.microsecond else at.replace(microsecond=0)
    return whole.astimezone(_zone(zone))


_CODES = [
    {str(code): str(code) for code in words}
    for words in (TYPES, record_words.STATES, record_words.EVIDENCE)
]
"""Each said as it is kept."""
_zone = cache(ZoneInfo)


def _row(
    row: Any,
    local: Callable[[datetime | None, str], datetime | None],
    types: Mapping[str, str],
    states: Mapping[str, str],
    evidence: Mapping[str, str],
    notes: Callable[[Sequence[str]], Cell],
) -> list[Any]:
    """One record, in the order of the columns, with its instants and codes said in some way."""
    # taken at once: asked for by name, the columns of a million rows take seconds
    (
        id_, volunteer, day, in_at, out_at, approved, credited, approved_served, served,
        value, low, high, state, how, flagged, starts_at, ends_at, zone, type_,
        partner, site, lane, opportunity, service, campaign,
    ) = row  # fmt: skip
    is_approved = approved is not None
    return [
        *(id_, volunteer, partner, site, lane, opportunity),
        *(service, types[type_], campaign, day),
        *(local(starts_at, zone), local(ends_at, zone)),
        *(local(in_at, zone), local(out_at, zone)),
        approved if is_approved else credited,
        approved_served if is_approved else served,
        *(value, states[state], evidence[how], notes(flagged), None),
        # a rate without a range is worth the same to everybody
        *(value if low is None else low, value if high is None else high),
    ]


def _sums(measure: Measure, totals: figures.Totals) -> dict[str, int]:
    """The same numbers as on the dashboard; of what waits only the hours are a figure."""
    if measure is Measure.WAITING:
        return {"minutes": totals.waiting_minutes}
    if measure in (Measure.COURSES, Measure.COURSES_WAITING):
        return {}
    sums = {"minutes": totals.approved_minutes, "beneficiaries": totals.beneficiaries}
    worth = {name: getattr(totals, name) for name in OF_VALUE}
    return {**sums, **(worth if value_words.is_set(totals) else {})}
