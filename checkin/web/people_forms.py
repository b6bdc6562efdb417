"""What a coordinator fills in about a person, a suspension, a role."""

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import Optional, ValidationError

from checkin.domain.days import day_bounds, local_day
from checkin.domain.roles import Role
from checkin.models import Person
from checkin.operations import partners, sites
from checkin.operations.grants import Term
from checkin.operations.importing.cells import OLDEST, YOUNGEST
from checkin.operations.people import Profile
from checkin.web import clock
from checkin.web.digits import in_digits
from checkin.web.fields import (
    DateField,
    Form,
    IntegerField,
    choice_or_none,
    email_field,
    mobile_field,
    name_field,
    named,
    note_field,
    worded,
)

CATEGORIES = {
    "volunteer": _l("Volunteer"),
    "student": _l("Student"),
    "scout": _l("Scout"),
    "partner": _l("Partner organisation"),
}
GENDERS = {"": _l("Not recorded"), "woman": _l("Woman"), "man": _l("Man")}
ROLES = {
    Role.SUPERVISOR: _l("Supervisor of a site"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.PARTNER_READER: _l("Reader for a partner"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


class PersonForm(Form):
    name = name_field(_l("Full name"))
    name_latin = name_field(
        _l("Name in Latin letters"),
        optional=True,
        description=_l("As in a passport; the person is found by it too"),
    )
    mobile = mobile_field(
        _l("Mobile"), description=_l("With it a volunteer checks in, like 0501234567")
    )
    email = email_field(_l("E-mail"), description=_l("For staff only; they sign in with it"))
    category = RadioField(_l("Category"), choices=worded(CATEGORIES), default="volunteer")
    gender = RadioField(_l("Gender"), choices=worded(GENDERS), default="")
    partner_id = SelectField(_l("Partner"), coerce=choice_or_none)
    team_name = name_field(_l("Volunteer team"), optional=True)
    birth_year = IntegerField(
        _l("Year of birth"), validators=[Optional()], description=_l("Gregorian, like 2004")
    )
    is_minor = BooleanField(_l("Under 18"))
    guardian_mobile = mobile_field(
        _l("Guardian’s mobile"), description=_l("Needed for volunteers under 18")
    )

    def __init__(self, person: Person | None = None) -> None:
        super().__init__(obj=person)
        self.kept_team = person.team_name if person and person.team_id else None
        if self.kept_team is not None:
            del self.team_name  # it is chosen on the team's page
        kept = person.partner_id if person else None
        self.partner_id.choices = named(partners.choosable(kept), _("None"))
        if not self.is_submitted():
            self.gender.data = (person and person.gender) or ""

    def validate_birth_year(self, field: IntegerField) -> None:
        """As of a row of a list."""
        this_year = local_day(clock.now()).year
        first, last = this_year - OLDEST, this_year - YOUNGEST
        if field.data is not None and not first <= field.data <= last:
            years = {"first": in_digits(str(first)), "last": in_digits(str(last))}
            raise ValidationError(_("Enter a year from %(first)s to %(last)s", **years))

    @property
    def profile(self) -> Profile:
        return Profile(
            name=self.name.data,
            name_latin=self.name_latin.data or "",
            mobile=self.mobile.data,
            email=self.email.data,
            category=self.category.data,
            gender=self.gender.data or None,
            partner_id=self.partner_id.data,
            team_name=(self.team_name.data or "") if self.team_name else self.kept_team or "",
            birth_year=self.birth_year.data,
            is_minor=self.is_minor.data,
            guardian_mobile=self.guardian_mobile.data,
        )


class SuspensionForm(Form):
    reason = note_field(
        _l("Reason"), 300, description=_l("Coordinators see it; the volunteer is sent to them")
    )


class RoleForm(Form):
    """Only roles its reader may give."""

    role = SelectField(_l("Role"))
    site_id = SelectField(_l("Site"), coerce=choice_or_none, description=_l("For supervisors"))
    partner_id = SelectField(
        _l("Partner"), coerce=choice_or_none, description=_l("For readers of a partner")
    )

    from_on = DateField(_l("From"), validators=[Optional()])
    until_on = DateField(
        _l("Until"), validators=[Optional()], description=_l("The last day; empty has no end")
    )

    def __init__(self, grantable: tuple[Role, ...]) -> None:
        super().__init__()
        self.role.choices = worded({role.value: ROLES[role] for role in grantable})
        self.site_id.choices = named(sites.choosable(), _("Choose"))
        if Role.PARTNER_READER in grantable:
            self.partner_id.choices = named(partners.choosable(), _("Choose"))
        else:
            del self.partner_id

    @property
    def term(self) -> Term:
        """The days in the organisation's own time, both included."""
        zone = current_app.config["ZONE"]
        first, last = self.from_on.data, self.until_on.data
        return Term(
            day_bounds(first, zone)[0] if first else None,
            day_bounds(last, zone)[1] if last else None,
        )

    @property
    def scope(self) -> dict[str, int | None]:
        """What goes with the role chosen; the rest of the form is not meant."""
        role = Role(self.role.data)
        if role is Role.SUPERVISOR:
            return {"site_id": self.site_id.data}
        return {"partner_id": self.partner_id.data} if role is Role.PARTNER_READER else {}
