"""Kinds of work: who counts the people served, and what is plausible in an hour."""

from dataclasses import asdict, dataclass
from datetime import datetime

from checkin.database import transaction
from checkin.domain.errors import Problem
from checkin.models import Service
from checkin.operations import catalogue

COUNTED_BY = ("volunteer", "lane", "nobody")
SHORTEST_LIMIT, LONGEST_LIMIT = 15, 960
"""Minutes between which the limit of heavy work lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """What a coordinator says about a service; the band is people served in one hour.

    `longest_minutes` is of heavy work: how long one person should do it in a day.
    """

    name_ar: str
    name_en: str = ""
    counted_by: str = "volunteer"
    low_per_hour: int = 0
    high_per_hour: int = 60
    longest_minutes: int | None = None

    def check(self) -> None:
        if not 0 <= self.low_per_hour <= self.high_per_hour:
            raise Problem("band_reversed")
        longest = self.longest_minutes
        if longest is not None and not SHORTEST_LIMIT <= longest <= LONGEST_LIMIT:
            raise Problem("limit_out_of_range", least=SHORTEST_LIMIT, most=LONGEST_LIMIT)


@catalogue.unique()
@transaction
def create(plan: ServicePlan, *, by: int | None, now: datetime) -> int:
    """A new service's id; Problems `name_taken`, `band_reversed`, `limit_out_of_range`."""
    plan.check()
    return catalogue.keep(Service(**asdict(plan)), by=by, now=now)


@catalogue.unique()
@transaction
def change(service_id: int, plan: ServicePlan, *, by: int, now: datetime) -> None:
    """Problems as in `create`; records judged before stay as they were judged."""
    plan.check()
    catalogue.change(find(service_id), asdict(plan), by=by, now=now)


@transaction
def close(service_id: int, *, by: int, now: datetime) -> None:
    catalogue.close(find(service_id), by=by, now=now)


@transaction
def reopen(service_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(find(service_id), by=by, now=now)


def find(service_id: int) -> Service:
    return catalogue.found(Service, service_id)


def all_services() -> list[Service]:
    return catalogue.all_of(Service)


def choosable(keep: int | None = None) -> list[Service]:
    return catalogue.listed(Service, keep)
