"""What a coordinator fills in about a campaign."""

from flask_babel import lazy_gettext as _l

from checkin.operations.campaigns import CampaignPlan
from checkin.web.fields import Form, name_field


class CampaignForm(Form):
    name_ar = name_field(_l("Name in Arabic"), 160)
    name_en = name_field(_l("Name in English"), 160, optional=True)

    @property
    def plan(self) -> CampaignPlan:
        return CampaignPlan(name_ar=self.name_ar.data, name_en=self.name_en.data or "")
