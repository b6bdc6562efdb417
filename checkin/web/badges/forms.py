"""The form under a badge in hand: where it is read, in or out, and how many were served."""

import uuid

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from checkin.domain.errors import Problem
from checkin.domain.fold import Kind
from checkin.domain.plausibility import parse_count
from checkin.web.errors import sentence
from checkin.web.fields import Form, row_number


class ReadingForm(Form):
    uid = HiddenField()
    direction = HiddenField()
    site = SelectField(_l("Site"), coerce=row_number, validate_choice=False)
    beneficiaries = StringField(
        _l("Beneficiaries"), [Optional()], description=_l("Leave empty if you do not know")
    )

    @property
    def name(self) -> str:
        """The scan's id, made with the page; a fresh one where somebody wrote another thing."""
        try:
            return str(uuid.UUID(self.uid.data or ""))
        except ValueError:
            return str(uuid.uuid4())

    @property
    def kind(self) -> Kind | None:
        return Kind(self.direction.data) if self.direction.data in (Kind.IN, Kind.OUT) else None

    @property
    def count(self) -> int | None:
        return parse_count(self.beneficiaries.data)

    def validate_beneficiaries(self, field):
        try:
            parse_count(field.data)
        except Problem as problem:
            raise ValidationError(sentence(problem)) from problem
