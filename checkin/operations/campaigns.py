"""Named efforts over several opportunities, and what came of them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.models import Attendance, Campaign, Opportunity, Shift
from checkin.operations import catalogue, figures
from checkin.operations.figures import Filter, Grouping, Line, Totals
from checkin.operations.permissions import Reach

BY = (Grouping.MONTH, Grouping.SITE, Grouping.PARTNER)
"""The tables of a campaign's results."""
_EVERYWHERE = Reach(everywhere=True)
_GONE = ("cancelled", "rejected", "voided")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """What a coordinator says about a campaign; the days it runs where they are known."""

    name_ar: str
    name_en: str = ""
    from_on: date | None = None
    until_on: date | None = None

    def check(self) -> None:
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise Problem("campaign_days")


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a campaign, by the definitions of all figures."""

    totals: Totals
    first: date | None
    """The first and the last day on which somebody came; nothing while nobody has."""
    last: date | None
    tables: dict[Grouping, list[Line]]
    """Lines count no people and no opportunities."""


# --- acts ----------------------------------------------------------------------------------


@catalogue.unique()
@transaction
def create(plan: CampaignPlan, *, by: int | None, now: datetime) -> int:
    """A new campaign's id; Problems `name_taken` and `campaign_days` (it ends before it begins)."""
    plan.check()
    return catalogue.keep(Campaign(**asdict(plan)), by=by, now=now)


@catalogue.unique()
@transaction
def change(campaign_id: int, plan: CampaignPlan, *, by: int, now: datetime) -> None:
    """Problems as `create`."""
    plan.check()
    catalogue.change(find(campaign_id), asdict(plan), by=by, now=now)


@transaction
def close(campaign_id: int, *, by: int, now: datetime) -> None:
    """No new opportunities under it; those it has stay."""
    catalogue.close(find(campaign_id), by=by, now=now)


@transaction
def reopen(campaign_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(find(campaign_id), by=by, now=now)


# --- questions -----------------------------------------------------------------------------


def find(campaign_id: int) -> Campaign:
    return catalogue.found(Campaign, campaign_id)


def all_campaigns() -> list[Campaign]:
    return catalogue.all_of(Campaign)


def choosable(keep: int | None = None) -> list[Campaign]:
    return catalogue.listed(Campaign, keep)


def results(campaign_id: int) -> Results:
    """Its figures, and by month, site and partner what of them adds up."""
    wanted = Filter(_EVERYWHERE, campaign_id=campaign_id)
    first, last = _days(campaign_id)
    tables = {grouping: figures.parts(grouping, wanted) for grouping in BY}
    return Results(figures.totals(wanted), first, last, tables)


def _days(campaign_id: int) -> tuple[date | None, date | None]:
    """Asked of the shifts, which are few."""
    a = Attendance
    came = select(a.id).where(a.shift_id == Shift.id, a.state.not_in(_GONE))
    row = db.session.execute(
        select(func.min(Shift.work_on), func.max(Shift.work_on))
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .where(Opportunity.campaign_id == campaign_id, came.exists())
    ).one()
    return row[0], row[1]
