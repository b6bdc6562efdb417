"""What a volunteer fills in around a scan: the number served, a forgotten end, a typed code."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from checkin.domain.codes import read_short_code
from checkin.models import Site
from checkin.operations.attendance.arrival import poster_of_typed
from checkin.web.fields import Counting, Form
from checkin.web.filters import plain_label
from checkin.web.record_words import REASONS

LEAVING_REASONS = {
    code: REASONS[code] for code in ("task_finished", "emergency", "supervisor_asked")
}
"""Why somebody leaves early; the code is kept with the scan."""


class CheckOutForm(Counting, Form):
    """Beneficiaries: typed or picked, an estimate, blank, or not applicable."""

    beneficiaries = StringField(
        _l("How many people did you help?"), description=_l("An estimate is fine")
    )
    not_applicable = BooleanField(_l("Doesn’t apply to my task"))
    reason = RadioField(
        choices=[SelectChoice(code, words) for code, words in LEAVING_REASONS.items()],
        validate_choice=False,
    )
    confirmed = HiddenField()

    @property
    def left_because(self) -> str:
        """The code of an early leaver's reason, if one was picked."""
        return self.reason.data if self.reason.data in LEAVING_REASONS else ""

    @property
    def count(self) -> int | None:
        """The number given; empty for blank, which is not zero."""
        return None if self.not_applicable.data else super().count


class ForgottenForm(Form):
    """The time of day at which a forgotten shift ended."""

    time = TimeField(_l("When did you finish?"), validators=[Optional()])


class CodeForm(Form):
    """The short code under a poster's picture, all of its 26 characters, or a screen's digits."""

    code = StringField(
        _l("Code on the poster or display"),
        description=_l("6 letters and digits, under the picture or beside it"),
    )
    poster: Any = None
    digits = ""

    def validate_code(self, field: Any) -> None:
        self.poster = poster_of_typed(field.data or "")
        self.digits = read_digits(field.data or "")
        if self.poster is None and not self.digits:
            raise ValidationError(_l("Code not recognised. Check it, or see the site supervisor"))


class DigitsForm(Form):
    """Six digits from a screen, and the site at which it stands."""

    site_id = RadioField(_l("Site"), coerce=int)
    digits = StringField(
        _l("Number code"),
        description=_l("6 digits beside the picture; they change every minute"),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"},
    )

    def __init__(self, sites: Iterable[Site], site_id: int | None, digits: str) -> None:
        choices = [SelectChoice(site.id, plain_label(site)) for site in sites]
        known = {choice.value for choice in choices}
        only = next(iter(known)) if len(known) == 1 else None
        super().__init__(data={"site_id": site_id if site_id in known else only, "digits": digits})
        self.site_id.choices = choices

    @property
    def read_digits(self) -> str:
        return read_digits(self.digits.data or "")

    def validate_digits(self, field: Any) -> None:
        if not self.read_digits:
            raise ValidationError(_l("Type the 6 digits"))


def read_digits(text: str) -> str:
    """Six digits as they are shown, typed in any script; empty for anything else."""
    code = read_short_code(text)
    return code if code and code.isdecimal() else ""
