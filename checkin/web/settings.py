"""The organisation's settings: each with its default and what it does; the doors to the rest."""

from contextlib import closing
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import FileField, SelectField, TextAreaField
from wtforms.validators import Optional, ValidationError

from checkin.domain.errors import NotFound, Problem
from checkin.domain.quiet import read_windows, write_windows
from checkin.domain.roles import Permission
from checkin.operations import pictures, settings
from checkin.operations.opportunities import MOST_OPENS_MINUTES
from checkin.operations.sites import MOST_AROUND, ZONES
from checkin.web import clock, errors, usual
from checkin.web.assets import A_YEAR
from checkin.web.digits import num
from checkin.web.fields import Form, name_field, number_field, worded
from checkin.web.filters import isolate
from checkin.web.fixed_times import fixed_times
from checkin.web.guard import public, requires
from checkin.web.sites_forms import zone_name
from checkin.web.uploads import take_files

bp = Blueprint("settings", __name__)

errors.sentences(
    picture_too_large=_l("The picture is larger than %(most)s MB. Choose a smaller one"),
    picture_unreadable=_l(
        "This is no picture we can use. Choose a PNG, JPEG or WebP of at most 4000 by 4000 points"
    ),
)

DOORS = (
    (Permission.MANAGE_PEOPLE, "outbox.index", _l("Messages"), "send"),
    (Permission.MANAGE_PEOPLE, "message_texts.index", _l("Texts of messages"), "edit"),
    (Permission.PLAN, "prayers.index", _l("Prayer times"), "clock"),
    (Permission.MANAGE_PEOPLE, "access.index", _l("Access"), "shield"),
    (Permission.SEE_AUDIT, "audit.index", _l("Audit log"), "list"),
)
"""What stands behind this room, and who may enter."""
DIGITS = {"latn": "123", "arab": "١٢٣"}
GROUPS = (
    (_l("The organisation"), "building", None, ("organisation_ar", "organisation_en", "digits")),
    (
        _l("Times and messages"),
        "clock",
        None,
        ("zone", "opens_minutes", "messages_per_day"),
    ),
    (
        _l("Quiet times"),
        "moon",
        _l("Reminders and news wait until they are over. Codes are always sent."),
        ("quiet_times", "quiet_before", "quiet_after"),
    ),
)
"""What is shown together: title, icon, what holds for all of it, and the settings."""
EFFECTS = {
    "organisation_ar": _l("On every Arabic page of staff, in messages and on paper."),
    "organisation_en": _l("On every English page of staff, in messages and on paper."),
    "zone": _l(
        "Proposed for new sites; those there already keep theirs. At its midnight the day’s "
        "messages begin anew."
    ),
    "digits": _l("On pages, for whoever has not chosen. Everybody sees it within a minute."),
    "opens_minutes": _l("Proposed for new opportunities. Those there already keep theirs."),
    "quiet_times": _l(
        "One on each line, like 22:00–05:00. At sites that have no such times of their own."
    ),
    "quiet_before": _l("Before each of the five prayers, at sites that say nothing else."),
    "quiet_after": _l("From the beginning of each prayer’s time, at sites that say nothing else."),
    "messages_per_day": _l(
        "When they are spent, nothing more is sent until midnight, and supervisors confirm who "
        "signs in. 0: nothing is sent at all."
    ),
    "message_days": _l("Messages older than that are deleted, with whom they went to."),
    "import_days": _l(
        "Then the file is deleted, with what was found in it. The volunteers added stay."
    ),
    "export_days": _l("Then the file is deleted. Those there already keep their day."),
    "device_days": _l(
        "Then the mobile is confirmed anew. Phones signed in already keep their day."
    ),
    "poster_days": _l("Time to change the paper. Posters replaced already keep their day."),
}


def _days_field(name: str, label: Any) -> Any:
    return number_field(label, *settings.DAYS[name], optional=True)


