"""What is filled in about a group: who came, the names one by one, and a list of many."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from checkin.domain.days import local_time
from checkin.domain.errors import Problem
from checkin.models import Partner, Shift, Team
from checkin.operations.groups import MOST, Named
from checkin.operations.mobiles import normal_mobile
from checkin.web.fields import Cleaned, Form, Required, TimeField, name_field, number_field
from checkin.web.filters import plain_label, time_range

PARTNER, TEAM = "partner", "team"


def own_id(text: str | None) -> str:
    """The id that the form was made with; nothing where somebody wrote another thing there."""
    try:
        return str(uuid.UUID(text or ""))
    except ValueError:
        return ""


class TimedForm(Form):
    at = TimeField(_l("Time"), [Optional()], description=_l("Leave empty for now"))

    def instant(self, zone: str, now: datetime) -> datetime | None:
        """The stated time on the clock of the site, the latest one that is not in the future."""
        if self.at.data is None:
            return None
        here = local_time(now, zone)
        stated = here.replace(
            hour=self.at.data.hour, minute=self.at.data.minute, second=0, microsecond=0
        )
        return stated if stated <= here else stated - timedelta(days=1)


class GroupForm(TimedForm):
    """Who came; the leader is chosen among those found."""

    uid = HiddenField(filters=[own_id])
    shift = SelectField(_l("Shift"), coerce=int)
    body = SelectField(_l("Partner or team"))
    headcount = number_field(_l("How many people, the leader included"), 1, MOST)

    def offer(self, shifts: Iterable[Shift], partners: Any, teams: Any) -> None:
        """What there is to choose from."""
        self.shift.choices = [SelectChoice(one.id, _shift_words(one)) for one in shifts]
        self.body.choices = [
            SelectChoice("", _("Neither")),
            *_bodies(PARTNER, partners),
            *_bodies(TEAM, teams),
        ]

    @property
    def body_ids(self) -> dict[str, int]:
        """As an arrival takes it: the id of the partner or of the team."""
        kind, _dash, number = (self.body.data or "").partition("-")
        return {f"{kind}_id": int(number)} if number else {}


def _bodies(kind: str, bodies: Iterable[Partner | Team]) -> list[SelectChoice]:
    return [SelectChoice(f"{kind}-{one.id}", plain_label(one)) for one in bodies]


def _shift_words(shift: Shift) -> str:
    times = time_range(shift.starts_at, shift.ends_at, shift.site.zone)
    lane = f" · {plain_label(shift.lane)}" if shift.lane else ""
    return f"{plain_label(shift.opportunity)}{lane} · {times}"


class HeadcountForm(Form):
    headcount = number_field(_l("How many people, the leader included"), 1, MOST)


def _any_mobile(typed: str) -> str:
    return normal_mobile(typed, foreign=True)


class NameForm(Form):
    """One person: the name, the mobile, and of somebody under 18 the guardian's too."""

    name = name_field(_l("Full name as on your ID, Iqama or passport"))
    mobile = TelField(_l("Mobile"), [Required(), Cleaned(_any_mobile)])
    is_minor = BooleanField(_l("Under 18"))
    guardian_mobile = TelField(_l("Guardian’s mobile (under 18)"))

    @property
    def named(self) -> Named:
        """Problem `guardian_missing` or `mobile_invalid` of the guardian's."""
        return Named(
            name=self.name.data or "", mobile=self.mobile.data, guardian_mobile=self._guardian()
        )

    def _guardian(self) -> str | None:
        if not self.is_minor.data:
            return None
        typed = (self.guardian_mobile.data or "").strip()
        if not typed:
            raise Problem("guardian_missing")
        return _any_mobile(typed)


class ListForm(Form):
    people = TextAreaField(
        _l("One person a line: name, mobile"),
        validators=[Required()],
        description=_l("Under 18, add the guardian’s mobile behind it"),
    )
