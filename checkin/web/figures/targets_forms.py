"""What a coordinator fills in about a target."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from checkin.models import Target
from checkin.operations import targets
from checkin.operations.figures import spans
from checkin.operations.figures.spans import Span
from checkin.operations.targets import ALL, MOST, TargetPlan
from checkin.web.fields import Form, number_field
from checkin.web.figures.periods import name_of
from checkin.web.filters import plain_label

FIGURE_NAMES: dict[str, Any] = {
    "hours": _l("Approved volunteer hours"),
    "volunteers": _l("Volunteers"),
    "opportunities": _l("Opportunities with volunteers"),
    "beneficiaries": _l("Beneficiaries"),
    "attendances": _l("Approved records"),
    "courses": _l("Course and meeting attendance"),
    "value": _l("Economic return (SAR)"),
}
SCOPE_NAMES: dict[str, Any] = {
    "partner": _l("Partners"),
    "site": _l("Sites"),
    "team": _l("Teams"),
    "campaign": _l("Campaigns"),
}
YEARS_BACK, YEARS_AHEAD = 7, 2


class TargetForm(Form):
    figure = SelectField(_l("Figure"), choices=lambda: list(FIGURE_NAMES.items()))
    period = SelectField(_l("Year"))
    whom = SelectField(_l("Whose"))
    amount = number_field(
        _l("Target"),
        *(1, MOST),
        description=_l(
            "For the whole year, in hours, riyals or a number. Time at courses does not count as "
            "hours"
        ),
    )
    row_version = HiddenField()

    def __init__(self, today: date, target: Target | None = None) -> None:
        whom = f"{target.scope}-{target.key}" if target else None
        super().__init__(obj=target, data={"whom": whom} if whom else None)
        self.period.choices = [(span.key, name_of(span)) for span in _years(today, target)]
        self.whom.choices = _whom()
        if not self.is_submitted() and target is None:
            self.period.data = str(today.year)

    @property
    def plan(self) -> TargetPlan:
        scope, _dash, key = self.whom.data.partition("-")
        return TargetPlan(
            figure=self.figure.data,
            period=self.period.data,
            scope=scope,
            key=int(key),
            amount=self.amount.data,
        )

    @property
    def version(self) -> int:
        """Of the target as it was shown; 0, which is none, for what is no number."""
        text = self.row_version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _years(today: date, target: Target | None) -> Iterator[Span]:
    """Years of both calendars around today, and the one that was set."""
    _month, year, *hijri = spans.around(today)
    offered = [
        Span(one.year + more, hijri=one.hijri)
        for one in (year, *hijri[1:])
        for more in range(YEARS_AHEAD, -YEARS_BACK - 1, -1)
    ]
    yield from offered
    own = spans.of_key(target.period) if target else None
    if own and own not in offered:
        yield own


def _whom() -> dict[str, list[tuple[str, str]]]:
    """Everybody, then partners, sites, teams and campaigns, each in a group."""
    groups = {_("Everybody"): [(f"{ALL}-0", _("Everybody"))]}
    for scope, name in SCOPE_NAMES.items():
        rows = targets.choosable(scope)
        groups[str(name)] = [(f"{scope}-{row.id}", plain_label(row)) for row in rows]
    return {name: options for name, options in groups.items() if options}
