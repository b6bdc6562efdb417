"""Forms for signing in, registering and keeping an account."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    RadioField,
    StringField,
    TelField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from checkin.domain.errors import Problem
from checkin.operations.mobiles import normal_mobile
from checkin.web.errors import sentence
from checkin.web.fields import Form


def mark(problem: Problem, field: Field) -> None:
    """A problem beside the field it is about, among whatever else is wrong."""
    field.errors = [*field.errors, sentence(problem)]


class MobileForm(Form):
    mobile = TelField(
        _l("Your registered mobile number"),
        description=_l("We use it only to find your volunteer record"),
    )
    remember = BooleanField(_l("Remember this phone for faster check-in"), default=True)


class ForeignMobileForm(MobileForm):
    """The whole number with its country."""

    mobile = TelField(
        _l("Mobile number with country code"),
        description=_l("We use it only to find your volunteer record"),
    )


class CodeForm(Form):
    code = StringField(_l("Verification code"))


class EnrolmentForm(Form):
    code = StringField(
        _l("Code on the supervisor’s tablet"),
        description=_l("8 letters and digits; capitals do not matter"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class NameChoiceForm(Form):
    person = RadioField(
        _l("This number belongs to more than one volunteer. Choose a name"),
        coerce=int,
        validators=[InputRequired(_l("Choose a name"))],
    )


CATEGORIES = [
    SelectChoice("student", _l("Student")),
    SelectChoice("scout", _l("Scout")),
    SelectChoice("volunteer", _l("Volunteer")),
    SelectChoice("partner", _l("Partner organisation")),
]


class RegistrationForm(Form):
    name = StringField(
        _l("Full name as on your ID, Iqama or passport"),
        validators=[InputRequired(_l("Enter your name"))],
        render_kw={"autocomplete": "name"},
    )
    category = RadioField(_l("I am a"), choices=CATEGORIES, default="volunteer")
    team_name = StringField(_l("Volunteer team or organisation"), validators=[Optional()])
    is_minor = BooleanField(_l("I am under 18"))
    guardian_mobile = TelField(_l("Guardian’s mobile (under 18)"))
    consent = BooleanField(
        _l("I agree to my data being used to record my volunteer hours"),
        validators=[InputRequired(_l("Your agreement is needed to record your hours"))],
    )

    @property
    def guardian(self) -> str | None:
        """Only asked of the young; a number typed by mistake is no reason to refuse a grown-up."""
        return guardian_of(self.guardian_mobile) if self.is_minor.data else None

    def validate_guardian_mobile(self, field: Any) -> None:
        """With everything else that is wrong, so that nobody is sent back twice."""
        if self.is_minor.data:
            check_guardian(field)


class GuardianMobileForm(Form):
    guardian_mobile = TelField(_l("Guardian’s mobile"))

    def validate_guardian_mobile(self, field: Any) -> None:
        check_guardian(field)


def guardian_of(field: Field) -> str:
    """The number typed, as it is kept."""
    typed = (field.data or "").strip()
    if not typed:
        raise Problem("guardian_missing")
    return normal_mobile(typed)


def check_guardian(field: Field) -> None:
    try:
        guardian_of(field)
    except Problem as problem:
        raise ValidationError(sentence(problem)) from problem


class StaffForm(Form):
    email = EmailField(_l("E-mail"), render_kw={"autocomplete": "username"})
    password = PasswordField(_l("Password"), render_kw={"autocomplete": "current-password"})


class TotpForm(Form):
    code = StringField(
        _l("Code from your authenticator app"),
        description=_l("6 digits that change every half minute"),
    )


class NewPasswordForm(Form):
    new = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. A sentence is easy to remember"),
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_l("Current password"), render_kw={"autocomplete": "current-password"})
    field_order = ("current", "new")

    def __iter__(self) -> Any:
        """The current one is asked first."""
        fields = {field.short_name: field for field in super().__iter__()}
        first = [fields.pop(name) for name in self.field_order]
        return iter([*first, *fields.values()])
