"""What is filled in about earlier years: a file with its source, or one line by hand."""

from collections.abc import Callable
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectField
from wtforms.validators import Optional, StopValidation

from checkin.domain.errors import Problem
from checkin.operations import past
from checkin.operations.figures import naming
from checkin.operations.past import ALL, Entry, Figures, cells
from checkin.operations.permissions import Reach
from checkin.web import errors
from checkin.web.fields import Form, Required, note_field, worded
from checkin.web.filters import plain_label
from checkin.web.past.words import FIGURES, KINDS


class _Read(wtforms.StringField):
    """What was typed as `found`, by the same rules as a cell of a file."""

    means: Callable[[str], Any]
    found: Any = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        try:
            self.found = type(self).means(valuelist[0] if valuelist else "")
        except Problem as problem:
            raise ValueError(errors.sentence(problem)) from problem


class YearField(_Read):
    means = staticmethod(cells.dated)

    @property
    def key(self) -> str:
        return self.found.span.key if self.found else ""


# The name of the next one is what the templates draw by: see components/forms.html.


class DecimalField(_Read):
    """A figure, in any digits."""


class _Count(DecimalField):
    means = staticmethod(cells.count)


class _Hours(DecimalField):
    means = staticmethod(cells.minutes_of_hours)


class _Riyals(DecimalField):
    means = staticmethod(cells.halalas)


def _source() -> Any:
    return note_field(
        _l("Where the figures come from"),
        past.LONGEST_SOURCE,
        description=_l("Such as the annual report of that year, with its page."),
    )


class FileForm(Form):
    """A file, what it holds, and where it comes from."""

    file = FileField(
        _l("File"),
        description=_l(
            "Excel (.xlsx) or text (.csv), as it is: columns are found by their headings"
        ),
    )
    kind = RadioField(_l("What does it hold?"), choices=worded(KINDS), default="totals")
    source = _source()
    period = YearField(
        _l("Year"),
        validators=[Optional()],
        description=_l("Where the file itself names none: 2023 or 1445"),
    )

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise StopValidation(_("Choose a file"))


class LineForm(Form):
    """One year's figures, of everybody or of a part."""

    period = YearField(
        _l("Year"), validators=[Required()], description=_l("2023 or 1445, in either calendar")
    )
    whom = SelectField(_l("Whose"))
    approved_minutes = _Hours(FIGURES["approved_minutes"], validators=[Optional()])
    beneficiaries = _Count(FIGURES["beneficiaries"], validators=[Optional()])
    volunteers = _Count(FIGURES["volunteers"], validators=[Optional()])
    attendances = _Count(FIGURES["attendances"], validators=[Optional()])
    opportunities = _Count(FIGURES["opportunities"], validators=[Optional()])
    course_attendances = _Count(FIGURES["course_attendances"], validators=[Optional()])
    value_halalas = _Riyals(FIGURES["value_halalas"], validators=[Optional()])
    source = _source()

    def __init__(self) -> None:
        super().__init__()
        self.whom.choices = _whom()

    @property
    def entry(self) -> Entry:
        scope, _dash, key = self.whom.data.partition("-")
        figures = Figures(*(self[name].found for name in Figures._fields))
        return Entry(self.period.key, scope, int(key), figures)


def _whom() -> dict[str, list[tuple[str, str]]]:
    """Everybody, then sites, partners and campaigns, each in a group."""
    names = {"site": _("Sites"), "partner": _("Partners"), "campaign": _("Campaigns")}
    groups = {_("Everybody"): [(f"{ALL}-0", _("Everybody"))]}
    for scope in past.OF:
        rows = naming.choosable(scope, Reach(everywhere=True))
        groups[names[scope]] = [(f"{scope}-{row.id}", plain_label(row)) for row in rows]
    return {name: options for name, options in groups.items() if options}
