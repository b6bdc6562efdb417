"""What a coordinator fills in about a shift, in the site's local time."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from checkin.domain.days import repeated
from checkin.domain.errors import Problem
from checkin.operations import sites
from checkin.operations.permissions import Reach
from checkin.operations.shifts import MOST_REPEATS, MOST_SEATS, ShiftPlan
from checkin.web.anchored import AnchoredEnds, filled
from checkin.web.fields import (
    DateField,
    Form,
    Required,
    choice_or_none,
    named,
    number_field,
)
from checkin.web.filters import plain_label, weekday
from checkin.web.opportunity_field import OpportunityField

A_WEEK = [date(2026, 11, 22) + timedelta(days=later) for later in range(7)]
"""Any week from its Sunday, for the names of its days."""
FURTHEST = 7 * MOST_REPEATS
EVERYWHERE = Reach(everywhere=True)


class ShiftForm(AnchoredEnds, Form):
    """For a new shift; `plan` offers what stands in the address or in the shift."""

    opportunity_id = OpportunityField(_l("Opportunity"))
    site_id = SelectField(_l("Site"), coerce=choice_or_none, validators=[Required()])
    lane_id = SelectField(_l("Lane"), coerce=choice_or_none)
    day = DateField(_l("Day"), validators=[Required()])
    seats = number_field(_l("Volunteers needed"), 1, MOST_SEATS)
    until = DateField(
        _l("Repeat until"),
        validators=[Optional()],
        description=_l("Empty: only on this day"),
    )
    weekdays = SelectMultipleField(
        _l("On these weekdays"),
        coerce=int,
        validators=[Optional()],
        description=_l("None ticked: every day"),
    )
    is_draft = BooleanField(_l("Keep as a draft until it is published"))

    def __init__(self, offered: dict[str, Any], kept: ShiftPlan | None = None) -> None:
        super().__init__(data={**offered, **(_said(kept) if kept else {})})
        places = sites.choosable(kept and kept.site_id)
        self.site_id.choices = named(places, _("Choose"))
        self.lane_id.choices = lane_choices(kept)
        if self.weekdays is not None:
            self.weekdays.choices = [(day.isoweekday(), weekday(day)) for day in A_WEEK]

    def validate_until(self, field: DateField) -> None:
        if field.data and self.day.data and field.data < self.day.data:
            raise ValidationError(_("The repeats end before the first day. Check both days"))

    @property
    def plan(self) -> ShiftPlan:
        return ShiftPlan(
            opportunity_id=self.opportunity_id.data,
            site_id=self.site_id.data,
            lane_id=self.lane_id.data,
            day=self.day.data,
            starts=self.end("starts"),
            ends=self.end("ends"),
            seats=self.seats.data,
        )

    @property
    def planned_days(self) -> list[date]:
        """The day and its repeats; Problem `repeats_out_of_range` before there are too many."""
        last = self.until.data or self.day.data
        if (last - self.day.data).days > FURTHEST:
            raise Problem("repeats_out_of_range", most=MOST_REPEATS)
        return repeated(self.day.data, last, self.weekdays.data or ())


class ChangedShiftForm(ShiftForm):
    """For a shift that is there; `row_version` is the one its reader saw."""

    row_version = HiddenField()
    until = weekdays = is_draft = None

    @property
    def seen_version(self) -> int:
        return version_in(self.row_version)


def version_in(field: HiddenField) -> int:
    """The row version a form was drawn with; 0, which none has, for any other text."""
    typed = str(field.data or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _said(kept: ShiftPlan) -> dict[str, Any]:
    plain = {name: getattr(kept, name) for name in ("opportunity_id", "site_id", "lane_id")}
    return {**plain, "day": kept.day, "seats": kept.seats, **filled(kept.starts, kept.ends)}


def lane_choices(kept: ShiftPlan | None) -> list[SelectChoice]:
    """Every site's open lanes, with its name also where one is chosen; works without a script."""
    choices = [SelectChoice("", _("The site as a whole"))]
    for site in sites.all_sites(EVERYWHERE):
        for lane in site.lanes:
            offered = site.closed_at is None and lane.closed_at is None
            if offered or (kept and lane.id == kept.lane_id):
                named = f"{plain_label(site)} · {plain_label(lane)}"
                choices.append(SelectChoice(lane.id, named))
    return choices
