"""The forms of one record: other minutes, a rejection, and words for coordinators' acts."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from checkin.operations.approvals import ADJUST_REASONS, REJECT_REASONS
from checkin.web.fields import Counting, Form, IntegerField, TimeField
from checkin.web.record_words import reason_choices


class VersionedForm(Form):
    """Acts on the record as it was shown, and on no newer one."""

    version = HiddenField()

    @property
    def row_version(self) -> int:
        """The version shown; one that no record has when the field was tampered with."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class AdjustForm(Counting, VersionedForm):
    """Other minutes, either as such or from the times of day between which somebody worked."""

    how = RadioField(
        _l("Change"),
        choices=[SelectChoice("times", _l("By times")), SelectChoice("length", _l("By length"))],
        validate_choice=False,
    )
    begins = TimeField(_l("Check-in"))
    ends = TimeField(_l("Check-out"))
    hours = IntegerField(_l("Hours"))
    minutes = IntegerField(_l("Minutes"))
    beneficiaries = StringField(_l("Beneficiaries"), [Optional()])
    reason = RadioField(
        _l("Reason for the change"),
        choices=reason_choices(ADJUST_REASONS),
        validate_choice=False,
    )
    words = StringField(_l("In your words"), [Optional()])

    @property
    def is_by_times(self) -> bool:
        return self.how.data == "times"

    @property
    def total_minutes(self) -> int:
        return (self.hours.data or 0) * 60 + (self.minutes.data or 0)

    def validate_begins(self, _field):
        self._needs_time(self.begins)

    def validate_ends(self, _field):
        self._needs_time(self.ends)

    def _needs_time(self, field):
        if self.is_by_times and field.data is None:
            raise ValidationError(_l("Enter a time, like 16:30"))

    def validate_minutes(self, field):
        if not 0 <= (field.data or 0) < 60:
            raise ValidationError(_l("Enter minutes from 0 to 59"))


class RejectForm(VersionedForm):
    reason = RadioField(
        _l("Reason (the volunteer will see it)"),
        choices=reason_choices(REJECT_REASONS),
        validate_choice=False,
    )
    words = StringField(_l("In your words"), [Optional()])


class AskForm(VersionedForm):
    words = TextAreaField(_l("Your question (the volunteer answers on the phone)"))


class WordsForm(VersionedForm):
    """For refusing a proposal, reopening and setting aside."""

    words = TextAreaField(_l("Reason"))
