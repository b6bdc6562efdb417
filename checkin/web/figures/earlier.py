"""Earlier years beside our own figures: asked for in the address, added where they add up, marked.

They were told by year alone, so they have no days, months or lanes; charts and the other tables
stay on this system's figures.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from flask import request, url_for
from flask_babel import gettext as _

from checkin.operations import past
from checkin.operations.figures import Filter, Totals, naming
from checkin.operations.past import Earlier, Figures, Part, Year
from checkin.operations.permissions import Reach
from checkin.web import value_words
from checkin.web.digits import clock_hours, num
from checkin.web.figures.amounts import hours, hours_alone
from checkin.web.figures.narrowing import Wanted
from checkin.web.figures.periods import Period, name_of
from checkin.web.filters import isolate, plain_label

NOTHING = Earlier()
COLUMNS = ("approved_minutes", "beneficiaries", "volunteers", "attendances")
SWITCH = "past"
"""The word of the address; 1 counts earlier years."""


class Switch(NamedTuple):
    """What stands beside the periods: whether it is on, whether there is anything to switch."""

    is_on: bool
    is_offered: bool
    adds: bool
    """Whether something was told of exactly what is shown."""
    years: list[Period]
    """Those that were told, to choose from."""
    leads_on: bool
    """Whether the reader has to do with the list of them."""
    without: str
    counting: str
    """Addresses of the same page without them, and counting them."""


class Line(NamedTuple):
    """A row of the table of years: one that was told, this system, or both together.

    `key` names it to programs: 1440h, `this_system` or `together`.
    """

    key: str
    name: str
    source: str
    is_imported: bool
    figures: Figures
    in_part: str = ""
    """Of whom alone it was told, where that is not everybody."""

    @property
    def cells(self) -> list[str]:
        """Hours, beneficiaries, volunteers, records and value as they are shown; empty where not
        told."""
        found = ((name, getattr(self.figures, name)) for name in (*COLUMNS, "value_halalas"))
        return ["" if number is None else in_column(name, number) for name, number in found]


def is_on() -> bool:
    return request.args.get(SWITCH) == "1"


def kept() -> dict[str, str]:
    """For links that keep the switch as it is."""
    return {SWITCH: "1"} if is_on() else {}


def is_offered(reach: Reach) -> bool:
    """Whether there are earlier years for this reader at all."""
    return bool(past.told_years(reach))


def switch(asked: Wanted, *, may_enter: bool) -> Switch:
    years = past.told_years(asked.filter.reach)
    here = asked.place
    return Switch(
        is_on=is_on(),
        is_offered=bool(years),
        adds=bool(beside(asked.filter)),
        years=[Period(span) for span in years] if is_on() else [],
        leads_on=may_enter or bool(years),
        without=url_for("figures.index", **here),
        counting=url_for("figures.index", **here, **{SWITCH: "1"}),
    )


def beside(wanted: Filter) -> Earlier:
    """What was told of exactly this, where the address asks for it."""
    return past.counted(wanted) if is_on() else NOTHING


# --- how much of a figure ------------------------------------------------------------------


def mark(figure: str, more: int, both: int, totals: Totals, told: Earlier) -> str:
    """What is said under a figure: how much of it was told, or what stands apart, and by whom."""
    apart = told.apart(totals).get(figure)
    if figure == "volunteers" and apart and told.number_of_years(figure) > 1:
        said = _(
            "And %(number)s of earlier years, each year by itself: whoever came again counts again",
            number=num(apart),
        )
    elif figure == "volunteers" and apart:
        said = _("And %(number)s of earlier years, who may be the same people", number=num(apart))
    elif figure == "opportunities" and apart:
        said = _("And %(number)s of earlier years, each year by itself", number=num(apart))
    elif not more:
        return ""
    elif more == both:
        said = _("All of it")
    else:
        said = _("Of these %(number)s", number=amount(figure, more))
    said = _("%(figure)s: %(source)s", figure=said, source=_in_short(told.sources_of(figure)))
    return " · ".join(filter(None, [_of_parts(figure, told), said]))


def _of_parts(figure: str, told: Earlier) -> str:
    """Whether years were told of some parts alone, and of which."""
    years = told.in_part(figure)
    if len(years) > 1:
        return _("Years told of some parts alone: %(number)s", number=num(len(years)))
    said = [alone(year, year.parts[figure]) for year in years]
    if len(told.years) == 1 or not said:
        return "".join(said)
    return _("%(figure)s: %(source)s", figure=name_of(years[0].span), source=said[0])


def alone(year: Year, *parts: Part) -> str:
    """Of whom alone a year was told: these, or all parts that any of its figures is of."""
    of: dict[str, set[int]] = {}
    for scope, keys in parts or year.parts.values():
        of.setdefault(scope, set()).update(keys)
    names = [name for scope in of for name in naming.names(scope, of[scope]).values()]
    return _("Told of %(parts)s alone", parts=_in_short(map(plain_label, names))) if names else ""


def in_column(figure: str, number: int) -> str:
    """As `amount`, with the minutes that the hours of other rows have."""
    return hours(number) if figure == "approved_minutes" else amount(figure, number)


def amount(figure: str, number: int) -> str:
    if figure == "approved_minutes":
        return hours_alone(number)
    return value_words.riyals(number) if figure == "value_halalas" else num(number)


def _in_short(names: Iterable[str]) -> str:
    first, *more = map(isolate, names)
    if not more:
        return first
    return _("%(first)s and %(number)s more", first=first, number=num(len(more)))


# --- by year -------------------------------------------------------------------------------


def lines(told: Earlier, totals: Totals) -> list[Line]:
    """Every year that was told, this system, and both together; nothing where none was told."""
    return list(_lines(told, totals)) if told else []


def _lines(told: Earlier, totals: Totals) -> Iterator[Line]:
    for year in told.years:
        yield Line(
            year.period,
            name_of(year.span),
            " · ".join(year.sources),
            True,
            year.figures,
            alone(year),
        )
    ours = Figures(*(getattr(totals, name) for name in Figures._fields))
    if not value_words.is_set(totals):
        ours = ours._replace(value_halalas=None)
    yield Line("this_system", _("This system"), "", False, ours)
    both = told.added_to(totals)
    summed = Figures(*(getattr(both, name) for name in Figures._fields))
    # nobody can say how many different people ours and theirs are
    unknown = {*told.apart(totals), *(name for name in Figures._fields if lacks(name, told, ours))}
    yield Line("together", _("Together"), "", False, summed._replace(**dict.fromkeys(unknown)))


def lacks(figure: str, told: Earlier, ours: Totals | Figures) -> bool:
    """Nothing of our own, and nobody told how much there was: that is not nought."""
    return not getattr(ours, figure) and bool(told) and getattr(told.figures, figure) is None


def methods(told: Earlier) -> list[str]:
    """What stands under figures that count earlier years."""
    if not told:
        return []
    lines = [
        _("Imported years count by year alone: charts and other tables show this system alone."),
        _("People of imported years are not recognised, so they are never added to those here."),
    ]
    if any(year.parts for year in told.years):
        lines.append(_("A year told of some parts alone is no whole: nothing is compared with it."))
    if told.figures.value_halalas is not None:
        lines.append(
            _(
                "Imported values are added as they were told. Rates and averages are of this "
                "system alone."
            )
        )
    return [*lines, *without_value(told)]


def without_value(told: Earlier) -> list[str]:
    """How many of the hours that were told have none, where any do."""
    bare = told.unvalued_minutes
    return [_("Imported hours without a value: %(hours)s", hours=clock_hours(bare))] if bare else []


def of_ours(note: str) -> str:
    """What is said of a value, where that of earlier years is added to it."""
    return _("This system alone: %(note)s", note=note)
