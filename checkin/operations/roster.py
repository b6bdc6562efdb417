"""Who is expected on a shift: read from pasted names and mobiles, confirmed, added, removed."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import clean_name, fold_name, latin_digits
from checkin.models import Assignment, Attendance, Person, Shift, Site
from checkin.operations import audit, catalogue, messages, openings, people, shifts
from checkin.operations.identity import living
from checkin.operations.mobiles import normal_mobile
from checkin.operations.openings import telling
from checkin.operations.people import Profile

MOST_LINES = 500
INVITATION_LASTS = timedelta(hours=12)

_NUMBERED = re.compile(r"^\s*\d{1,3}\s*[.)،-]\s+")
_NUMBER = re.compile(r"[+]?\d[\d\s().+-]{5,}\d[+]?")
_EDGES = " \t,;،؛|/:-–—"


class Found(StrEnum):
    """What became of one typed line."""

    ONE = "one"
    """Exactly one person; added unless left out."""
    SEVERAL = "several"
    """Somebody has to say which of these people, or that it is a new one."""
    NEW = "new"
    """Nobody has this mobile; a new person once confirmed."""
    UNKNOWN = "unknown"
    """A name nobody has, without a mobile to reach them."""
    BAD_MOBILE = "bad_mobile"
    NAME_MISSING = "name_missing"
    """A mobile nobody has, without a name."""
    BAD_NAME = "bad_name"
    """A name too long to be one, or with characters that cannot be shown."""
    ALREADY = "already"
    """Expected on this shift already."""
    REPEATED = "repeated"
    """The same person as in a line above."""
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Line:
    """One typed line and who it may mean; `number` counts from 1."""

    number: int
    typed: str
    name: str
    mobile: str | None
    found: Found
    people: tuple[Person, ...] = ()

    @property
    def may_be_new(self) -> bool:
        return self.found in (Found.NEW, Found.SEVERAL) and bool(self.name and self.mobile)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody nobody entered yet."""

    name: str
    mobile: str


Pick = int | Newcomer


# --- reading -------------------------------------------------------------------------------


def read(shift_id: int, text: str) -> list[Line]:
    """Each line that is not blank, and who it means; nothing is changed.

    By mobile first, then by the name in any spelling. Problem `too_many_lines` (fact `most`).
    """
    typed = [line.strip() for line in text.splitlines() if line.strip()]
    if len(typed) > MOST_LINES:
        raise Problem("too_many_lines", most=MOST_LINES)
    lines = [_parsed(number, line) for number, line in enumerate(typed, 1)]
    by_mobile, by_name = _by_mobile(lines), _by_name(lines)
    expected = set(
        db.session.scalars(
            select(Assignment.person_id).where(
                Assignment.shift_id == shift_id, Assignment.how != "waiting"
            )
        )
    )
    return list(_once(_matched(line, by_mobile, by_name, expected) for line in lines))


def _parsed(number: int, line: str) -> Line:
    """«3. نورة سعد 0551234567» in its parts, whatever stands between them."""
    plain = _NUMBERED.sub("", latin_digits(line))
    digits = _NUMBER.search(plain)
    parts = [plain] if digits is None else [plain[: digits.start()], plain[digits.end() :]]
    found, mobile = Found.UNKNOWN, None
    if digits is not None:
        try:
            mobile = normal_mobile(digits.group(), foreign=True)
        except Problem:
            found = Found.BAD_MOBILE
    try:
        name = clean_name(" ".join(part.strip(_EDGES) for part in parts))
    except Problem as problem:
        name, is_missing = "", problem.code == "name_missing"
        found = found if is_missing else Found.BAD_NAME
    return Line(number, line, name, mobile, found)


def _by_mobile(lines: Iterable[Line]) -> dict[str, list[Person]]:
    mobiles = {line.mobile for line in lines if line.mobile}
    found: dict[str, list[Person]] = {}
    for person in _living(Person.mobile.in_(mobiles)):
        found.setdefault(person.mobile or "", []).append(person)
    return found


def _by_name(lines: Iterable[Line]) -> dict[str, list[Person]]:
    names = {fold_name(line.name) for line in lines if line.name}
    found: dict[str, list[Person]] = {}
    for person in _living(Person.name_folded.in_(names)):
        found.setdefault(person.name_folded, []).append(person)
    return found


def _living(condition: object) -> Sequence[Person]:
    query = select(Person).where(condition, living())  # type: ignore[arg-type]
    return db.session.scalars(query.options(joinedload(Person.partner)).order_by(Person.id)).all()


def _matched(
    line: Line,
    by_mobile: Mapping[str, list[Person]],
    by_name: Mapping[str, list[Person]],
    expected: set[int],
) -> Line:
    if line.found in (Found.BAD_MOBILE, Found.BAD_NAME):
        return line
    candidates = _candidates(line, by_mobile, by_name)
    if len(candidates) == 1 and not _other_name(line, candidates[0]):
        return replace(line, people=candidates, found=_standing(candidates[0], expected))
    if candidates:
        return replace(line, people=candidates, found=Found.SEVERAL)
    if line.mobile:
        return replace(line, found=Found.NEW if line.name else Found.NAME_MISSING)
    return line


