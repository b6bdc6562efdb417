"""What is chosen for a report, and the name it is kept under."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField

from checkin.models import SavedReport
from checkin.operations.permissions import Reach
from checkin.operations.reports import LONGEST_NAME, Naming
from checkin.web.fields import DateField, Form, name_field
from checkin.web.figures import choosing
from checkin.web.figures.earlier import is_offered
from checkin.web.figures.narrowing import NARROWER
from checkin.web.figures.periods import latest_day
from checkin.web.figures.report_asked import Asked, figures_asked
from checkin.web.figures.report_days import OTHER_DAYS, Stretch, offered
from checkin.web.figures.report_words import DIMENSIONS, FIGURES, USUAL


class ReportForm(Form):
    """A form that is looked at and changes nothing: its answer is an address."""

    class Meta(Form.Meta):
        csrf = False

    by = SelectField(_l("Report by"))
    then = SelectField(_l("Then by"))
    period = SelectField(_l("Period"))
    from_ = DateField(_l("From day"), name="from")
    until = DateField(_l("Until day"))
    site = SelectField(_l("Site"))
    lane = SelectField(_l("Lane"))
    service = SelectField(_l("Service"))
    type = SelectField(_l("Type of volunteering"))
    opportunity = SelectField(_l("Opportunity"))
    campaign = SelectField(_l("Campaign"))
    partner = SelectField(_l("Partner"))
    team = SelectField(_l("Team"))
    gender = SelectField(_l("Gender"))
    show = SelectMultipleField(_l("Figures"))
    past = BooleanField(_l("With earlier years"))

    def __init__(self, reach: Reach, today: date, asked: Asked | None, *, again: bool) -> None:
        """With what is shown, else with the latest year of hours, or `again` with what was sent."""
        said = _sent() if again else _said(asked, reach, today)
        super().__init__(formdata=request.args if again else None, data=said)
        self._offer(reach, today, asked, said)
        if not is_offered(reach):
            del self.past
        if again:
            self.show.data = list(figures_asked())
        for one in self:
            if one.name in (*NARROWER, "then", "period") and one.data is None:
                one.data = ""

    @property
    def narrower(self) -> list[Any]:
        """The fields that narrow it, save those with nothing to choose."""
        return [self[name] for name in NARROWER if len(self[name].choices) > 1]

    @property
    def is_narrowed(self) -> bool:
        return any(self[name].data for name in NARROWER)

    @property
    def was(self) -> str:
        """The days it came with, to tell whether they were changed."""
        return f"{self.from_._value()} {self.until._value()}"

    def _offer(
        self, reach: Reach, today: date, asked: Asked | None, said: Mapping[str, Any]
    ) -> None:
        self.by.choices = list(DIMENSIONS.items())
        self.then.choices = [("", _("Nothing further")), *DIMENSIONS.items()]
        days = asked.days if asked else Stretch()
        none = {_("Any time"): [("", _("All years")), (OTHER_DAYS, _("The days below"))]}
        self.period.choices = {**none, **offered(reach, today, days)}
        for name in NARROWER:
            blank = ("", choosing.ANY[name])
            self[name].choices = [blank, *choosing.options(name, reach, said.get(name) or "")]
        self.show.choices = [(key, figure.heading) for key, figure in FIGURES.items()]


def _said(asked: Asked | None, reach: Reach, today: date) -> dict[str, Any]:
    if asked is None:
        year = str(latest_day(reach, today).year)
        return {"by": "site", "then": "month", "period": year, "show": list(USUAL)}
    days = asked.days
    any_days = {"from_": days.first, "until": days.last} if not days.key else {}
    period = days.key or (OTHER_DAYS if days.first else "")
    how = {"show": list(asked.figures), "past": asked.with_earlier}
    return {**asked.address, **any_days, "period": period, **how}


def _sent() -> dict[str, Any]:
    return request.args.to_dict()


class NamingForm(Form):
    """What a report is called."""

    name = name_field(_l("Name of the report"), LONGEST_NAME)
    is_shared = BooleanField(
        _l("Everybody who sees figures finds it"),
        description=_l("Each reader sees in it only what they may see."),
    )

    def __init__(self, may_share: bool, row: SavedReport | None = None, name: str = "") -> None:
        super().__init__(obj=row, data=None if row else {"name": name})
        if not may_share:
            del self.is_shared

    @property
    def naming(self) -> Naming:
        shared = bool(self.is_shared.data) if "is_shared" in self else False
        return Naming(self.name.data, shared)
