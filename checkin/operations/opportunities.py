"""Published calls: one service, or a course or a meeting, with its rules and its shifts."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from checkin.database import db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance, Opportunity, Shift
from checkin.operations import catalogue, months
from checkin.operations.figures import closed, rollup
from checkin.operations.search import called

KINDS = ("service", "course", "meeting")
TYPES = ("general", "skilled", "professional")
MOST_OPENS_MINUTES = 720
MOST_LATE_MINUTES = 1440
MOST_VALID_DAYS = 3660
YOUNGEST, OLDEST = 5, 99
SHORTEST_CAP, LONGEST_CAP = 15, 960
LONGEST_ABOUT = 1000
PER_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityPlan:
    """What a coordinator says about an opportunity; only one of kind `service` has a service.

    `requires_id` is the course to attend before; `valid_days` is for how long having attended a
    course is good, empty for ever, and of a course only. `is_open`: volunteers find and join it by
    themselves; `gender` and `minimum_age` say whom it is for. `most_minutes` is what one attendance
    is credited with at most.
    """

    kind: str
    name_ar: str
    name_en: str = ""
    service_id: int | None = None
    campaign_id: int | None = None
    partner_id: int | None = None
    type: str = "general"
    walk_ins: bool = False
    opens_minutes: int = 30
    late_minutes: int | None = None
    requires_id: int | None = None
    valid_days: int | None = None
    is_open: bool = False
    has_waiting_list: bool = True
    gender: str | None = None
    minimum_age: int | None = None
    most_minutes: int | None = None
    about_ar: str = ""
    about_en: str = ""

    def check(self) -> None:
        if (self.kind == "service") != (self.service_id is not None):
            raise Problem("service_missing")
        if not 0 <= self.opens_minutes <= MOST_OPENS_MINUTES:
            raise Problem("minutes_out_of_range", most=MOST_OPENS_MINUTES)
        if self.valid_days is not None and not 1 <= self.valid_days <= MOST_VALID_DAYS:
            raise Problem("days_out_of_range", most=MOST_VALID_DAYS)
        if self.valid_days is not None and self.kind != "course":
            raise Problem("validity_of_courses")
        if self.requires_id is not None:
            _check_course(self.requires_id)
        self._check_limits()

    def _check_limits(self) -> None:
        if self.minimum_age is not None and not YOUNGEST <= self.minimum_age <= OLDEST:
            raise Problem("age_out_of_range", low=YOUNGEST, high=OLDEST)
        cap = self.most_minutes
        if cap is not None and not SHORTEST_CAP <= cap <= LONGEST_CAP:
            raise Problem("cap_out_of_range", low=SHORTEST_CAP, high=LONGEST_CAP)


@transaction
def create(plan: OpportunityPlan, *, by: int | None, now: datetime) -> int:
    """A new opportunity's id; Problems `service_missing`, `minutes_out_of_range`,
    `days_out_of_range`, `validity_of_courses`, `not_a_course`, `age_out_of_range` and
    `cap_out_of_range`."""
    plan.check()
    return catalogue.keep(Opportunity(**asdict(plan), created_at=now), by=by, now=now)


@transaction
def change(opportunity_id: int, plan: OpportunityPlan, *, by: int, now: datetime) -> None:
    """Problems as in `create`; `kind_fixed` once somebody attended, because volunteer hours would
    turn into course time or the other way round; `own_course`; `course_required` for a course
    that others ask for; and `opportunity_in_closed_month` (fact `month`), for whatever was done in
    a closed month stays what it was done for."""
    plan.check()
    opportunity = catalogue.found(Opportunity, opportunity_id)
    if plan.requires_id == opportunity_id:
        raise Problem("own_course")
    if plan.kind != "course" and _is_required(opportunity_id):
        raise Problem("course_required")
    if plan.kind != opportunity.kind and _attended(opportunity_id):
        raise Problem("kind_fixed")
    # whoever volunteered in it did so for another service, campaign or type from now on
    is_same = (plan.service_id, plan.campaign_id, plan.type) == (
        opportunity.service_id,
        opportunity.campaign_id,
        opportunity.type,
    )
    came = () if is_same else _hold(opportunity)
    with rollup.in_step(volunteer_ids=came):
        catalogue.change(opportunity, asdict(plan), by=by, now=now)


@transaction
def copy(opportunity_id: int, *, by: int, now: datetime) -> int:
    """The id of one with the same rules and no shifts; nobody can join it before it is looked at.

    A course held again keeps its name, by which its attendance counts wherever it is asked for.
    """
    original = catalogue.found(Opportunity, opportunity_id)
    rules = {one.name: getattr(original, one.name) for one in fields(OpportunityPlan)}
    twin = Opportunity(**(rules | {"is_open": False}), created_at=now)
    return catalogue.keep(twin, by=by, now=now)


@transaction
def close(opportunity_id: int, *, by: int, now: datetime) -> None:
    """No new shifts; those planned stay."""
    catalogue.close(catalogue.found(Opportunity, opportunity_id), by=by, now=now)


@transaction
def reopen(opportunity_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(catalogue.found(Opportunity, opportunity_id), by=by, now=now)


def _hold(opportunity: Opportunity) -> list[int]:
    """Who came to it; they, the months and the opportunity as it is now are ours, in this order.

    Problem `opportunity_in_closed_month`.
    """
    came = rollup.volunteers_of(opportunity.id)
    months.hold()
    for month in months_told(opportunity.id)[:1]:
        raise Problem("opportunity_in_closed_month", month=month)
    db.session.refresh(opportunity, with_for_update={"key_share": True})
    return came


def months_told(opportunity_id: int) -> list[date]:
    """The closed months in which it has approved hours: its service, campaign and type stay."""
    return closed.months_told(Shift.opportunity_id == opportunity_id)


def find(opportunity_id: int) -> Opportunity:
    """The opportunity with what its page names."""
    opportunity = db.session.get(
        Opportunity,
        opportunity_id,
        options=[
            joinedload(Opportunity.service),
            joinedload(Opportunity.campaign),
            joinedload(Opportunity.partner),
            joinedload(Opportunity.requires),
        ],
        populate_existing=True,
    )
    if opportunity is None:
        raise NotFound("opportunity")
    return opportunity


def choosable(keep: int | None = None) -> list[Opportunity]:
    return catalogue.listed(Opportunity, keep)


def courses(keep: int | None = None) -> list[Opportunity]:
    """What may be required: courses still offered, and the one required before."""
    return catalogue.listed(Opportunity, keep, Opportunity.kind == "course")


def page_of(
    number: int,
    text: str = "",
    *,
    campaign_id: int | None = None,
    type: str | None = None,
    kind: str | None = None,
) -> Pagination:
    """Opportunities whose name holds the words of `text`: those in use first, the newest on top."""
    o = Opportunity
    chosen = ((campaign_id, o.campaign_id), (type, o.type), (kind, o.kind))
    wanted = [column == value for value, column in chosen if value is not None]
    query = (
        select(Opportunity)
        .options(joinedload(Opportunity.service), joinedload(Opportunity.campaign))
        .where(*wanted)
        .order_by(Opportunity.closed_at.is_not(None), Opportunity.id.desc())
    )
    if text.strip():
        query = query.where(called(text, o.name_ar, o.name_en))
    return db.paginate(query, page=number, per_page=PER_PAGE, error_out=False)


def coming_counts(opportunity_ids: list[int], now: datetime) -> dict[int, int]:
    """How many shifts of each are still to end."""
    rows = db.session.execute(
        select(Shift.opportunity_id, func.count())
        .where(Shift.opportunity_id.in_(opportunity_ids))
        .where(Shift.ends_at > now, Shift.cancelled_at.is_(None))
        .group_by(Shift.opportunity_id)
    )
    return {row[0]: row[1] for row in rows}


def _check_course(opportunity_id: int) -> None:
    kind = db.session.scalar(select(Opportunity.kind).where(Opportunity.id == opportunity_id))
    if kind != "course":
        raise Problem("not_a_course")


def _is_required(opportunity_id: int) -> bool:
    asking = select(Opportunity.id).where(Opportunity.requires_id == opportunity_id)
    return db.session.scalar(asking.limit(1)) is not None


def _attended(opportunity_id: int) -> bool:
    found = db.session.scalar(
        select(Attendance.id)
        .join(Shift, Shift.id == Attendance.shift_id)
        .where(Shift.opportunity_id == opportunity_id)
        .limit(1)
    )
    return found is not None
