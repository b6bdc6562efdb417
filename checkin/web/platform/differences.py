"""What differs between the platform's list and ours, as a file and in words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from checkin.domain.errors import NotFound, Problem
from checkin.operations import platform
from checkin.operations.exporting import LISTS, Asked, Book, Cell, Column, Kind, Table
from checkin.operations.importing import Told
from checkin.web.fields import row_number
from checkin.web.figures.books import opened
from checkin.web.imports.sentences import said_of
from checkin.web.platform import narrowing, words
from checkin.web.platform.blueprint import bp
from checkin.web.platform.taking_out import mobile_said


@bp.record
def _offer(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(LISTS, {})["platform_differences"] = differences


def differences(asked: Asked, now: datetime) -> Book:
    """The lines of a list that differ, or those that do so in the way that was looked at."""
    if not asked.reach.everywhere:
        raise Problem("export_not_yours")
    with opened("/figures/platform/lists", asked):
        row = platform.find(request.args.get("list", 0, row_number))
        way = request.args.get("show", "")
        if row.state != "ready":
            raise NotFound("platform_list")
        within = narrowing.within(row)
        counts = platform.counts(row.id, within)
        table = Table(
            columns=_columns(),
            rows=platform.differing(row.id, way, within),
            count=counts.get(way, sum(counts.values())),
            cells=_cells(asked.language),
        )
        return Book(_("Differences"), [table], asked.language)


def _columns() -> list[Column]:
    return [
        Column("differs", _("Difference"), width=26),
        Column("name_here", _("Name here"), width=28),
        Column("name_there", _("Name on the platform"), width=28),
        Column("mobile_here", _("Mobile here")),
        Column("mobile_there", _("Mobile on the platform")),
        Column("opportunity_here", _("Opportunity here"), width=28),
        Column("opportunity_there", _("Opportunity on the platform"), width=28),
        Column("minutes_here", _("Hours here"), Kind.MINUTES, 12),
        Column("minutes_there", _("Hours on the platform"), Kind.MINUTES, 12),
        Column("more_here", _("More here, in minutes"), Kind.NUMBER, 12),
        Column("row", _("Row of the file"), Kind.NUMBER, 10),
        Column("problem", _("Problem"), width=40),
    ]


def _cells(lang: str) -> Callable[[Any], list[Cell]]:
    """Words are looked up here, once; the file is written without a language at hand."""
    ways = {way: str(said) for way, said in words.DIFFERENCES.items()}
    faults = {code: said_of(Told(code)) for code in words.FAULTS}

    def cells(row: Any) -> list[Cell]:
        return [
            " · ".join(ways[way] for way in ways_of(row)),
            *(row.own_name, row.name, mobile_said(row.own_mobile), mobile_said(row.mobile)),
            (row.name_ar or row.name_en) if lang == "ar" else (row.name_en or row.name_ar),
            *(row.opportunity, row.approved_minutes, row.minutes, more_here(row)),
            *(row.number, faults.get(row.fault, "")),
        ]

    return cells


def ways_of(line: Any) -> list[str]:
    """The ways in which a line differs, one of both sides perhaps in two."""
    if line.side != "both":
        return [line.side]
    return ["hours"] * line.hours_differ + ["names"] * line.names_differ


def more_here(line: Any) -> int | None:
    """By how many minutes ours are more, also where one side has none; nothing for what could not
    be read."""
    return None if line.fault else (line.approved_minutes or 0) - (line.minutes or 0)


def fault_of(line: Any) -> str:
    return said_of(Told(line.fault))
