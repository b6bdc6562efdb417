"""What a coordinator fills in about templates, shifts made from them, and a shift's place."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import pgettext
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.validators import Optional, ValidationError

from checkin.domain.errors import Problem
from checkin.models import Shift, ShiftTemplate, Site
from checkin.operations import sites
from checkin.operations.plan.templates import TemplatePlan
from checkin.operations.shifts import MOST_SEATS, plan_of
from checkin.web.anchored import AnchoredEnds
from checkin.web.fields import (
    DateField,
    Form,
    Required,
    choice_or_none,
    name_field,
    named,
    number_field,
    planned_day,
    row_number,
)
from checkin.web.filters import date_short, plain_label, weekday
from checkin.web.opportunity_field import OpportunityField
from checkin.web.shifts_forms import lane_choices, version_in

USUAL_SEATS = 20
LONGEST_NAME = 80
MOST_WEEKS = 20


class TemplateForm(AnchoredEnds, Form):
    """A shift as it is planned again and again."""

    opportunity_id = OpportunityField(_l("Opportunity"))
    name_ar = name_field(_l("Name in Arabic"), LONGEST_NAME)
    name_en = name_field(_l("Name in English"), LONGEST_NAME, optional=True)
    seats = number_field(_l("Volunteers needed"), 1, MOST_SEATS, default=USUAL_SEATS)

    @property
    def plan(self) -> TemplatePlan:
        return TemplatePlan(
            name_ar=self.name_ar.data,
            name_en=self.name_en.data or "",
            opportunity_id=self.opportunity_id.data,
            starts=self.end("starts"),
            ends=self.end("ends"),
            seats=self.seats.data,
        )


class Several(SelectMultipleField):
    """Check rows of which at least one has to be ticked."""

    def pre_validate(self, form: Any) -> None:
        instead = form["lanes"].data if self.short_name == "sites" else None
        if not self.data and not instead:
            raise ValidationError(_("Choose at least one: %(field)s", field=self.label.text))
        super().pre_validate(form)


class AdditionForm(Form):
    """Which templates, at which sites, on which days of the week; perhaps in later weeks too."""

    templates = Several(_l("Templates"), coerce=row_number)
    sites = Several(_l("Sites"), coerce=row_number)
    lanes = SelectMultipleField(_l("Lanes"), coerce=row_number, validators=[Optional()])
    days = Several(_l("Days"))
    until = DateField(
        _l("Repeat every week until"),
        validators=[Optional()],
        description=_l("Empty: only in this week"),
    )

    def __init__(
        self,
        first: date,
        known: Sequence[ShiftTemplate],
        places: Sequence[Site],
        offered: dict[str, Any],
    ) -> None:
        super().__init__(data=offered)
        self.templates.choices = [(one.id, plain_label(one)) for one in known]
        self.sites.choices = [(site.id, plain_label(site)) for site in places]
        self.lanes.choices = [
            (lane.id, f"{plain_label(site)} · {plain_label(lane)}")
            for site in places
            for lane in site.lanes
            if lane.closed_at is None
        ]
        days = [first + timedelta(days=later) for later in range(7)]
        self.days.choices = [(day.isoformat(), _day_name(day)) for day in days]

    def validate_until(self, field: DateField) -> None:
        if field.data and self.days.data and field.data.isoformat() < min(self.days.data):
            raise ValidationError(_("The repeats end before the first day. Check both days"))

    @property
    def planned_days(self) -> list[date]:
        """The days ticked, in each week up to the last one; Problem `repeats_out_of_range`."""
        days = [planned_day(text) for text in self.days.data or []]
        last = self.until.data or max(days)
        if last - min(days) > timedelta(weeks=MOST_WEEKS):
            raise Problem("repeats_out_of_range", most=MOST_WEEKS * 7)
        weeks = range(MOST_WEEKS + 1)
        later = (day + timedelta(weeks=week) for week in weeks for day in days)
        return [day for day in later if day in days or day <= last]


def _day_name(day: date) -> str:
    return pgettext("date", "%(weekday)s %(date)s", weekday=weekday(day), date=date_short(day))


class PlaceForm(Form):
    """Where a shift takes place and on which day; `row_version` is the one its reader saw."""

    day = DateField(_l("Day"), validators=[Required()])
    site_id = SelectField(_l("Site"), coerce=choice_or_none, validators=[Required()])
    lane_id = SelectField(_l("Lane"), coerce=choice_or_none)
    row_version = HiddenField()

    def __init__(self, shift: Shift, offered: dict[str, Any]) -> None:
        kept = plan_of(shift)
        place = {"day": kept.day, "site_id": kept.site_id, "lane_id": kept.lane_id}
        super().__init__(data={**place, "row_version": shift.row_version, **offered})
        self.site_id.choices = named(sites.choosable(kept.site_id), _("Choose"))
        self.lane_id.choices = lane_choices(kept)

    @property
    def seen_version(self) -> int:
        return version_in(self.row_version)

    @property
    def place(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("day", "site_id", "lane_id")}
