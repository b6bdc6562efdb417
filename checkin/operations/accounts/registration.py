"""Who a proved mobile belongs to: known people, new people, and remembering their phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from checkin.database import db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import clean_name, clean_text, fold_name
from checkin.models import Person
from checkin.operations import audit, devices, limits, settings
from checkin.operations.identity import living, one_person

UNREMEMBERED = timedelta(hours=12)
"""How long a phone stays signed in that should not be remembered."""
LONGEST_TEAM = 120


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the people who share a mobile."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A browser that has just been signed in; only it ever holds the cookie."""

    device_id: int
    cookie: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Registration:
    """What a new volunteer says about themselves."""

    name: str
    category: str = "volunteer"
    team_name: str = ""
    is_minor: bool = False
    guardian_mobile: str | None = None


def people_with(mobile: str) -> list[Candidate]:
    """The people this mobile may sign in: one usually, several in a family, none when new."""
    rows = db.session.execute(
        select(Person.id, Person.name).where(Person.mobile == mobile, living()).order_by(Person.id)
    )
    return [Candidate(*row) for row in rows]


@transaction
def register(new: Registration, *, mobile: str, now: datetime) -> int:
    """Make a volunteer who has consented, with the mobile they have just proved; their id.

    Sent twice, it makes one person. Raises Problem for a name that is none (`clean_name`) and
    `guardian_missing` for a minor without a guardian's mobile, `guardian_own` for one who gave
    their own.
    """
    name, team = clean_name(new.name), clean_text(new.team_name, LONGEST_TEAM)
    if new.is_minor and not new.guardian_mobile:
        raise Problem("guardian_missing")
    if new.is_minor and new.guardian_mobile == mobile:
        raise Problem("guardian_own")
    # counting also makes a second, parallel sending of the same form wait for the first
    limits.take(f"register:{mobile}", 20, timedelta(days=1), now)
    known = _known(name, mobile)
    return known or _add(new, name, team, mobile, now)


def _known(name: str, mobile: str) -> int | None:
    """Who has this name and mobile; whoever was merged is who it is, if the mobile still is."""
    named = select(one_person()).where(
        Person.mobile == mobile, Person.name_folded == fold_name(name), Person.erased_at.is_(None)
    )
    reached = select(Person.id).where(Person.id.in_(named), Person.mobile == mobile, living())
    return db.session.scalar(reached.order_by(Person.id).limit(1))


def _add(new: Registration, name: str, team: str, mobile: str, now: datetime) -> int:
    person = Person(
        name=name,
        name_folded=fold_name(name),
        mobile=mobile,
        category=new.category,
        team_name=team,
        is_minor=new.is_minor,
        guardian_mobile=new.guardian_mobile if new.is_minor else None,
        consented_at=now,
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    audit.note("person.register", "person", person.id, by=person.id, at=now, is_minor=new.is_minor)
    return person.id


@transaction
def sign_in(
    person_id: int, *, mobile: str, proved_by: str, label: str, remember: bool, now: datetime
) -> Opened:
    """Sign a volunteer's browser in.

    `mobile` is the one just proved (`proved_by` "code" or "vouched"); a person who does not have
    it is `NotFound`. Only a code shows that the number works.
    """
    person = db.session.scalar(
        select(Person.id).where(Person.id == person_id, Person.mobile == mobile, living())
    )
    if person is None:
        raise NotFound("person")
    if proved_by == "code":
        db.session.execute(
            update(Person).where(Person.id == person_id).values(mobile_proved_at=now)
        )
    kept = settings.period("device_days") if remember else UNREMEMBERED
    device_id, cookie = devices.remember(person_id, "phone", label, lifetime=kept, now=now)
    audit.note(
        "account.sign_in",
        "person",
        person_id,
        by=person_id,
        at=now,
        device=device_id,
        how=proved_by,
    )
    return Opened(device_id, cookie, now + kept)
