"""What a coordinator fills in about a shift, in the site's local time."""

from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from checkin.operations import opportunities, sites
from checkin.operations.permissions import Reach
from checkin.operations.shifts import MOST_REPEATS, MOST_SEATS, ShiftPlan
from checkin.web.fields import (
    DateField,
    Form,
    Required,
    TimeField,
    choice_or_none,
    named,
    number_field,
)
from checkin.web.filters import plain_label

EVERYWHERE = Reach(everywhere=True)


class ShiftForm(Form):
    """For a new shift; `plan` offers what stands in the address or in the shift."""

    opportunity_id = SelectField(_l("Opportunity"), coerce=choice_or_none, validators=[Required()])
    site_id = SelectField(_l("Site"), coerce=choice_or_none, validators=[Required()])
    lane_id = SelectField(_l("Lane"), coerce=choice_or_none)
    day = DateField(_l("Day"), validators=[Required()])
    starts = TimeField(_l("Starts at"), validators=[Required()])
    ends = TimeField(
        _l("Ends at"), validators=[Required()], description=_l("Not after the start: the next day")
    )
    seats = number_field(_l("Volunteers needed"), 1, MOST_SEATS)
    days = number_field(_l("On how many days in a row?"), 1, MOST_REPEATS, default=1)

    def __init__(self, offered: dict[str, Any], kept: ShiftPlan | None = None) -> None:
        super().__init__(data={**offered, **(asdict(kept) if kept else {})})
        calls = opportunities.choosable(kept and kept.opportunity_id)
        self.opportunity_id.choices = named(calls, _("Choose"))
        places = sites.choosable(kept and kept.site_id)
        self.site_id.choices = named(places, _("Choose"))
        self.lane_id.choices = _lanes(kept)

    @property
    def plan(self) -> ShiftPlan:
        return ShiftPlan(
            opportunity_id=self.opportunity_id.data,
            site_id=self.site_id.data,
            lane_id=self.lane_id.data,
            day=self.day.data,
            starts=self.starts.data,
            ends=self.ends.data,
            seats=self.seats.data,
        )


class ChangedShiftForm(ShiftForm):
    """For a shift that is there; `row_version` is the one its reader saw."""

    row_version = HiddenField()
    days = None

    @property
    def seen_version(self) -> int:
        typed = self.row_version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _lanes(kept: ShiftPlan | None) -> list[SelectChoice]:
    """Every site's open lanes under its name; works without a script."""
    choices = [SelectChoice("", _("The site as a whole"))]
    for site in sites.all_sites(EVERYWHERE):
        for lane in site.lanes:
            offered = site.closed_at is None and lane.closed_at is None
            if offered or (kept and lane.id == kept.lane_id):
                choices.append(SelectChoice(lane.id, plain_label(lane), optgroup=plain_label(site)))
    return choices
