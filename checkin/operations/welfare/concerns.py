"""What speaks against an attendance, found when it is shown and kept nowhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from checkin.database import AnyRow, db
from checkin.domain.welfare import (
    NIGHT_BEGINS,
    NIGHT_ENDS,
    Course,
    Finding,
    Limit,
    Served,
    findings,
)
from checkin.models import Person, Remark
from checkin.operations.welfare.serving import (
    courses_of,
    expected,
    is_near,
    left_by,
    near,
    people_around,
    planned,
    served,
    served_in,
)

WAITING = "waiting"
"""How somebody stands to a shift who only waits for a place."""
REST_AFTER = "rest_after"
"""Of a shift that is being joined: the one after it would follow too soon."""
REST_IF_GIVEN = "rest_if_given"
"""Of a shift that is being joined: it would lie too near to one whose place is waited for."""


@dataclass(frozen=True, slots=True)
class Named:
    """A service or a course, for saying which."""

    name_ar: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """Who let somebody serve all the same, and why (`code` or `code: words`)."""

    by: str
    reason: str
    at: datetime
    codes: frozenset[str]
    """Of the concerns it is about; one that comes up later is not allowed by it."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A limit that speaks against one attendance, and what its sentence needs.

    `facts`: `minutes` and `most` of hours and rest, `service` of heavy work, `begins` and `ends`
    of the night, `course` and `good_until` of a course. `is_ahead`: it holds only if somebody
    stays as long as planned.
    """

    code: str
    facts: Mapping[str, Any]
    is_ahead: bool = False
    allowance: Allowance | None = None

    @property
    def allowed(self) -> bool:
        return self.allowance is not None


def concerns(attendance_ids: Collection[int], now: datetime) -> dict[int, list[Concern]]:
    """By attendance, what speaks against it, allowed or not; four questions at most."""
    told: dict[int, list[Concern]] = {one: [] for one in attendance_ids}
    people = people_around(told)
    rows = [row for several in people.values() for row in several if row.id in told]
    courses = courses_of(rows)
    found = {row.id: _found(row, people[row.who], now, courses) for row in rows}
    allowances = _allowances([number for number, some in found.items() if some])
    for row in rows:
        told[row.id] = [_concern(one, row, now, courses, allowances) for one in found[row.id]]
    return told


def unallowed(attendance_ids: Collection[int], now: datetime) -> dict[int, list[Concern]]:
    """The same, only what nobody has allowed: what makes a record an exception."""
    return {
        attendance_id: [concern for concern in found if not concern.allowed]
        for attendance_id, found in concerns(attendance_ids, now).items()
    }


def foreseen(person_id: int, shift_id: int, now: datetime) -> list[Concern]:
    """What would speak against serving this shift, from now or its later start to its end."""
    row = db.session.execute(planned(person_id, shift_id)).one_or_none()
    if row is None:
        return []
    begin = max(now, row.starts_at)
    around = near([person_id], row.work_on, row.work_on)
    others = [left_by(other, now, begin) for other in around]
    been = [span for other, shift in others if shift == shift_id for span in other.spans]
    spans = (*been, (begin, max(row.ends_at, begin)))
    courses = courses_of([row])
    elsewhere = [other for other, shift in others if shift != shift_id]
    found = findings(served_in(row, spans), elsewhere, now, courses.get(row.id))
    return [_concern(one, row, now, courses, {}) for one in found]


def ahead(person_id: int, shift_id: int, now: datetime) -> list[Concern]:
    """What would speak against planning somebody for a shift, by the plan of their other shifts.

    With `rest_after` (facts `minutes`, `most`) where the next shift would follow too soon, and
    `rest_if_given` (also `name_ar`, `name_en`, `zone`, `starts_at`, `ends_at` of the other shift)
    where a place that is waited for would leave too little rest.
    """
    return ahead_of(person_id, [shift_id], now).get(shift_id, [])


def ahead_of(person_id: int, shift_ids: Collection[int], now: datetime) -> dict[int, list[Concern]]:
    """The same of each of several shifts, taken by itself; three questions for all of them."""
    rows = db.session.execute(planned(person_id, *shift_ids)).all()
    if not rows:
        return {}
    days = [row.work_on for row in rows]
    others = expected(person_id, min(days), max(days))
    courses = courses_of(rows)
    return {row.shift_id: _ahead(row, others, courses, now) for row in rows}


def _ahead(
    row: AnyRow, expected_on: Iterable[AnyRow], courses: Mapping[int, Course], now: datetime
) -> list[Concern]:
    around = [
        other
        for other in expected_on
        if other.shift_id != row.shift_id and is_near(other.work_on, row.work_on)
    ]
    one, others = _as_planned(row), [_as_planned(each) for each in around if each.how != WAITING]
    found = findings(one, others, now, courses.get(row.id))
    told = [_concern(each, row, now, courses, {}) for each in found]
    waited = [each for each in around if each.how == WAITING and each.starts_at > now]
    return [*told, *_rest_after(one, others, now), *_rest_if_given(one, others, waited, now)]


def _as_planned(row: AnyRow) -> Served:
    return served_in(row, ((row.starts_at, row.ends_at),))


def _rest_after(one: Served, others: Sequence[Served], now: datetime) -> Iterator[Concern]:
    """A later shift that would be told of too little rest because of this one."""
    for later in sorted(others, key=lambda other: other.begins_at):
        if later.begins_at < one.ends_at:
            continue
        short = _shortened(later, one, others, now)
        if short is not None:
            facts = {"minutes": short.minutes, "most": short.most}
            yield Concern(REST_AFTER, facts, is_ahead=True)
        return


def _rest_if_given(
    one: Served, others: Sequence[Served], waited: Iterable[AnyRow], now: datetime
) -> Iterator[Concern]:
    """Places that would leave too little rest, before or after; nobody is given one at the same
    time, or once its shift has begun."""
    for row in waited:
        first, second = sorted((one, _as_planned(row)), key=lambda each: each.begins_at)
        if second.begins_at < first.ends_at:
            continue
        short = _shortened(second, first, others, now)
        if short is not None:
            site = {"name_ar": row.site_ar, "name_en": row.site_en, "zone": row.zone}
            rest = {"minutes": short.minutes, "most": short.most}
            times = {"starts_at": row.starts_at, "ends_at": row.ends_at}
            yield Concern(REST_IF_GIVEN, {**site, **rest, **times}, is_ahead=True)


def _shortened(
    later: Served, before: Served, others: Sequence[Served], now: datetime
) -> Finding | None:
    """The little rest that a shift is told of because of the one before it."""
    without, with_it = (
        {each.limit: each for each in findings(later, around, now)}.get(Limit.LITTLE_REST)
        for around in (others, [before, *others])
    )
    return with_it if with_it != without else None


def _found(
    row: AnyRow, near: Iterable[AnyRow], now: datetime, courses: Mapping[int, Course]
) -> list[Finding]:
    others = [served(other, now) for other in near]
    return findings(served(row, now), others, now, courses.get(row.id))


def _concern(
    finding: Finding,
    row: AnyRow,
    now: datetime,
    courses: Mapping[int, Course],
    allowances: Mapping[int, list[Allowance]],
) -> Concern:
    code = finding.limit.value
    given = [one for one in allowances.get(row.id, []) if code in one.codes]
    return Concern(
        code,
        _facts(finding, row, courses.get(row.id)),
        is_ahead=finding.since > now,
        allowance=given[0] if given else None,
    )


def _facts(finding: Finding, row: AnyRow, course: Course | None) -> dict[str, Any]:
    match finding.limit:
        case Limit.MINOR_AT_NIGHT:
            return {"begins": NIGHT_BEGINS, "ends": NIGHT_ENDS}
        case Limit.HEAVY_TOO_LONG:
            service = Named(row.name_ar, row.name_en)
            return {"minutes": finding.minutes, "most": finding.most, "service": service}
        case Limit.COURSE_MISSING | Limit.COURSE_EXPIRED:
            named = Named(row.course_ar, row.course_en)
            return {"course": named, "good_until": course.good_until if course else None}
    return {"minutes": finding.minutes, "most": finding.most}


def _allowances(attendance_ids: Collection[int]) -> dict[int, list[Allowance]]:
    """Those given for each, the first one first."""
    found: dict[int, list[Allowance]] = defaultdict(list)
    if not attendance_ids:
        return found
    r = Remark
    rows = db.session.execute(
        select(r.attendance_id, r.words, r.at, Person.name)
        .join(Person, Person.id == r.written_by_id)
        .where(r.attendance_id.in_(list(attendance_ids)), r.kind == "allowance")
        .order_by(r.at, r.id)
    )
    for row in rows:
        codes, _line, why = row.words.partition("\n")
        given = Allowance(row.name, why, row.at, frozenset(codes.split()))
        found[row.attendance_id].append(given)
    return found
