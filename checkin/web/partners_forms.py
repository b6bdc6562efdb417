"""What a coordinator fills in about a partner."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from checkin.operations.partners import PartnerPlan
from checkin.web.fields import (
    DateField,
    Form,
    Required,
    email_field,
    name_field,
    phone_field,
    worded,
)

KINDS = {
    "education": _l("Education"),
    "health": _l("Health"),
    "charity": _l("Charity"),
    "scouts": _l("Scouts"),
    "government": _l("Government"),
    "company": _l("Company"),
}


class PartnerForm(Form):
    name_ar = name_field(_l("Name in Arabic"), 160)
    name_en = name_field(_l("Name in English"), 160, optional=True)
    kind = RadioField(_l("Kind"), choices=worded(KINDS), default="charity")
    contact_name = name_field(_l("Whom to talk to"), optional=True)
    contact_mobile = phone_field(_l("Their telephone"))
    contact_email = email_field(_l("Their e-mail"))

    @property
    def plan(self) -> PartnerPlan:
        return PartnerPlan(
            name_ar=self.name_ar.data,
            name_en=self.name_en.data or "",
            kind=self.kind.data,
            contact_name=self.contact_name.data or "",
            contact_mobile=self.contact_mobile.data,
            contact_email=self.contact_email.data,
        )


class MembershipForm(Form):
    """From which day somebody belongs to a partner, or no longer does."""

    from_on = DateField(_l("From"), validators=[Required()])
