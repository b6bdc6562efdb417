"""The forms of an entry by hand: why, in which shift, and when if not now."""

import uuid
from datetime import UTC, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from checkin.domain.days import local_time
from checkin.operations.correcting import REASONS as CORRECTION_REASONS
from checkin.operations.manual import LEAVING_REASONS, MOVE_REASONS
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


class Shown(Form):
    """Acts on the record as it was shown; what is empty was sent by somebody else's form."""

    uid = HiddenField(filters=[own_id])
    version = HiddenField()

    @property
    def row_version(self) -> int | None:
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else None


class CheckOutForm(Counting, EntryForm, Shown):
    reason = RadioField(
        _l("Reason"),
        choices=reason_choices(LEAVING_REASONS),
        validate_choice=False,
        default=LEAVING_REASONS[0],
    )
    beneficiaries = StringField(_l("Beneficiaries"), [Optional()])


class CorrectForm(Shown):
    """A time to press, or one of the ends and a time of day; both at most by a tampered form."""

    reason = RadioField(
        _l("Reason"),
        choices=reason_choices(CORRECTION_REASONS),
        validate_choice=False,
        default=CORRECTION_REASONS[0],
    )
    end = RadioField(_l("What to correct"), validate_choice=False)
    at = TimeField(_l("Time"), [Optional()])
    words = StringField(_l("In your words"), [Optional()])


class MoveForm(Shown):
    reason = RadioField(
        _l("Reason"),
        choices=reason_choices(MOVE_REASONS),
        validate_choice=False,
        default=MOVE_REASONS[0],
    )
    words = StringField(_l("In your words"), [Optional()])


class NoteForm(Shown):
    words = TextAreaField(_l("Note"))


def nearest(said: time, near: datetime, zone: str) -> datetime:
    """The instant on the site's clock that a time of day means, closest to another instant."""
    here = local_time(near, zone)
    at = here.replace(hour=said.hour, minute=said.minute, second=0, microsecond=0)
    tries = (at + timedelta(days=step) for step in (-1, 0, 1))
    return min(tries, key=lambda one: abs(one - here)).astimezone(UTC)