class SettingsForm(Form):
    """Blank is the default."""

    organisation_ar = name_field(
        _l("Name of the organisation in Arabic"), settings.LONGEST_NAME, optional=True
    )
    organisation_en = name_field(
        _l("Name of the organisation in English"), settings.LONGEST_NAME, optional=True
    )
    zone = SelectField(_l("Time zone"), validators=[Optional()])
    digits = SelectField(_l("Digits"), validators=[Optional()])
    opens_minutes = number_field(
        _l("Check-in opens, minutes before the start"), 0, MOST_OPENS_MINUTES, optional=True
    )
    quiet_times = TextAreaField(_l("Times without messages"), validators=[Optional()])
    quiet_before = number_field(
        _l("No messages before a prayer, in minutes"), 0, MOST_AROUND, optional=True
    )
    quiet_after = number_field(
        _l("No messages after a prayer has begun, in minutes"), 0, MOST_AROUND, optional=True
    )
    messages_per_day = number_field(
        _l("Messages a day at most"), 0, settings.MOST_MESSAGES, optional=True
    )
    message_days = _days_field("message_days", _l("Messages are kept for, in days"))
    import_days = _days_field("import_days", _l("Imported files are kept for, in days"))
    export_days = _days_field("export_days", _l("Files taken out are kept for, in days"))
    device_days = _days_field("device_days", _l("Volunteers’ phones are remembered for, in days"))
    poster_days = _days_field("poster_days", _l("Replaced posters still work for, in days"))

    def __init__(self, *, sent: bool = True) -> None:
        kept = {name: settings.value(name) for name in settings.DEPLOYED}
        if sent and request.method == "POST":
            super().__init__()
        else:
            super().__init__(formdata=None, data=kept)
        self.zone.choices = worded({zone: zone_name(zone) for zone in ZONES})
        self.digits.choices = worded(DIGITS)
        for name, effect in EFFECTS.items():
            self[name].flags.optional = False  # that a blank is the default is said once
            self[name].description = _(
                "%(effect)s Default: %(value)s", effect=effect, value=shown(name, _default(name))
            )

    def validate_quiet_times(self, field: TextAreaField) -> None:
        try:
            read_windows(field.data or "")
        except Problem as problem:
            raise ValidationError(errors.sentence(problem)) from problem

    @property
    def wanted(self) -> dict[str, Any]:
        typed = {name: self[name].data for name in settings.DEPLOYED}
        typed["quiet_times"] = write_windows(read_windows(typed["quiet_times"] or ""))
        return {name: None if value in (None, "") else value for name, value in typed.items()}


class LogoForm(Form):
    picture = FileField(
        _l("Picture file"),
        description=_l("PNG, JPEG or WebP, 1 MB at most. It is made smaller where it is large."),
    )

    def validate_picture(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_("Choose a file"))

    @property
    def content(self) -> bytes:
        """One byte more than may be is enough to say that it is too large."""
        with closing(self.picture.data) as sent:
            return bytes(sent.read(pictures.MOST_BYTES + 1))


take_files(bp, "keep_logo", Permission.ADMINISTER, pictures.MOST_BYTES)


@bp.get("/settings")
@requires(Permission.MANAGE_PEOPLE)
def show():
    return _page(SettingsForm())


@bp.post("/settings")
@requires(Permission.ADMINISTER)
def change():
    form = SettingsForm()
    if form.carry_out(lambda: settings.change(form.wanted, by=current_user.id, now=clock.now())):
        usual.forget()
        flash(_("Saved. It holds from now on, everywhere"), "done")
        return redirect(url_for(".show"), 303)
    return _page(form), form.status


@bp.post("/settings/logo")
@requires(Permission.ADMINISTER)
def keep_logo():
    form = LogoForm()
    if form.carry_out(
        lambda: pictures.keep_logo(form.content, by=current_user.id, now=clock.now()),
        picture_too_large="picture",
        picture_unreadable="picture",
    ):
        flash(_("Saved. It holds from now on, everywhere"), "done")
        return redirect(url_for(".show"), 303)
    return _page(SettingsForm(sent=False), form), form.status


@bp.post("/settings/logo/removal")
@requires(Permission.ADMINISTER)
def remove_logo():
    pictures.remove_logo(by=current_user.id, now=clock.now())
    flash(_("Saved. It holds from now on, everywhere"), "done")
    return redirect(url_for(".show"), 303)


@bp.get("/logo/<string(length=64):sha>.png")
@public
def logo(sha: str):
    """Its address changes with its content, so browsers may keep it for good."""
    png = pictures.content_of(sha)
    if png is None:
        raise NotFound("picture")
    answer = Response(png, mimetype="image/png")
    answer.cache_control.public = True
    answer.cache_control.max_age = A_YEAR
    answer.cache_control.immutable = True
    return answer


def _page(form: SettingsForm, logo_form: LogoForm | None = None) -> str:
    return render_template(
        "settings/show.html",
        form=form,
        groups=GROUPS,
        lasting=settings.DAYS,
        further_form=logo_form or LogoForm(formdata=None),
        rows=[
            (form[name].label.text, shown(name, settings.value(name)), form[name].description)
            for name in settings.DEPLOYED
        ],
        fixed=fixed_times(),
        doors=[door for door in DOORS if current_user.may(door[0])],
    )


def _default(name: str) -> Any:
    return settings.default(name)


def shown(name: str, value: Any) -> str:
    """A setting's value as a reader sees it."""
    if name == "zone":
        return zone_name(value)
    if name == "digits":
        return DIGITS[value]
    if name == "quiet_times":
        return isolate(value.replace("\n", "، ")) if value else _("None")
    return num(value) if isinstance(value, int) else isolate(value)
