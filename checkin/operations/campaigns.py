"""Named efforts over several opportunities."""

from dataclasses import asdict, dataclass
from datetime import datetime

from checkin.database import transaction
from checkin.models import Campaign
from checkin.operations import catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """What a coordinator says about a campaign."""

    name_ar: str
    name_en: str = ""


@catalogue.unique()
@transaction
def create(plan: CampaignPlan, *, by: int | None, now: datetime) -> int:
    """A new campaign's id; Problem `name_taken`."""
    return catalogue.keep(Campaign(**asdict(plan)), by=by, now=now)


@catalogue.unique()
@transaction
def change(campaign_id: int, plan: CampaignPlan, *, by: int, now: datetime) -> None:
    """Problem `name_taken`."""
    catalogue.change(find(campaign_id), asdict(plan), by=by, now=now)


@transaction
def close(campaign_id: int, *, by: int, now: datetime) -> None:
    """No new opportunities under it; those it has stay."""
    catalogue.close(find(campaign_id), by=by, now=now)


@transaction
def reopen(campaign_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(find(campaign_id), by=by, now=now)


def find(campaign_id: int) -> Campaign:
    return catalogue.found(Campaign, campaign_id)


def all_campaigns() -> list[Campaign]:
    return catalogue.all_of(Campaign)


def choosable(keep: int | None = None) -> list[Campaign]:
    return catalogue.listed(Campaign, keep)
