"""What an administrator fills in about a rate: amounts in riyals, in any digits."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import Optional, ValidationError

from checkin.domain.errors import Problem
from checkin.domain.money import MOST_PER_HOUR, USUAL_PER_HOUR, is_unusual, parse_amount
from checkin.operations.rates import LONGEST_SOURCE, RatePlan
from checkin.web import errors, value_words
from checkin.web.fields import DateField, Form, Required, note_field, worded
from checkin.web.opportunities_forms import TYPES

errors.sentences(amount_unreadable=_l("Enter an amount in riyals, like 21.67"))


class DecimalField(wtforms.StringField):
    """Riyals as they are typed; `halalas` is what they are."""

    halalas: int | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.halalas = parse_amount(valuelist[0])
        except Problem as problem:
            raise ValueError(errors.sentence(problem)) from problem


class RateForm(Form):
    type = RadioField(_l("Type of volunteering"), choices=worded(TYPES), default="general")
    from_on = DateField(
        _l("For work from this day on"),
        validators=[Required()],
        description=_l("What is approved already keeps its value."),
    )
    per_hour = DecimalField(_l("Riyals an hour"), validators=[Required()])
    low = DecimalField(
        _l("Riyals an hour at least"),
        validators=[Optional()],
        description=_l("If others would say less or more: the range."),
    )
    looked_at = wtforms.HiddenField()
    """The unusual amount that was asked about, in halalas; sent again, it is meant."""
    high = DecimalField(_l("Riyals an hour at most"), validators=[Optional()])
    source = note_field(
        _l("Where the figure comes from"),
        LONGEST_SOURCE,
        description=_l("Such as a decision of the board with its date, or a published study."),
    )

    def validate_per_hour(self, field: DecimalField) -> None:
        """An amount that was never published is asked about once, and never refused."""
        halalas = field.halalas or 0
        if not 1 <= halalas <= MOST_PER_HOUR or not is_unusual(halalas):
            return
        asked, self.looked_at.data = self.looked_at.data, str(halalas)
        if asked != self.looked_at.data:
            least, most = map(value_words.amount, USUAL_PER_HOUR)
            raise ValidationError(
                _(
                    "That is SAR %(amount)s an hour. Published figures lie between SAR %(least)s "
                    "and SAR %(most)s. Check the amount; sent again as it is, it is set",
                    amount=value_words.amount(halalas),
                    least=least,
                    most=most,
                )
            )

    @property
    def plan(self) -> RatePlan:
        given: dict[str, Any] = {"type": self.type.data, "from_on": self.from_on.data}
        return RatePlan(
            **given,
            halalas_per_hour=self.per_hour.halalas or 0,
            source=self.source.data,
            low_halalas=self.low.halalas,
            high_halalas=self.high.halalas,
        )


class LosingForm(Form):
    """Asked where approvals would have no value any more."""

    meant = BooleanField(_l("It is meant: these hours will have no value"))

    def validate_meant(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(
                _("Some hours would lose their value. Set their rate first, or say it is meant")
            )
