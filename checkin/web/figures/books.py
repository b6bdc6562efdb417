"""What every file of figures says: whose it is, what it is about, how its figures come about."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from flask import current_app
from flask_babel import gettext as _

from checkin.operations.exporting import Asked, Book, Figure, Head, Table
from checkin.operations.figures import Filter, Totals, rates_behind
from checkin.web import value_words
from checkin.web.digits import clock_hours, num
from checkin.web.filters import date_long, time_short
from checkin.web.i18n import in_language
from checkin.web.letterhead import letterhead
from checkin.web.navigation import named_organisation


@contextmanager
def opened(path: str, asked: Asked) -> Iterator[None]:
    """As if the page's address were open in the language and digits of whoever asked for it."""
    address = current_app.test_request_context(f"{path}?{asked.query}")
    with address, in_language(asked.language, asked.digits):
        yield


def book(
    tables: Sequence[Table],
    about: Sequence[str],
    totals: Totals,
    wanted: Filter,
    asked: Asked,
    now: datetime,
    figures: Sequence[Figure] = (),
    counting: Sequence[tuple[str, str]] | None = None,
    both: Totals | None = None,
) -> Book:
    """`about` begins with the title; `figures` stand out on paper; `counting` says how they come
    about, where it is not the usual; `both` are those shown, where earlier years are added."""
    title, *more = about
    return Book(
        title=title,
        tables=tables,
        language=asked.language,
        total=_("Total"),
        table_heading=_("Table"),
        method=[
            *_origin(about, asked.by, now),
            *(_counting(totals, both or totals, wanted) if counting is None else counting),
        ],
        method_title=_("How it is counted"),
        of_workbooks=[(_("Hours"), _decimal())],
        head=_head(" · ".join(more), asked, now, figures),
    )


def _decimal() -> str:
    return _(
        "In this workbook hours are decimal, so that they add up: %(decimal)s is %(hours)s",
        decimal=num(Decimal("1.5"), 2),
        hours=clock_hours(90),
    )


def methods(totals: Totals) -> list[str]:
    """The lines that stand under figures, wherever they are shown."""
    return [
        *value_words.method(totals),
        _("Beneficiaries are services given: one person served twice counts twice."),
        _("A volunteer who served at two sites counts once in the total."),
        _("Time at courses and meetings is not volunteer hours."),
    ]


def taken_by(name: str, now: datetime) -> str:
    """Who took it out and when; without a name only when."""
    when = f"{date_long(now)} {time_short(now)}"
    if not name:
        return _("Taken out: %(when)s", when=when)
    return _("Taken out by %(name)s: %(when)s", name=name, when=when)


def _head(about: str, asked: Asked, now: datetime, figures: Sequence[Figure]) -> Head:
    paper = letterhead()
    return Head(
        organisation=paper.ar if asked.language == "ar" else paper.en,
        logo=paper.logo.png() if paper.logo else None,
        logo_size=(paper.logo.width, paper.logo.height) if paper.logo else (1, 1),
        about=about,
        taken=taken_by(asked.by, now),
        figures=figures,
    )


def _origin(about: Sequence[str], by: str, now: datetime) -> list[tuple[str, str]]:
    named = named_organisation()
    return [
        *([(_("Organisation"), named)] if named else []),
        (_("List"), " · ".join(about)),
        (_("Taken out"), " · ".join(filter(None, (f"{date_long(now)} {time_short(now)}", by)))),
    ]


def without_value() -> list[tuple[str, str]]:
    """How figures come about that have no value beside them."""
    return [
        (
            _("Hours"),
            _("Only approved time counts. Courses and meetings are attendance, no hours"),
        ),
        (_("Beneficiaries"), _("Services given: one person served twice counts twice")),
        (_("Volunteers"), _("A volunteer who served at two sites counts once in the total.")),
    ]


def _counting(totals: Totals, both: Totals, wanted: Filter) -> list[tuple[str, str]]:
    worth = [*filter(None, [value_words.between(both)]), *value_words.method(totals)]
    return [
        *without_value(),
        (_("Economic return (SAR)"), ". ".join(worth)),
        *rated(totals, wanted),
        *warned(totals),
    ]


def rated(totals: Totals, wanted: Filter) -> list[tuple[str, str]]:
    """The rates that gave a value, each with its source, where there is a value."""
    used = rates_behind(wanted) if value_words.is_set(totals) else []
    return [(_("Rate"), value_words.of_rate(rate)) for rate in used]


def warned(totals: Totals) -> list[tuple[str, str]]:
    """What looks wrong about a value, where it does."""
    return [(_("Please look at"), told) for told in [value_words.warning(totals)] if told]
