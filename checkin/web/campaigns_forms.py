"""What a coordinator fills in about a campaign."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from checkin.operations.campaigns import CampaignPlan
from checkin.web.fields import DateField, Form, name_field


class CampaignForm(Form):
    name_ar = name_field(_l("Name in Arabic"), 160)
    name_en = name_field(_l("Name in English"), 160, optional=True)
    from_on = DateField(_l("First day"), [Optional()])
    until_on = DateField(_l("Last day"), [Optional()])

    @property
    def plan(self) -> CampaignPlan:
        return CampaignPlan(
            name_ar=self.name_ar.data,
            name_en=self.name_en.data or "",
            from_on=_said(self.from_on),
            until_on=_said(self.until_on),
        )


def _said(field: DateField) -> date | None:
    """A field that was emptied is no day, whatever was kept before."""
    return field.data if any(field.raw_data or ()) else None