def _candidates(
    line: Line, by_mobile: Mapping[str, list[Person]], by_name: Mapping[str, list[Person]]
) -> tuple[Person, ...]:
    """Those with the mobile, of them those with the name; else those with the name alone."""
    key = fold_name(line.name)
    if line.mobile:
        sharing = by_mobile.get(line.mobile, [])
        named = [person for person in sharing if person.name_folded == key]
        return tuple(named or sharing)
    return tuple(by_name.get(key, [])) if line.name else ()


def _other_name(line: Line, person: Person) -> bool:
    """A family shares a phone: a mobile with another name may be somebody new."""
    return bool(line.name) and person.name_folded != fold_name(line.name)


def _standing(person: Person, expected: set[int]) -> Found:
    if person.id in expected:
        return Found.ALREADY
    return Found.SUSPENDED if person.suspended_at is not None else Found.ONE


def _once(lines: Iterable[Line]) -> Iterator[Line]:
    """A person, or a newcomer, who stands in two lines is added once."""
    seen: set[object] = set()
    for line in lines:
        who = _identity(line)
        if who is not None and who in seen:
            yield replace(line, found=Found.REPEATED)
        else:
            seen.add(who)
            yield line


def _identity(line: Line) -> object:
    if line.found is Found.ONE:
        return line.people[0].id
    return (line.mobile, fold_name(line.name)) if line.found is Found.NEW else None


def picks(lines: Iterable[Line], chosen: Mapping[int, str]) -> list[Pick]:
    """Whom the confirmed preview means; `chosen` by line: a person's id, "new" or "" (nobody).

    Only what the preview offered can be chosen. Problem `choice_missing` (fact `number`) for a
    line with several people where nothing was chosen.
    """
    wanted: list[Pick] = []
    for line in lines:
        if line.found not in (Found.ONE, Found.SEVERAL, Found.NEW):
            continue
        choice = chosen.get(line.number)
        if choice is None:
            raise Problem("choice_missing", number=line.number)
        if choice == "new" and line.may_be_new and line.mobile:
            wanted.append(Newcomer(line.name, line.mobile))
        elif choice:
            wanted.append(_offered(line, choice))
    return wanted


def _offered(line: Line, choice: str) -> int:
    for person in line.people:
        if str(person.id) == choice:
            return person.id
    raise Problem("choice_missing", number=line.number)


# --- acts ----------------------------------------------------------------------------------


@transaction
def add(shift_id: int, wanted: Iterable[Pick], *, by: int, now: datetime) -> int:
    """Expect these people on the shift, all or none; how many were not expected before.

    Problems: `shift_cancelled`, `shift_closed`, `person_suspended`, and those of a new person.
    """
    shift = _open_shift(shift_id)
    picks = list(wanted)
    _refuse_missing({pick for pick in picks if isinstance(pick, int)})
    ids = dict.fromkeys(_person_id(pick, by, now) for pick in picks)
    _lock(ids)
    before = {
        assignment.person_id: assignment
        for assignment in db.session.scalars(
            select(Assignment).where(Assignment.shift_id == shift.id)
        )
    }
    added = [person_id for person_id in ids if _expect(shift, person_id, before, by, now)]
    db.session.flush()
    if added:
        audit.note("roster.add", "shift", shift.id, by=by, at=now, people=added)
    return len(added)


def _open_shift(shift_id: int) -> Shift:
    """Ours until the end, so that two lists added at once do not meet."""
    shift = catalogue.hold_shift(shift_id)
    _refuse_settled(shift)
    return shift


def _refuse_settled(shift: Shift) -> None:
    if shift.cancelled_at is not None:
        raise Problem("shift_cancelled")
    if shift.closed_at is not None:
        raise Problem("shift_closed")


def _lock(person_ids: Iterable[int]) -> None:
    """A walk-in who joins the shift right now is waited for."""
    query = select(Person.id).where(Person.id.in_(list(person_ids))).order_by(Person.id)
    db.session.scalars(query.with_for_update()).all()


def _person_id(pick: Pick, by: int, now: datetime) -> int:
    if isinstance(pick, Newcomer):
        return people.create(Profile(name=pick.name, mobile=pick.mobile), by=by, now=now)
    return pick


def _refuse_missing(person_ids: set[int]) -> None:
    """One question for a list of thousands. Problem `person_suspended`; NotFound."""
    query = select(Person.suspended_at).where(Person.id.in_(person_ids), living())
    found = db.session.scalars(query).all()
    if len(found) < len(person_ids):
        raise NotFound("person")
    if any(found):
        raise Problem("person_suspended")


def _expect(
    shift: Shift, person_id: int, before: Mapping[int, Assignment], by: int, now: datetime
) -> bool:
    held = before.get(person_id)
    if held is not None and held.how != "waiting":
        return False
    if held is not None:
        held.how = "roster"
        return True
    db.session.add(
        Assignment(shift_id=shift.id, person_id=person_id, created_at=now, created_by_id=by)
    )
    return True


