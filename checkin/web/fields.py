"""Form fields for plans and people: they accept every spelling and say what is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from functools import cache
from typing import Any

import wtforms
from babel.support import Translations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import messages_path
from wtforms.validators import Optional, StopValidation, ValidationError

from checkin.domain.errors import Problem
from checkin.domain.plausibility import parse_count
from checkin.domain.text import clean_name, clean_text, latin_digits
from checkin.operations.mobiles import normal_mobile, normal_phone
from checkin.web import errors
from checkin.web.digits import num
from checkin.web.filters import plain_label
from checkin.web.i18n import current_locale
from checkin.web.resuming import unsent

errors.sentences(
    name_taken=_l("This name is taken. Choose another, or use what is there"),
    name_without_letters=_l("A name needs letters"),
    phone_invalid=_l("Check the telephone number"),
    email_invalid=_l("Check the e-mail address, like name@example.org"),
)

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(:[0-9]{2})?")
LONGEST_EMAIL = 254
YEARS = range(2000, 2101)


@cache
def _own_words(lang: str) -> Translations:
    """WTForms' own sentences; read once for each language, not once for each form."""
    return Translations.load(messages_path(), [lang], domain="wtforms")


class Form(FlaskForm):
    """A form that shows a problem of its act beside the field it is about."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _own_words(current_locale().lang)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a press held that was refused for its session is put back where it was."""
            given = super().wrap_formdata(form, formdata)
            again = unsent()
            names = {name for name in form._fields if name != self.csrf_field_name}
            return again if given is None and names & again.keys() else given

    made: Any = None
    """What the act gave back."""
    problem: Problem | None = None
    """Why it was not done."""

    def carry_out(self, act: Callable[[], Any], **beside: str) -> bool:
        """Whether the form was sent, is right, and `act` was done; else what is wrong is shown.

        `beside` names the field of a problem's code; any other problem stands above the form.
        """
        if not self.validate_on_submit():
            return False
        try:
            self.made = act()
        except Problem as problem:
            self.refuse(problem, **beside)
            return False
        return True

    @property
    def status(self) -> int:
        """Of the answer that shows this form."""
        return 422 if self.errors else 200

    def refuse(self, problem: Problem, **beside: str) -> None:
        self.problem, said = problem, errors.sentence(problem)
        name = beside.get(problem.code)
        if name is None:
            self.form_errors.append(said)
        else:
            self[name].errors = [*self[name].errors, said]


class Counting:
    """For forms that ask how many people were served: `beneficiaries`, where blank is not zero."""

    beneficiaries: wtforms.StringField

    @property
    def count(self) -> int | None:
        return parse_count(self.beneficiaries.data)

    def validate_beneficiaries(self, _field: Any) -> None:
        try:
            self.count  # noqa: B018 reading it is the check
        except Problem as problem:
            raise ValidationError(errors.sentence(problem)) from problem


class Required:
    """Says which field is empty, so that the summary above the form can be understood."""

    field_flags = {"required": True}

    def __call__(self, _form: Any, field: Any) -> None:
        if not any(str(value).strip() for value in field.raw_data or []):
            field.errors = []
            raise StopValidation(_("Fill in: %(field)s", field=field.label.text))


class Cleaned:
    """What was typed as it is kept, or the sentence that says why it cannot be."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        self.clean = clean

    def __call__(self, _form: Any, field: Any) -> None:
        try:
            field.data = self.clean(field.data or "")
        except Problem as problem:
            raise StopValidation(errors.sentence(problem)) from problem


class Within:
    """A whole number from `low` to `high`."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __call__(self, _form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation()  # it was no number at all, and that has been said
        if field.data is None or not self.low <= field.data <= self.high:
            numbers = {"low": num(self.low), "high": num(self.high)}
            raise StopValidation(_("Enter a number from %(low)s to %(high)s", **numbers))


def name_field(label: Any, longest: int = 120, *, optional: bool = False, **kwargs: Any) -> Any:
    """A name in any script."""

    def clean(typed: str) -> str:
        try:
            return clean_name(typed, longest)
        except Problem as problem:
            if problem.code == "name_missing":
                raise Problem("name_without_letters") from problem
            raise

    first = Optional() if optional else Required()
    return wtforms.StringField(label, validators=[first, Cleaned(clean)], **kwargs)


def note_field(label: Any, longest: int, *, optional: bool = False, **kwargs: Any) -> Any:
    """A sentence or two."""
    first = Optional() if optional else Required()
    checks = [first, Cleaned(lambda typed: clean_text(typed, longest))]
    return wtforms.StringField(label, validators=checks, **kwargs)


def mobile_field(label: Any, **kwargs: Any) -> Any:
    """A mobile, if there is one; people come from many countries."""
    checks = [Optional(), Cleaned(lambda typed: normal_mobile(typed, foreign=True))]
    return wtforms.TelField(label, validators=checks, filters=[_blank_to_none], **kwargs)


def phone_field(label: Any, **kwargs: Any) -> Any:
    checks = [Optional(), Cleaned(normal_phone)]
    return wtforms.TelField(label, validators=checks, filters=[_blank_to_none], **kwargs)


def email_field(label: Any, **kwargs: Any) -> Any:
    checks = [Optional(), Cleaned(_email)]
    return wtforms.EmailField(label, validators=checks, filters=[_blank_to_none], **kwargs)


def number_field(label: Any, low: int, high: int, *, optional: bool = False, **kwargs: Any) -> Any:
    """A whole number from `low` to `high`, in any digits."""
    first = Optional() if optional else Required()
    return IntegerField(label, validators=[first, Within(low, high)], **kwargs)


def choice_or_none(value: Any) -> int | None:
    """For SelectField(coerce=…): the id chosen, or nothing for the blank first option."""
    return row_number(value) if value not in (None, "", "None") else None


def planned_day(text: str) -> date:
    """A day a plan can hold; ValueError for any other text."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def row_number(text: str) -> int:
    """An id or a page in an address; ValueError for what no database row can have."""
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError(text)
    return number


def worded(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """The choices of a field from a table of code and sentence."""
    return [SelectChoice(code, sentence) for code, sentence in words.items()]


def named(things: Iterable[Any], blank: str) -> list[SelectChoice]:
    """Sites, services and the like by name, after an option that chooses none."""
    return [SelectChoice("", blank), *(SelectChoice(one.id, plain_label(one)) for one in things)]


def _email(typed: str) -> str:
    email = typed.strip().lower()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise Problem("email_invalid")
    return email


def _blank_to_none(typed: str | None) -> str | None:
    return typed if typed and typed.strip() else None


# The names of these are what the templates draw by: see components/forms.html.


class IntegerField(wtforms.IntegerField):
    """A whole number in Latin, Arabic-Indic or Persian digits; emptied, it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        if not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = int(latin_digits(valuelist[0]).replace(",", "").strip())
        except ValueError as fault:
            self.data = None
            raise ValueError(_("Enter a whole number")) from fault


class DateField(wtforms.DateField):
    """A day, as browsers send it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = planned_day(latin_digits(valuelist[0]).strip())
        except ValueError as fault:
            self.data = None
            raise ValueError(_("Enter a date, like 2026-11-22")) from fault


class TimeField(wtforms.TimeField):
    """A time of day, as browsers send it or as typed where they do not help."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = _time(latin_digits(valuelist[0]).strip())
        except ValueError as fault:
            self.data = None
            raise ValueError(_("Enter a time, like 16:30")) from fault


def _time(typed: str) -> time:
    found = _CLOCK.fullmatch(typed)
    if found is None:
        raise ValueError(typed)
    return time(int(found["hour"]), int(found["minute"]))
