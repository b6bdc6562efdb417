"""The organisation's settings: each with its default and what it does; the doors to the rest."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectField
from wtforms.validators import Optional

from checkin.domain.roles import Permission
from checkin.operations import settings
from checkin.operations.opportunities import MOST_OPENS_MINUTES
from checkin.operations.sites import ZONES
from checkin.web import clock
from checkin.web.digits import num
from checkin.web.fields import Form, name_field, number_field, worded
from checkin.web.filters import isolate
from checkin.web.guard import requires
from checkin.web.sites_forms import zone_name

bp = Blueprint("settings", __name__, url_prefix="/settings")

DOORS = (
    (Permission.MANAGE_PEOPLE, "outbox.index", _l("Messages"), "send"),
    (Permission.PLAN, "prayers.index", _l("Prayer times"), "clock"),
    (Permission.MANAGE_PEOPLE, "access.index", _l("Access"), "shield"),
)
"""What stands behind this room, and who may enter."""
EFFECTS = {
    "organisation_ar": _l("On every Arabic page of staff, in messages and on badges."),
    "organisation_en": _l("On every English page of staff, in messages and on badges."),
    "zone": _l("Proposed for new sites. Those there already keep theirs."),
    "opens_minutes": _l("Proposed for new opportunities. Those there already keep theirs."),
    "messages_per_day": _l(
        "When they are spent, nothing more is sent until the next day, and supervisors "
        "confirm who signs in."
    ),
    "message_days": _l("Messages older than that are deleted, with whom they went to."),
}


class SettingsForm(Form):
    """Blank is the default."""

    organisation_ar = name_field(
        _l("Name of the organisation in Arabic"), settings.LONGEST_NAME, optional=True
    )
    organisation_en = name_field(
        _l("Name of the organisation in English"), settings.LONGEST_NAME, optional=True
    )
    zone = SelectField(_l("Time zone of new sites"), validators=[Optional()])
    opens_minutes = number_field(
        _l("Check-in opens, minutes before the start"), 0, MOST_OPENS_MINUTES, optional=True
    )
    messages_per_day = number_field(
        _l("Messages a day at most"), 0, settings.MOST_MESSAGES, optional=True
    )
    message_days = number_field(
        _l("Messages are kept for, in days"),
        *(settings.FEWEST_DAYS, settings.MOST_DAYS),
        optional=True,
    )

    def __init__(self) -> None:
        kept = {name: settings.value(name) for name in settings.DEPLOYED}
        super().__init__(data=None if request.method == "POST" else kept)
        self.zone.choices = worded({zone: zone_name(zone) for zone in ZONES})
        for name, effect in EFFECTS.items():
            self[name].description = _(
                "%(effect)s Default: %(value)s", effect=effect, value=shown(name, _default(name))
            )

    @property
    def wanted(self) -> dict[str, Any]:
        typed = {name: self[name].data for name in settings.DEPLOYED}
        return {name: None if value in (None, "") else value for name, value in typed.items()}


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def show():
    return _page(SettingsForm())


@bp.post("")
@requires(Permission.ADMINISTER)
def change():
    form = SettingsForm()
    if form.carry_out(lambda: settings.change(form.wanted, by=current_user.id, now=clock.now())):
        flash(_("Saved. It holds from now on, everywhere"), "done")
        return redirect(url_for(".show"), 303)
    return _page(form), form.status


def _page(form: SettingsForm) -> str:
    return render_template(
        "settings/show.html",
        form=form,
        rows=[
            (form[name].label.text, shown(name, settings.value(name)), form[name].description)
            for name in settings.DEPLOYED
        ],
        doors=[door for door in DOORS if current_user.may(door[0])],
    )


def _default(name: str) -> Any:
    return settings.default(name)


def shown(name: str, value: Any) -> str:
    """A setting's value as a reader sees it."""
    if name == "zone":
        return zone_name(value)
    return num(value) if isinstance(value, int) else isolate(value)
