"""The form under a badge in hand: where it is read, in or out, and how many were served."""

import uuid

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import Optional

from checkin.domain.fold import Kind
from checkin.web.fields import Counting, Form, row_number


class ReadingForm(Counting, Form):
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
