"""What a coordinator fills in about a partner."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from checkin.operations.partners import PartnerPlan
from checkin.web.fields import Form, name_field, worded

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

    @property
    def plan(self) -> PartnerPlan:
        return PartnerPlan(
            name_ar=self.name_ar.data, name_en=self.name_en.data or "", kind=self.kind.data
        )