@transaction
def remove(assignment_id: int, *, by: int, now: datetime) -> bool:
    """Expect somebody no longer, and let the next one who waits move up; whether they are told.

    Nobody is told of a draft, of what is over, or of a shift that they know to be cancelled.
    Problem `roster_attended` once they came.
    """
    shift = catalogue.hold_shift(find(assignment_id).shift_id)
    assignment = find(assignment_id)
    attended = db.session.scalar(
        select(Attendance.id)
        .where(Attendance.shift_id == assignment.shift_id)
        .where(Attendance.volunteer_id == assignment.person_id)
        .where(Attendance.state != "cancelled")
    )
    if attended is not None:
        raise Problem("roster_attended")
    gone = telling.affected(shift.id, assignment.person_id)
    db.session.delete(assignment)
    audit.note(
        "roster.remove", "shift", assignment.shift_id, by=by, at=now, person=assignment.person_id
    )
    db.session.flush()
    openings.move_up(assignment.shift_id, now)
    return shift.cancelled_at is None and telling.taken_off(shift.id, gone, now) > 0


@transaction
def set_lead(assignment_id: int, is_lead: bool, *, by: int, now: datetime) -> None:
    """Let somebody lead the shift, or no longer; nobody raises themselves (`own_grant`)."""
    assignment = find(assignment_id)
    if assignment.person_id == by:
        raise Problem("own_grant")
    if assignment.is_lead == is_lead:
        return
    assignment.is_lead = is_lead
    act = "roster.lead" if is_lead else "roster.follow"
    audit.note(act, "shift", assignment.shift_id, by=by, at=now, person=assignment.person_id)


@transaction
def invite(shift_id: int, *, link: str, by: int, now: datetime) -> int:
    """Tell everybody expected who has a mobile and has not come; how many, each once per plan.

    A shift that was moved since is told again. Problems as in `refuse_inviting`.
    """
    shift = catalogue.hold_shift(shift_id)
    refuse_inviting(shift, now)
    told = _reachable(shift_id)
    facts = _invitation(shift, link)
    for person_id, mobile in told:
        messages.queue(
            f"invite:{shift_id}:{person_id}:{int(shift.starts_at.timestamp())}",
            "shift_invitation",
            mobile,
            facts,
            language="ar",
            now=now,
            lifetime=min(INVITATION_LASTS, shift.ends_at - now),
        )
    audit.note("roster.invite", "shift", shift_id, by=by, at=now, number=len(told))
    return len(told)


def refuse_inviting(shift: Shift, now: datetime) -> None:
    """Problems `shift_cancelled`, `shift_closed`, `shift_over` once it has ended, and
    `shift_draft` before it is published."""
    _refuse_settled(shift)
    if shift.ends_at <= now:
        raise Problem("shift_over")
    if shift.is_draft:
        raise Problem("shift_draft")


def _invitation(shift: Shift, link: str) -> dict[str, str]:
    """What the message says, as of now; a moved shift is told anew."""
    site = catalogue.found(Site, shift.site_id)
    return {
        "site_ar": site.name_ar,
        "site_en": site.name_en,
        "zone": site.zone,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "link": link,
    }


# --- questions -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the roster, as the shift's page shows it."""

    assignment: Assignment
    person: Person
    state: str | None
    """Of the attendance, when there is one."""
    clash: AnyRow | None
    """Another shift at the same time: `shift_id`, times, the site's names and zone."""


def of_shift(shift: Shift) -> list[Expected]:
    """Everybody on the shift's roster, leads first, then by name; waiting ones last."""
    rows = db.session.execute(
        select(Assignment, Person, Attendance.state)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(
            Attendance,
            (Attendance.shift_id == Assignment.shift_id)
            & (Attendance.volunteer_id == Assignment.person_id),
        )
        .where(Assignment.shift_id == shift.id)
        .order_by(Assignment.how == "waiting", Assignment.is_lead.desc(), Person.name_folded)
    ).all()
    ids = [person.id for _, person, _ in rows]
    taken = shifts.clashes(ids, shift.starts_at, shift.ends_at, but=shift.id)
    return [
        Expected(assignment, person, state, taken.get(person.id))
        for assignment, person, state in rows
    ]


def find(assignment_id: int) -> Assignment:
    assignment = db.session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound("assignment")
    return assignment


def reachable(shift_id: int) -> int:
    """How many of those expected could be sent a message: they have not come yet."""
    return len(_reachable(shift_id))


def _reachable(shift_id: int) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Person.id, Person.mobile)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.shift_id == shift_id, Assignment.how != "waiting")
        .where(Person.mobile.is_not(None), living())
        .where(Person.suspended_at.is_(None))
        .where(Person.id.not_in(_came(shift_id)))
        .order_by(Person.id)
    )
    return [(person_id, mobile) for person_id, mobile in rows if mobile is not None]


def _came(shift_id: int) -> Select[int]:
    """Those with an attendance of the shift that they did not take back."""
    return select(Attendance.volunteer_id).where(
        Attendance.shift_id == shift_id, Attendance.state != "cancelled"
    )
