"""What a coordinator fills in about a site and its lanes."""

from collections.abc import Callable
from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from checkin.domain.errors import Problem
from checkin.domain.places import RADIUS_M, read_point, write_point
from checkin.domain.quiet import read_windows, write_windows
from checkin.models import Site
from checkin.operations import settings
from checkin.operations.sites import (
    MOST_AROUND,
    ZONES,
    Around,
    SitePlan,
    around_prayers_of,
    point_of,
    windows_of,
)
from checkin.web import errors
from checkin.web.fields import Form, name_field, number_field, phone_field, worded

errors.sentences(
    window_unreadable=_l("“%(text)s” is not a time window. Write it like 12:10–12:45"),
    window_reversed=_l(
        "“%(text)s” would be most of a day. Write the beginning first, like 12:10–12:45"
    ),
    windows_overlap=_l("Two of these times overlap. Write them as one"),
    too_many_windows=_l("No more than %(most)s time windows can be kept"),
    code_mode_unknown=_l("Choose how people check in"),
    around_out_of_range=_l("Enter at most %(most)s minutes around prayers"),
    point_unreadable=_l("Write the point as maps show it, like 21.42249, 39.82619"),
)

CODE_MODES = {
    "poster": _l("Poster or display"),
    "rotating": _l("Display; check-ins by a poster are reviewed"),
}


class SiteForm(Form):
    name_ar = name_field(_l("Name in Arabic"))
    name_en = name_field(_l("Name in English"))
    phone = phone_field(
        _l("Telephone of the site"), description=_l("Shown to volunteers who need help")
    )
    code_mode = RadioField(_l("Check-in code"), choices=worded(CODE_MODES), default="poster")
    zone = SelectField(_l("Time zone"))
    quiet = TextAreaField(
        _l("Times without messages"),
        validators=[Optional()],
        description=_l(
            "At night, for example. One on each line, like 12:10–12:45. "
            "Blank: those of the organisation’s settings, if any"
        ),
    )
    quiet_before = number_field(
        _l("No messages before a prayer, in minutes"), 0, MOST_AROUND, optional=True
    )
    quiet_after = number_field(
        _l("No messages after a prayer has begun, in minutes"),
        *(0, MOST_AROUND),
        optional=True,
        description=_l(
            "Around all five prayers, by the table of prayer times. Both blank: as in the "
            "organisation’s settings; both 0: messages go on"
        ),
    )
    point = StringField(
        _l("Point on the map"),
        validators=[Optional()],
        description=_l(
            "Only if phones shall be asked at check-in how far away they are. "
            "The distance is rounded and never stops anybody. Copy it from a map, "
            "like 21.42249, 39.82619"
        ),
    )
    radius = number_field(
        _l("Reach of the site in metres"),
        50,
        20_000,
        optional=True,
        description=_l("Blank: %(number)s m", number=RADIUS_M),
    )

    def __init__(self, site: Site | None = None) -> None:
        kept: dict[str, object] = {"zone": settings.value("zone")}
        if site is not None:
            point, around = point_of(site), around_prayers_of(site.quiet_windows)
            kept = {
                "quiet": write_windows(windows_of(site.quiet_windows)),
                "quiet_before": around[0] if around else None,
                "quiet_after": around[1] if around else None,
                "point": write_point(point) if point else "",
                "radius": site.radius_m,
            }
        super().__init__(obj=site, data=kept)
        self.zone.choices = worded({zone: zone_name(zone) for zone in ZONES})

    @property
    def plan(self) -> SitePlan:
        return SitePlan(
            name_ar=self.name_ar.data,
            name_en=self.name_en.data,
            zone=self.zone.data,
            code_mode=self.code_mode.data,
            phone=self.phone.data,
            quiet_windows=tuple(read_windows(self.quiet.data or "")),
            around_prayers=self._around,
            point=read_point(self.point.data or ""),
            radius_m=self.radius.data,
        )

    @property
    def _around(self) -> Around | None:
        typed = (self.quiet_before.data, self.quiet_after.data)
        return None if typed == (None, None) else (typed[0] or 0, typed[1] or 0)

    def validate_quiet(self, field: Field) -> None:
        _read(read_windows, field)

    def validate_point(self, field: Field) -> None:
        _read(read_point, field)


def _read(read: Callable[[str], Any], field: Field) -> None:
    """What was typed stays in the field, whether it can be read or not."""
    try:
        read(field.data or "")
    except Problem as problem:
        raise ValidationError(errors.sentence(problem)) from problem


class LaneForm(Form):
    name_ar = name_field(_l("Name in Arabic"), 60)
    name_en = name_field(_l("Name in English"), 60, optional=True)


def zone_name(zone: str) -> str:
    """The city a time zone is named after, in the reader's language where Babel knows it."""
    locale: Locale = get_locale() or Locale("ar")
    known = locale.time_zones.get(zone, {}).get("city")
    return known or zone.rpartition("/")[2].replace("_", " ")
