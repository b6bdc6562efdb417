"""What a coordinator fills in about a site and its lanes."""

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from checkin.models import Site
from checkin.operations.sites import ZONES, SitePlan
from checkin.web.fields import Form, name_field, phone_field, worded

CODE_MODES = {"poster": _l("Printed poster: one tap to confirm")}


class SiteForm(Form):
    name_ar = name_field(_l("Name in Arabic"))
    name_en = name_field(_l("Name in English"))
    phone = phone_field(
        _l("Telephone of the site"), description=_l("Shown to volunteers who need help")
    )
    code_mode = RadioField(_l("Check-in code"), choices=worded(CODE_MODES), default="poster")
    zone = SelectField(_l("Time zone"))

    def __init__(self, site: Site | None = None) -> None:
        super().__init__(obj=site)
        self.zone.choices = worded({zone: zone_name(zone) for zone in ZONES})

    @property
    def plan(self) -> SitePlan:
        return SitePlan(
            name_ar=self.name_ar.data,
            name_en=self.name_en.data,
            zone=self.zone.data,
            code_mode=self.code_mode.data,
            phone=self.phone.data,
        )


class LaneForm(Form):
    name_ar = name_field(_l("Name in Arabic"), 60)
    name_en = name_field(_l("Name in English"), 60, optional=True)


def zone_name(zone: str) -> str:
    """The city a time zone is named after, in the reader's language where Babel knows it."""
    locale: Locale = get_locale() or Locale("ar")
    known = locale.time_zones.get(zone, {}).get("city")
    return known or zone.rpartition("/")[2].replace("_", " ")
