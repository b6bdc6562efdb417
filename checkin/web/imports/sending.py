"""The list of imports, and sending a file."""

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import FileField, SelectField
from wtforms.validators import StopValidation

from checkin.domain.roles import Permission
from checkin.models import Shift
from checkin.operations import importing, partners, settings
from checkin.web import clock
from checkin.web.fields import Form, choice_or_none, named, row_number
from checkin.web.guard import requires
from checkin.web.imports import sentences
from checkin.web.imports.blueprint import bp, shift_of


class FileForm(Form):
    """A file, and whose members its people are."""

    file = FileField(
        _l("File"),
        description=_l(
            "Excel (.xlsx) or text (.csv), as it is: columns are found by their headings"
        ),
    )
    partner_id = SelectField(
        _l("Partner"),
        coerce=choice_or_none,
        description=_l("Where the file itself names no partner"),
    )

    def __init__(self, shift: Shift | None) -> None:
        super().__init__()
        if shift is not None:
            del self.partner_id
        else:
            self.partner_id.choices = named(partners.choosable(), _("None"))

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise StopValidation(_("Choose a file"))


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def index():
    """With `shift` in the address, only that shift's rosters."""
    shift_id = request.args.get("shift", None, row_number)
    return _page(shift_of(shift_id) if shift_id else None)


@bp.post("")
@requires(Permission.MANAGE_PEOPLE)
def create():
    shift_id = request.args.get("shift", None, row_number)
    shift = shift_of(shift_id) if shift_id else None
    form = FileForm(shift)
    if form.carry_out(lambda: _begin(form, shift), **dict.fromkeys(_OF_THE_FILE, "file")):
        return redirect(url_for(".show", import_id=form.made), 303)
    return _page(shift, form)


_OF_THE_FILE = (
    *("file_empty", "file_too_large", "file_is_picture", "file_is_old_excel", "file_is_locked"),
    *("file_is_web_page", "file_unknown", "file_broken", "file_unpacks", "too_many_rows"),
    *("too_many_columns", "quote_open", "no_rows"),
)
"""Problems that stand beside the file."""


def _begin(form: FileForm, shift: Shift | None) -> int:
    return importing.begin(
        form.file.data.read(),
        form.file.data.filename,
        shift_id=shift.id if shift else None,
        partner_id=form.partner_id.data if shift is None else None,
        by=current_user.id,
        now=clock.now(),
    )


def _page(shift: Shift | None, form: FileForm | None = None):
    form = form or FileForm(shift)
    page = render_template(
        "imports/index.html",
        shift=shift,
        form=form,
        imports=importing.latest(shift.id if shift else None),
        states=sentences.STATES,
        kept=settings.value("import_days"),
    )
    return page, form.status
