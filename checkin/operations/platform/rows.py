"""The rows of the platform's file: one for each volunteer and opportunity, of approved hours.

Somebody entered twice and merged is one volunteer; who was erased is left out and counted.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, and_, case, distinct, func, or_, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db
from checkin.models import Attendance, Campaign, Opportunity, Person, Service
from checkin.operations import figures, paging
from checkin.operations.figures import Filter, Measure

FULL_NAME = 3
"""So many names make one as identity cards have it."""
LACKS = ("name", "mobile", "gender")
"""What of a volunteer the platform asks for, and may be missing here."""
_A = Attendance


class Sum(NamedTuple):
    """What a file comes to; `erased` rows and their minutes are not in it."""

    rows: int
    volunteers: int
    opportunities: int
    minutes: int
    erased_rows: int
    erased_minutes: int
    lacking_name: int
    lacking_mobile: int
    lacking_gender: int

    def lacking(self, what: str) -> int:
        """How many volunteers have no full name, no mobile, or no gender."""
        number: int = getattr(self, f"lacking_{what}")
        return number


def listed(wanted: Filter) -> Select[Any]:
    """The rows of a file in its order: by opportunity, then by name."""
    return _described(_sums(wanted))


def unentered(wanted: Filter, lines: CTE, *, by_opportunity: bool) -> Select[Any]:
    """The rows of `lines`, each a volunteer's `more` minutes here than `there`, which is none for
    who is not there.

    Where the lines name no opportunity, who is there already has one row for all: nobody knows
    of which the hours there are.
    """
    t = _sums(wanted)
    there, of = lines.c.there, t.c.opportunity_id
    first, last = func.min(of), func.max(of)
    minutes: ColumnElement[int] = func.max(lines.c.more)
    same = lines.c.person_id == t.c.person_id
    key: Any = of
    if by_opportunity:
        same = and_(same, lines.c.opportunity_id == of)
    else:
        key = case((there.is_(None), of))
        minutes = case((there.is_(None), func.sum(t.c.minutes)), else_=minutes)
    columns: list[Any] = [
        *(t.c.person_id, case((first == last, first)).label("opportunity_id")),
        *(minutes.label("minutes"), func.sum(t.c.attendances).label("attendances")),
        *(func.min(t.c.first_on).label("first_on"), func.max(t.c.last_on).label("last_on")),
        there,
    ]
    grouped = select(*columns).join(lines, same).group_by(t.c.person_id, there, key)
    return _described(found := grouped.cte("unentered")).add_columns(found.c.there)


def _described(t: CTE) -> Select[Any]:
    """Each row with its volunteer and its opportunity, where it is of one."""
    o, p = Opportunity, Person
    return (
        select(
            *(t.c.person_id, t.c.opportunity_id, t.c.minutes, t.c.attendances),
            *(t.c.first_on, t.c.last_on, p.name, p.name_folded, p.name_latin, p.mobile, p.gender),
            *(o.name_ar, o.name_en, o.type),
            *(Service.name_ar.label("service_ar"), Service.name_en.label("service_en")),
            *(Campaign.name_ar.label("campaign_ar"), Campaign.name_en.label("campaign_en")),
        )
        .select_from(t)
        .join(p, p.id == t.c.person_id)
        .outerjoin(o, o.id == t.c.opportunity_id)
        .outerjoin(Service, Service.id == o.service_id)
        .outerjoin(Campaign, Campaign.id == o.campaign_id)
        .where(p.erased_at.is_(None))
        .order_by(o.name_ar, o.id, p.name_folded, p.id)
    )


def sum_of(wanted: Filter) -> Sum:
    t, here = _sums(wanted), Person.erased_at.is_(None)
    people = [
        func.count(distinct(case((and_(here, lacking), Person.id))))
        for lacking in (_lacking(what) for what in LACKS)
    ]
    found = db.session.execute(
        select(
            func.count(case((here, 1))),
            func.count(distinct(case((here, t.c.person_id)))),
            func.count(distinct(case((here, t.c.opportunity_id)))),
            _added(here, t.c.minutes),
            func.count(case((~here, 1))),
            _added(~here, t.c.minutes),
            *people,
        )
        .select_from(t)
        .join(Person, Person.id == t.c.person_id)
    ).one()
    return Sum(*map(int, found))


def by_opportunity(wanted: Filter, page: int) -> Sequence[AnyRow]:
    """What each opportunity comes to, the latest first: how the platform's pages are filled."""
    t, o = _sums(wanted), Opportunity
    latest = func.max(t.c.last_on)
    columns: list[Any] = [
        *(o.id, o.name_ar, o.name_en, o.type, func.count().label("rows")),
        *(func.sum(t.c.minutes).label("minutes"), latest.label("last_on")),
        func.min(t.c.first_on).label("first_on"),
    ]
    query: Select[Any] = (
        select(*columns)
        .select_from(t)
        .join(Person, Person.id == t.c.person_id)
        .join(o, o.id == t.c.opportunity_id)
        .where(Person.erased_at.is_(None))
        .group_by(o.id, o.name_ar, o.name_en, o.type)
    )
    in_order = query.order_by(latest.desc(), o.id.desc())
    return db.session.execute(paging.shown(in_order, page)).all()


def lacking(wanted: Filter, what: str, page: int) -> Sequence[AnyRow]:
    """The volunteers of a file of whom this is missing, by name."""
    t, p = _sums(wanted), Person
    columns: list[Any] = [p.id, p.name, p.mobile, p.gender]
    query: Select[Any] = select(*columns).where(
        p.id.in_(select(t.c.person_id)), p.erased_at.is_(None), _lacking(what)
    )
    in_order = query.order_by(p.name_folded, p.id)
    return db.session.execute(paging.shown(in_order, page)).all()


def _sums(wanted: Filter) -> CTE:
    """Whose, where, and how much; a volunteer without a whole minute has nothing to enter."""
    merged = aliased(Person)
    who = func.coalesce(merged.merged_into_id, _A.volunteer_id)
    minutes = func.sum(_A.approved_minutes)
    columns = [
        who.label("person_id"),
        Opportunity.id.label("opportunity_id"),
        minutes.label("minutes"),
        func.count().label("attendances"),
        func.min(_A.work_on).label("first_on"),
        func.max(_A.work_on).label("last_on"),
    ]
    return (
        figures.rows_behind(Measure.APPROVED, wanted, columns)
        .outerjoin(merged, and_(merged.id == _A.volunteer_id, merged.merged_into_id.is_not(None)))
        .group_by(who, Opportunity.id)
        .having(minutes > 0)
        .cte("sums")
    )


def _lacking(what: str) -> ColumnElement[bool]:
    if what == "mobile":
        return Person.mobile.is_(None)
    if what == "gender":
        return Person.gender.is_(None)
    folded = Person.name_folded
    names = func.length(folded) - func.length(func.replace(folded, " ", "")) + 1
    return or_(folded == "", names < FULL_NAME)


def _added(condition: ColumnElement[bool], column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, column), else_=0)), 0)
