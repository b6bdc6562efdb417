"""The forms of an entry by hand: why, in which shift, and when if not now."""

import uuid
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from checkin.domain.days import local_time
from checkin.operations.manual import REASONS as MANUAL_REASONS
from checkin.web.fields import Counting, Form, TimeField
from checkin.web.record_words import reason_choices


def own_id(text: str | None) -> str:
    """The id that the form was made with; nothing where somebody wrote another thing there."""
    try:
        return str(uuid.UUID(text or ""))
    except ValueError:
        return ""


class EntryForm(Form):
    uid = HiddenField(filters=[own_id])
    at = TimeField(_l("Time"), [Optional()], description=_l("Leave empty for now"))
    reason = RadioField(
        _l("Reason"),
        choices=reason_choices(MANUAL_REASONS),
        validate_choice=False,
        default=MANUAL_REASONS[0],
    )
    words = StringField(_l("In your words"), [Optional()])

    def instant(self, zone: str, now: datetime) -> datetime | None:
        """The stated time on the clock of the site, the latest one that is not in the future."""
        if self.at.data is None:
            return None
        here = local_time(now, zone)
        stated = here.replace(
            hour=self.at.data.hour, minute=self.at.data.minute, second=0, microsecond=0
        )
        return stated if stated <= here else stated - timedelta(days=1)


class CheckInForm(EntryForm):
    shift = SelectField(_l("Shift"), coerce=int)


class CheckOutForm(Counting, EntryForm):
    beneficiaries = StringField(_l("Beneficiaries"), [Optional()])
