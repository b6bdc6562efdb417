"""What a coordinator fills in about an opportunity."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import Optional

from checkin.domain.text import clean_text
from checkin.models import Opportunity
from checkin.operations import campaigns, partners, services, settings
from checkin.operations.opportunities import (
    LONGEST_ABOUT,
    LONGEST_CAP,
    MOST_LATE_MINUTES,
    MOST_OPENS_MINUTES,
    MOST_VALID_DAYS,
    OLDEST,
    SHORTEST_CAP,
    YOUNGEST,
    OpportunityPlan,
    courses,
)
from checkin.web.fields import (
    Cleaned,
    Form,
    choice_or_none,
    name_field,
    named,
    number_field,
    worded,
)

KINDS = {
    "service": _l("Service (counts volunteer hours)"),
    "course": _l("Course (counts attendance only)"),
    "meeting": _l("Meeting (counts attendance only)"),
}
TYPES = {
    "general": _l("General"),
    "skilled": _l("Skilled"),
    "professional": _l("Professional"),
}


GENDERS = {"": _l("Everybody"), "woman": _l("Women"), "man": _l("Men")}


SHORT_KINDS = {"service": _l("Service"), "course": _l("Course"), "meeting": _l("Meeting")}


def _about(label: Any) -> TextAreaField:
    """Some lines that volunteers read."""
    clean = Cleaned(lambda typed: clean_text(typed, LONGEST_ABOUT))
    return TextAreaField(label, validators=[Optional(), clean], render_kw={"rows": 4})


class OpportunityForm(Form):
    kind = RadioField(_l("Kind"), choices=worded(KINDS), default="service")
    name_ar = name_field(_l("Name in Arabic"), 160)
    name_en = name_field(_l("Name in English"), 160, optional=True)
    service_id = SelectField(
        _l("Service"), coerce=choice_or_none, description=_l("Leave empty for courses and meetings")
    )
    campaign_id = SelectField(_l("Campaign"), coerce=choice_or_none)
    partner_id = SelectField(_l("Host partner"), coerce=choice_or_none)
    type = RadioField(_l("Type of volunteering"), choices=worded(TYPES), default="general")
    about_ar = _about(_l("What it is about, in Arabic"))
    about_en = _about(_l("What it is about, in English"))
    is_open = BooleanField(
        _l("Volunteers find it and join by themselves"),
        description=_l("Anybody can read its page; its shifts are listed once they are published"),
    )
    has_waiting_list = BooleanField(
        _l("With a waiting list"),
        default=True,
        description=_l("Free seats go to those who wait, in order, and they are told"),
    )
    gender = RadioField(_l("For whom"), choices=worded(GENDERS), default="")
    minimum_age = number_field(_l("From the age of"), *(YOUNGEST, OLDEST), optional=True)
    walk_ins = BooleanField(
        _l("Volunteers who are not on the roster may join"),
        description=_l("They confirm once on their phone, while seats are free"),
    )
    opens_minutes = number_field(
        _l("Check-in opens, minutes before the start"), 0, MOST_OPENS_MINUTES
    )
    late_minutes = number_field(
        _l("Check-in closes, minutes after the start"),
        *(0, MOST_LATE_MINUTES),
        optional=True,
        description=_l("Empty: at the end of the shift"),
    )
    most_minutes = number_field(
        _l("Credited for one attendance, minutes at most"),
        *(SHORTEST_CAP, LONGEST_CAP),
        optional=True,
        description=_l("Empty: all that was served in the shift. Holds for check-ins from now on"),
    )

    requires_id = SelectField(
        _l("Course to attend before"),
        coerce=choice_or_none,
        description=_l("Whoever has not attended it is told, and never refused"),
    )
    valid_days = number_field(
        _l("A course is valid for, in days"),
        *(1, MOST_VALID_DAYS),
        optional=True,
        description=_l("Empty: for ever. Only for courses"),
    )

    def __init__(self, opportunity: Opportunity | None = None) -> None:
        proposed = {"opens_minutes": settings.value("opens_minutes")}
        super().__init__(obj=opportunity, data=None if opportunity else proposed)
        self.gender.data = self.gender.data or ""
        kept = opportunity
        self.service_id.choices = named(services.choosable(kept and kept.service_id), _("Choose"))
        self.campaign_id.choices = named(campaigns.choosable(kept and kept.campaign_id), _("None"))
        self.partner_id.choices = named(partners.choosable(kept and kept.partner_id), _("None"))
        offered = courses(kept and kept.requires_id)
        others = [one for one in offered if kept is None or one.id != kept.id]
        self.requires_id.choices = named(others, _("None"))

    @property
    def plan(self) -> OpportunityPlan:
        served = self.kind.data == "service"
        return OpportunityPlan(
            kind=self.kind.data,
            name_ar=self.name_ar.data,
            name_en=self.name_en.data or "",
            service_id=self.service_id.data if served else None,
            campaign_id=self.campaign_id.data,
            partner_id=self.partner_id.data,
            type=self.type.data,
            walk_ins=self.walk_ins.data,
            opens_minutes=self.opens_minutes.data,
            late_minutes=self.late_minutes.data,
            requires_id=self.requires_id.data,
            valid_days=self.valid_days.data,
            is_open=self.is_open.data,
            has_waiting_list=self.has_waiting_list.data,
            gender=self.gender.data or None,
            minimum_age=self.minimum_age.data,
            most_minutes=self.most_minutes.data,
            about_ar=self.about_ar.data or "",
            about_en=self.about_en.data or "",
        )
