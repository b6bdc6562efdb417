"""The cast, always the same: who they are, where they stand, what they may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from checkin.database import transaction
from checkin.domain.roles import Role
from checkin.models import Partner, Person, Poster, Shift, Site
from tests import factories


@dataclass(frozen=True)
class Cast:
    """Noura volunteers at the Mataf today; Salem supervises it; Huda another site.

    Layla coordinates, Majed administers, Reem reads for one partner, Faisal audits.
    """

    noura: Person
    salem: Person
    huda: Person
    layla: Person
    majed: Person
    reem: Person
    faisal: Person
    mataf: Site
    squares: Site
    university: Partner
    shift: Shift
    """At the Mataf, from one hour ago for five hours, Noura rostered."""
    poster: Poster
    """On the wall at the Mataf."""


@pytest.fixture
def cast(app, now: datetime) -> Cast:
    return company(now)


@transaction
def company(now: datetime) -> Cast:
    """The cast in the database of the current app."""
    made = factories
    university = made.partner()
    mataf = made.site(now, "صحن المطاف", "Mataf courtyard")
    squares = made.site(now, "ساحات المسجد الحرام", "Squares of the Grand Mosque")
    noura = made.person(now, "نورة سعد القحطاني", partner_id=university.id)
    salem = made.person(now, "سالم عوض الغامدي", email="salem@example.org")
    huda = made.person(now, "هدى محمد الزهراني", email="huda@example.org")
    layla = made.person(now, "ليلى أحمد الحربي", email="layla@example.org")
    majed = made.person(now, "ماجد علي الشهري", email="majed@example.org")
    reem = made.person(now, "ريم خالد العتيبي", email="reem@example.org")
    faisal = made.person(now, "فيصل فهد المطيري", email="faisal@example.org")
    made.grant(now, salem, Role.SUPERVISOR, site_id=mataf.id)
    made.grant(now, huda, Role.SUPERVISOR, site_id=squares.id)
    made.grant(now, layla, Role.COORDINATOR)
    made.grant(now, majed, Role.ADMINISTRATOR)
    made.grant(now, reem, Role.PARTNER_READER, partner_id=university.id)
    made.grant(now, faisal, Role.AUDITOR)
    shift = made.shift(now, mataf, starts=-60, minutes=300)
    made.assign(now - timedelta(days=1), noura, shift)
    poster = made.poster(now, mataf)
    return Cast(
        *(noura, salem, huda, layla, majed, reem, faisal),
        *(mataf, squares, university, shift, poster),
    )
