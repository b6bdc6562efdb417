"""The platform's file: the rows of what was looked at, in the columns that were chosen."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.operations import platform, settings
from checkin.operations.exporting import LISTS, Asked, Book, Cell, Column, Kind, Table
from checkin.operations.platform import Hours, Part, Shape, whole_hours
from checkin.web import clock
from checkin.web.export_words import ABOUT
from checkin.web.fields import row_number
from checkin.web.figures.books import opened
from checkin.web.i18n import current_locale
from checkin.web.platform import asking, narrowing, words
from checkin.web.platform.blueprint import bp

_SAUDI = "+966"
_WIDTHS = {Part.NAME: 32, Part.NAME_LATIN: 32, Part.OPPORTUNITY: 32}
_KINDS = {Part.FIRST_ON: Kind.DAY, Part.LAST_ON: Kind.DAY, Part.ATTENDANCES: Kind.NUMBER}
_HOURS = {
    Hours.DECIMAL: Kind.DECIMAL_HOURS,
    Hours.WHOLE: Kind.NUMBER,
    Hours.CLOCK: Kind.CLOCK,
}
_ARABIC = range(0x600, 0x700)


@bp.record
def _offer(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(LISTS, {})["platform"] = of_platform
    state.app.extensions.setdefault(ABOUT, {})["platform"] = about


def about(asked: Asked) -> list[str]:
    """The days and what they are narrowed to, in words."""
    with opened("/figures/platform", asked):
        if "list" in request.args:
            return []
        return [asking.about(asking.asked(asked.reach, local_day(clock.now())))]


def of_platform(asked: Asked, now: datetime) -> Book:
    """No totals and no second sheet: the platform takes rows and nothing else."""
    if not asked.reach.everywhere:
        raise Problem("export_not_yours")
    with opened("/figures/platform", asked):
        settings.read_anew()
        shape = platform.chosen()
        table = _lacked(shape) if "list" in request.args else _asked(shape, asked, now)
        return Book(_("National platform"), [table], language_of(columns_of(shape)))


def _asked(shape: Shape, asked: Asked, now: datetime) -> Table:
    """Of the days in the address."""
    wanted = asking.asked(asked.reach, local_day(now)).filter
    count = platform.sum_of(wanted).rows
    return Table(columns_of(shape), platform.listed(wanted), count, cells_of(shape))


def _lacked(shape: Shape) -> Table:
    """Of a list held against ours, what is still to be entered, beside what is there already."""
    row = platform.find(request.args.get("list", 0, row_number))
    if row.state != "ready":
        raise NotFound("platform_list")
    within = narrowing.within(row)
    there = Column("there", _("Already on the platform"), _HOURS[shape.hours])
    cells, said = cells_of(shape), hours_of(shape)
    return Table(
        columns=[*columns_of(shape), there],
        rows=platform.still_to_enter(row, within),
        count=platform.number_to_enter(row.id, within),
        cells=lambda row: [*cells(row), None if row.there is None else said(row.there)],
    )


def language_of(columns: Sequence[Column]) -> str:
    """The one the headings are in, whatever the language of the pages."""
    letters = (letter for column in columns for letter in column.heading)
    return "ar" if any(ord(letter) in _ARABIC for letter in letters) else "en"


def columns_of(shape: Shape) -> list[Column]:
    return [
        Column(
            part.value,
            heading or str(words.COLUMNS[part]),
            _kind(part, shape.hours),
            _WIDTHS.get(part, 16),
        )
        for part, heading in shape.columns
    ]


def _kind(part: Part, hours: Hours) -> Kind:
    return _HOURS[hours] if part is Part.HOURS else _KINDS.get(part, Kind.TEXT)


def cells_of(shape: Shape) -> Callable[[Any], list[Cell]]:
    """Words are looked up here, once; the file is written without a language at hand."""
    said = {code: shape.words.get(code) or str(word) for code, word in words.WORDS.items()}
    named = {"ar": "_ar", "en": "_en"}[current_locale().lang]
    other = {"_ar": "_en", "_en": "_ar"}[named]

    hours = hours_of(shape)

    def name_of(row: Any, thing: str) -> str | None:
        return getattr(row, thing + named) or getattr(row, thing + other)

    reading: dict[Part, Callable[[Any], Cell]] = {
        Part.NAME: lambda row: row.name,
        Part.NAME_LATIN: lambda row: row.name_latin,
        Part.MOBILE: lambda row: mobile_said(row.mobile),
        Part.GENDER: lambda row: said.get(row.gender),
        Part.OPPORTUNITY: lambda row: name_of(row, "name"),
        Part.SERVICE: lambda row: name_of(row, "service"),
        Part.CAMPAIGN: lambda row: name_of(row, "campaign"),
        Part.TYPE: lambda row: said.get(row.type),
        Part.FIRST_ON: lambda row: row.first_on,
        Part.LAST_ON: lambda row: row.last_on,
        Part.HOURS: lambda row: hours(row.minutes),
        Part.ATTENDANCES: lambda row: row.attendances,
    }
    chosen = [reading[part] for part in shape.parts]
    return lambda row: [read(row) for read in chosen]


def hours_of(shape: Shape) -> Callable[[int], int]:
    """Minutes as a cell holds them."""
    return whole_hours if shape.hours is Hours.WHOLE else int


def mobile_said(mobile: str | None) -> str | None:
    """05… as the platform writes them; a number of another country stays whole."""
    if mobile is not None and mobile.startswith(_SAUDI):
        return "0" + mobile.removeprefix(_SAUDI)
    return mobile


def spelled(column: Column, cell: Cell) -> str:
    """A cell as the file shows it."""
    if cell is None:
        return ""
    if column.kind is Kind.DECIMAL_HOURS:
        return f"{(cell * 100 + 30) // 60 / 100:.2f}"
    return f"{cell // 60}:{cell % 60:02}" if column.kind is Kind.CLOCK else str(cell)
