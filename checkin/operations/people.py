"""People as a coordinator knows them: found, entered, corrected, suspended and restored."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Role
from checkin.domain.search import wanted
from checkin.domain.text import fold_name, latin_digits
from checkin.models import Attendance, Grant, Opportunity, Person, Shift, Site
from checkin.models.attendance import WAITING
from checkin.operations import audit, catalogue, memberships
from checkin.operations.figures import rollup
from checkin.operations.grants import grantable, in_force
from checkin.operations.identity import living, rows_of
from checkin.operations.mobiles import normal_mobile
from checkin.operations.search import anybody_like, begins, email_begins, numbered

CATEGORIES = ("volunteer", "student", "scout", "partner")
GENDERS = ("woman", "man")
PER_PAGE = 25
_IN_NUMBERS = frozenset("0123456789+-() .\u00a0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is kept about somebody; mobiles are E.164, `email` is lower case, empty is None.

    `birth_year` is Gregorian.
    """

    name: str
    name_latin: str = ""
    mobile: str | None = None
    email: str | None = None
    category: str = "volunteer"
    gender: str | None = None
    team_name: str = ""
    partner_id: int | None = None
    birth_year: int | None = None
    is_minor: bool = False
    guardian_mobile: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The same as columns of a row, with the names folded for searching."""
        folded = {"name_folded": fold_name(self.name), "latin_folded": fold_name(self.name_latin)}
        return {**asdict(self), **folded}

    def check(self) -> None:
        if self.mobile is None and self.email is None:
            raise Problem("reach_missing")
        if self.is_minor and self.guardian_mobile is None:
            raise Problem("guardian_missing")


# --- acts ----------------------------------------------------------------------------------


@catalogue.unique("email", "email_taken")
@transaction
def create(profile: Profile, *, by: int | None, now: datetime) -> int:
    """A new person's id.

    Problems: `reach_missing` (neither mobile nor e-mail), `guardian_missing`, `person_exists`
    (same mobile, same name; fact `person_id`), `email_taken`.
    """
    profile.check()
    _refuse_twin(profile, None)
    person = Person(**profile.columns, created_at=now, created_by_id=by)
    db.session.add(person)
    db.session.flush()
    if profile.partner_id is not None:
        memberships.begin(person.id, profile.partner_id, local_day(now))
    audit.note("person.create", "person", person.id, by=by, at=now)
    return person.id


@catalogue.unique("email", "email_taken")
@transaction
def change(person_id: int, profile: Profile, *, by: int, now: datetime) -> None:
    """Problems as `create`, and `needs_administrator` for the accounts of others in office.

    A new mobile must be proved again. Another partner holds from today on: attendance of the days
    before stays with the old one. Problems of that: `partner_closed`.
    """
    profile.check()
    person = find(person_id, lock=True)
    values = profile.columns
    changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
    if not changed:
        return
    refuse_office(person, by, now)
    if "email" in changed and person.password_hash and person_id != by:
        _need_administrator(by, now)
    _refuse_twin(profile, person_id)
    if "mobile" in changed:
        person.mobile_proved_at = None
    if "guardian_mobile" in changed:
        person.guardian_consented_at = None
    with _figures_in_step(person_id, changed):
        for name in changed:
            if name != "partner_id":
                setattr(person, name, values[name])
        db.session.flush()
        audit.note("person.change", "person", person_id, by=by, at=now, changed=changed)
        # last, for it locks the sums of the figures
        memberships.set_partner(person_id, profile.partner_id, local_day(now), by=by, now=now)


def _figures_in_step(person_id: int, changed: Sequence[str]) -> AbstractContextManager[None]:
    """Men and women are counted apart."""
    return rollup.in_step(volunteer_ids=[person_id]) if "gender" in changed else nullcontext()


@transaction
def suspend(person_id: int, reason: str, *, by: int, now: datetime) -> None:
    """Check-ins wait from now on; suspending again only renews the reason.

    Problems: `reason_missing`, `own_suspension`, `needs_administrator`.
    """
    if not reason:
        raise Problem("reason_missing")
    if person_id == by:
        raise Problem("own_suspension")
    person = find(person_id, lock=True)
    refuse_office(person, by, now)
    person.suspended_at = person.suspended_at or now
    person.suspended_reason = reason
    audit.note("person.suspend", "person", person_id, by=by, at=now)


@transaction
def restore(person_id: int, *, by: int, now: datetime) -> None:
    """May check in again; restoring again changes nothing. Problem `own_suspension`."""
    if person_id == by:
        raise Problem("own_suspension")
    person = find(person_id, lock=True)
    if person.suspended_at is None:
        return
    person.suspended_at, person.suspended_reason = None, ""
    audit.note("person.restore", "person", person_id, by=by, at=now)


@transaction
def record_consent_of_guardian(person_id: int, *, by: int, now: datetime) -> None:
    """The guardian told the coordinator that they agree; Problem `guardian_missing`."""
    person = find(person_id, lock=True)
    if person.guardian_mobile is None:
        raise Problem("guardian_missing")
    if person.guardian_consented_at is None:
        person.guardian_consented_at = now
        audit.note("person.guardian_consent", "person", person_id, by=by, at=now)


def refuse_invitation(person_id: int, *, by: int, now: datetime) -> None:
    """Whoever may set somebody's password is that person: be strict about who invites.

    Problems: `email_missing`, `needs_administrator` (an account in use, or a higher role).
    """
    person = find(person_id)
    if person.email is None:
        raise Problem("email_missing")
    refuse_office(person, by, now)
    if person.password_hash and person_id != by:
        _need_administrator(by, now)


def refuse_office(person: Person, by: int, now: datetime) -> None:
    """Nobody touches the account of somebody whose role they could not give."""
    if person.id == by:
        return
    roles = db.session.scalars(
        select(Grant.role).where(Grant.person_id == person.id, in_force(now))
    ).all()
    if not set(map(Role, roles)) <= set(grantable(by, now)):
        raise Problem("needs_administrator")


def _need_administrator(by: int, now: datetime) -> None:
    if Role.ADMINISTRATOR not in grantable(by, now):
        raise Problem("needs_administrator")


def _refuse_twin(profile: Profile, but: int | None) -> None:
    if profile.mobile is not None:
        for other in of_mobile(profile.mobile):
            if other.id != but and other.name_folded == fold_name(profile.name):
                raise Problem("person_exists", person_id=other.id)
    if profile.email is not None:
        holder = db.session.scalar(select(Person.id).where(Person.email == profile.email))
        if holder not in (None, but):
            raise Problem("email_taken")


# --- questions -----------------------------------------------------------------------------


def find(person_id: int, *, lock: bool = False) -> Person:
    """Somebody who is neither erased nor merged, with their partner; NotFound."""
    query = select(Person).where(Person.id == person_id, living())
    query = query.with_for_update() if lock else query.options(joinedload(Person.partner))
    person = db.session.scalar(query.execution_options(populate_existing=True))
    if person is None:
        raise NotFound("person")
    return person


def who_is(person_id: int) -> int | None:
    """Into whom this row was merged, if it was."""
    return db.session.scalar(select(Person.merged_into_id).where(Person.id == person_id))


def of_mobile(mobile: str) -> Sequence[Person]:
    """Everybody who shares this E.164 number."""
    return db.session.scalars(
        select(Person).where(Person.mobile == mobile, living()).order_by(Person.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Page:
    """Some of those found, and how many there are in all."""

    items: Sequence[Person]
    total: int
    page: int
    pages: int


def page_of(number: int, text: str = "", per_page: int = PER_PAGE) -> Page:
    """People found by any words of their name in any spelling, by number, mobile or e-mail.

    A whole page is chosen by the index alone, and only then read.
    """
    wanted_ids, total = _found(matching(text), number, per_page, everybody=not text.strip())
    read = select(Person).where(Person.id.in_(wanted_ids)).options(joinedload(Person.partner))
    by_id = {person.id: person for person in db.session.scalars(read)}
    items = [by_id[person_id] for person_id in wanted_ids]
    return Page(items, total, number, max(-(-total // per_page), 1))


def _found(
    ids: Select[int], number: int, per_page: int, *, everybody: bool
) -> tuple[Sequence[int], int]:
    """The ids of a page, and how many there are; whoever was asked for is looked for only once.

    Everybody is in the index in order, so there counting apart spares reading them all.
    """
    shown = ids.offset((number - 1) * per_page).limit(per_page)
    if not everybody:
        rows = db.session.execute(shown.add_columns(func.count().over())).all()
        if rows or number == 1:
            return [row[0] for row in rows], rows[0][1] if rows else 0
    counted = select(func.count()).select_from(ids.order_by(None).subquery())
    return db.session.scalars(shown).all(), db.session.scalar(counted) or 0


def matching(text: str) -> Select[int]:
    """The ids of those found; whose name begins as typed comes first. One letter begins a name."""
    query, by_name = select(Person.id).where(living()), (Person.name_folded, Person.id)
    typed = latin_digits(text).strip()
    if not typed:
        return query.order_by(*by_name)
    if "@" in typed:
        return query.where(email_begins(typed)).order_by(Person.email)
    if all(character in _IN_NUMBERS for character in typed):
        return query.where(_numbered(typed)).order_by(*by_name)
    asked = wanted(typed)
    if not asked.length:
        return query.where(false())
    begun = Person.name_folded.like(begins(fold_name(typed)), escape="\\")
    if asked.length == 1:
        return query.where(begun).order_by(*by_name)
    first = case((begun, 0), else_=1)
    return query.where(anybody_like(asked)).order_by(first, *by_name)


def _numbered(typed: str) -> ColumnElement[bool]:
    """A whole mobile in any spelling, its last digits, or a person's own number."""
    try:
        return Person.mobile == normal_mobile(typed, foreign=True)
    except Problem:
        return numbered("".join(character for character in typed if character.isdigit()))


