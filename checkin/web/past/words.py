"""What is said of earlier years: their problems by row, their columns, their figures."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from checkin.domain.errors import Problem
from checkin.operations import past
from checkin.operations.figures import spans
from checkin.operations.importing import Field, Told
from checkin.operations.past import ALL, Draft, Excess, Figures, Named
from checkin.web import errors
from checkin.web.digits import num
from checkin.web.figures.earlier import in_column
from checkin.web.figures.periods import name_of
from checkin.web.filters import isolate, plain_label

errors.sentences(
    no_years=_l("No rows of years were found"),
    number_unreadable=_l("This is no number"),
    number_not_whole=_l("Enter a whole number"),
    amount_negative=_l("A figure is never below nought"),
    amount_in_doubt=_l("This may be thousands or a fraction. Write it without the dot"),
    amount_too_large=_l("This number is too large to be right"),
    clock_unreadable=_l("This is no time of day, like 16:30"),
    year_unreadable=_l("This is no year or date that is over, like 2023 or 1445"),
    year_implausible=_l("This year is too long ago"),
    year_of_two=_l("These are two years. Give each year a row of its own"),
    year_not_over=_l("This year is not over. Its figures come from this system"),
    year_worked=_l("This system has approved records of this year. Both would count"),
    year_shared=_l("It shares days with %(period)s, and both would count. Keep to one calendar"),
    nothing_told=_l("There is no figure here"),
    nothing_to_enter=_l("There is nothing to enter"),
    past_taken=_l("This year has figures already. Take them back first"),
    past_file_gone=_l("This file was entered or dropped, or a day has passed. Send it again"),
    past_changed=_l("Somebody entered or took back figures meanwhile. Look again"),
)
_ROWS: dict[str, Any] = {
    "year_missing": _l("The year is missing"),
    "year_repeated": _l("The same year, of the same whom, stands in row %(number)s"),
    "year_of_other_calendar": _l("The rows before count by years of the other calendar"),
    "scope_several": _l("A row is of one site, one partner or one campaign, not of two"),
    "site_unknown": _l("No site here is called “%(name)s”"),
    "partner_unknown": _l("No partner here is called “%(name)s”"),
    "campaign_unknown": _l("No campaign here is called “%(name)s”"),
    "hours_impossible": _l("So many hours do not fit into this time"),
    "person_missing": _l("The name and the mobile are missing"),
    "attendance_repeated": _l("Like row %(number)s: both are counted once"),
    "cell_uncalculated": _l("This formula has no result. Open the file in Excel and save it"),
    "cell_fault": _l("Excel shows an error here: %(value)s"),
    "cell_garbled": _l("Letters here were damaged when the file was saved"),
}
COLUMNS_MISSING: dict[str, Any] = {
    "totals": _l("Choose a column for the year, and one for a figure"),
    "attended": _l("Choose a column for the name or the mobile, and one for the date or the year"),
}
KINDS: dict[str, Any] = {
    "totals": _l("Totals: a row for each year"),
    "attended": _l("An attendance list: a row for each attendance, or for each volunteer"),
}
FIELDS: dict[str, Any] = {
    "": _l("Not kept"),
    Field.YEAR: _l("Year"),
    Field.DATE: _l("Date"),
    Field.FROM: _l("From"),
    Field.UNTIL: _l("Until"),
    Field.HOURS: _l("Hours"),
    Field.MINUTES: _l("Minutes"),
    Field.BENEFICIARIES: _l("Beneficiaries"),
    Field.VOLUNTEERS: _l("Number of volunteers"),
    Field.ATTENDANCES: _l("Number of records"),
    Field.OPPORTUNITIES: _l("Number of opportunities"),
    Field.COURSES: _l("Course and meeting attendance"),
    Field.VALUE: _l("Economic return (SAR)"),
    Field.SITE: _l("Site"),
    Field.PARTNER: _l("Partner"),
    Field.CAMPAIGN: _l("Campaign"),
    Field.OPPORTUNITY: _l("Opportunity"),
    Field.NAME: _l("Full name"),
    Field.FIRST_NAME: _l("First name"),
    Field.MIDDLE_NAME: _l("Father’s or middle name"),
    Field.FAMILY_NAME: _l("Family name"),
    Field.MOBILE: _l("Mobile"),
}
FIGURES: dict[str, Any] = {
    "approved_minutes": _l("Hours"),
    "beneficiaries": _l("Beneficiaries"),
    "volunteers": _l("Volunteers"),
    "attendances": _l("Records"),
    "opportunities": _l("Opportunities"),
    "course_attendances": _l("Course and meeting attendance"),
    "value_halalas": _l("Economic return (SAR)"),
}

MORE = tuple(FIGURES)[3:]
"""Figures that stand together in one column of a table."""


def said_of(told: Told) -> str:
    """One thing about a row, in the reader's language and digits."""
    said = {
        name: num(one) if isinstance(one, int) else isolate(one) for name, one in told.facts.items()
    }
    return str(_ROWS.get(told.code) or errors.SENTENCES[told.code]) % said


def refusal(problem: Problem) -> str:
    """Why a year cannot be entered."""
    return errors.sentence(in_words(problem))


def in_words(problem: Problem) -> Problem:
    """With the name of the year it speaks of."""
    key = problem.facts.get("period")
    span = spans.of_key(key) if isinstance(key, str) else None
    return Problem(problem.code, period=name_of(span)) if span else problem


def year_of(period: str) -> str:
    """2023 CE or 1445 AH."""
    span = spans.of_key(period)
    return name_of(span) if span else period


def cells_of(figures: Figures) -> dict[str, str]:
    """What was told, each shown; empty for what was not."""
    return {
        name: "" if figure is None else in_column(name, figure)
        for name, figure in figures._asdict().items()
    }


def whose(scope: str, name: Any) -> str:
    """Of everybody, or the name of a site, partner or campaign."""
    return _("Everybody") if scope == ALL else plain_label(name)


def whose_line(line: Named) -> str:
    return whose(line.row.scope, line)


def excess(one: Excess) -> str:
    """That sites tell more of a year than everybody's line does."""
    facts = {
        "year": year_of(one.period),
        "sites": in_column(one.figure, one.of_sites),
        "all": in_column(one.figure, one.of_everybody),
        "figure": FIGURES[one.figure],
    }
    if one.figure in past.ADDS_UP:
        return _(
            "%(year)s, %(figure)s: the sites together come to %(sites)s, "
            "more than the %(all)s of everybody",
            **facts,
        )
    return _(
        "%(year)s, %(figure)s: one site alone has %(sites)s, more than the %(all)s of everybody",
        **facts,
    )


def column_name(draft: Draft, column: int | None) -> str:
    """The heading of a column, or its number; empty for the row as a whole."""
    if column is None:
        return ""
    headings = draft.look["headings"]
    heading = headings[column] if column < len(headings) else ""
    return heading or _("Column %(number)s", number=num(column + 1))