@dataclass(frozen=True, slots=True)
class Summary:
    """One person's attendance in numbers; volunteer minutes only, courses apart."""

    attendances: int
    approved_minutes: int
    waiting: int
    course_attendances: int


def summary_of(person_id: int) -> Summary:
    a, served = Attendance, Opportunity.kind == "service"
    row = db.session.execute(
        select(
            func.count().filter(served).label("attendances"),
            func.coalesce(func.sum(a.approved_minutes).filter(served), 0).label("minutes"),
            func.count().filter(a.state.in_(WAITING)).label("waiting"),
            func.count().filter(~served, a.state == "approved").label("courses"),
        )
        .select_from(a)
        .join(Shift, Shift.id == a.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .where(a.volunteer_id.in_(rows_of(person_id)), a.state != "cancelled")
    ).one()
    return Summary(row.attendances, int(row.minutes), row.waiting, row.courses)


def latest_attendances(person_id: int, most: int = 10) -> Sequence[AnyRow]:
    """`Attendance`, `Shift`, `Opportunity`, `Site`, the latest day first."""
    return db.session.execute(
        select(Attendance, Shift, Opportunity, Site)
        .join(Shift, Shift.id == Attendance.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .join(Site, Site.id == Attendance.site_id)
        .where(Attendance.volunteer_id.in_(rows_of(person_id)))
        .where(Attendance.state != "cancelled")
        .order_by(Shift.starts_at.desc(), Attendance.id.desc())
        .limit(most)
    ).all()
