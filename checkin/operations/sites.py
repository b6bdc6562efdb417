"""Places where people serve: made, changed and closed, with their lanes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from checkin.database import db, transaction
from checkin.domain.days import MAKKAH
from checkin.domain.errors import NotFound, Problem
from checkin.domain.places import Point
from checkin.domain.quiet import Window
from checkin.models import Lane, Shift, Site
from checkin.operations import audit, catalogue
from checkin.operations.permissions import Reach, sites_within

ZONES = (
    *(MAKKAH, "Asia/Dubai", "Asia/Qatar", "Asia/Bahrain", "Asia/Kuwait", "Asia/Muscat"),
    *("Asia/Aden", "Asia/Baghdad", "Asia/Amman", "Africa/Cairo", "Europe/Istanbul"),
)
"""Time zones offered; days and shifts of a site are counted in its own."""
CODE_MODES = ("poster", "rotating")
"""Whether printed posters are trusted like any code, or looked at where a display is expected."""


MOST_AROUND = 90
Around = tuple[int, int]
"""Minutes before a prayer begins, and minutes after."""
_AROUND = "around_prayers"


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """What a coordinator says about a site; `phone` is E.164 or nothing.

    With a `point` on the map, phones are asked once, at check-in, how far away they are; `radius_m`
    is how far is not far. Within `quiet_windows` nobody is sent a message, nor `around_prayers`:
    so many minutes before each begins, and so many after. A site without either has the
    organisation's; noughts around prayers are the site's own word that they are not quiet.
    """

    name_ar: str
    name_en: str
    zone: str = MAKKAH
    code_mode: str = "poster"
    phone: str | None = None
    quiet_windows: tuple[Window, ...] = ()
    around_prayers: Around | None = None
    point: Point | None = None
    radius_m: int | None = None

    def check(self) -> None:
        if self.zone not in ZONES:
            raise Problem("zone_unknown")
        if self.code_mode not in CODE_MODES:
            raise Problem("code_mode_unknown")
        if any(not 0 <= minutes <= MOST_AROUND for minutes in self.around_prayers or ()):
            raise Problem("around_out_of_range", most=MOST_AROUND)
        ZoneInfo(self.zone)

    @property
    def columns(self) -> dict[str, Any]:
        latitude, longitude = self.point or (None, None)
        return {
            "name_ar": self.name_ar,
            "name_en": self.name_en,
            "zone": self.zone,
            "code_mode": self.code_mode,
            "phone": self.phone,
            "quiet_windows": [*self._windows()],
            "latitude": latitude,
            "longitude": longitude,
            "radius_m": self.radius_m if self.point else None,
        }

    def _windows(self) -> Iterator[Any]:
        """As they are kept: pairs of times, and one more entry about prayers."""
        for begin, end in self.quiet_windows:
            yield [f"{begin:%H:%M}", f"{end:%H:%M}"]
        if self.around_prayers is not None:
            yield {_AROUND: list(self.around_prayers)}


def windows_of(kept: Iterable[Any]) -> list[Window]:
    """A site's quiet windows as times of day, without those around prayers."""
    pairs = (entry for entry in kept if not isinstance(entry, dict))
    return [(time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in pairs]


def around_prayers_of(kept: Iterable[Any]) -> Around | None:
    """How many minutes before and after each prayer are quiet too, if any."""
    for entry in kept:
        if isinstance(entry, dict):
            before, after = entry[_AROUND]
            return before, after
    return None


def point_of(site: Site) -> Point | None:
    """Where the site is on the map, if it has been said."""
    if site.latitude is None or site.longitude is None:
        return None
    return site.latitude, site.longitude


@transaction
def create(plan: SitePlan, *, by: int | None, now: datetime) -> int:
    """A new site's id; Problem `name_taken`."""
    plan.check()
    _refuse_taken(plan.name_ar, None)
    return catalogue.keep(Site(**plan.columns, created_at=now), by=by, now=now)


@transaction
def change(site_id: int, plan: SitePlan, *, by: int, now: datetime) -> None:
    """Problems `name_taken`, and `zone_fixed` once shifts are planned: their days are counted."""
    plan.check()
    site = catalogue.found(Site, site_id)
    _refuse_taken(plan.name_ar, site_id)
    if plan.zone != site.zone and _any_shift(site_id):
        raise Problem("zone_fixed")
    catalogue.change(site, plan.columns, by=by, now=now)


@transaction
def close(site_id: int, *, by: int, now: datetime) -> None:
    """Problem `site_has_shifts` (fact `number`) while shifts are still to end there."""
    coming = coming_counts(now).get(site_id, 0)
    if coming:
        raise Problem("site_has_shifts", number=coming)
    catalogue.close(catalogue.found(Site, site_id), by=by, now=now)


@transaction
def reopen(site_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(catalogue.found(Site, site_id), by=by, now=now)


def find(site_id: int, reach: Reach) -> Site:
    """The site with its lanes, if this person may see it; else NotFound."""
    query = sites_within(reach).where(Site.id == site_id).options(selectinload(Site.lanes))
    site = db.session.scalar(query.execution_options(populate_existing=True))
    if site is None:
        raise NotFound("site")
    return site


def all_sites(reach: Reach) -> list[Site]:
    """The sites this person may see with their lanes, the closed ones last."""
    query = sites_within(reach).options(selectinload(Site.lanes))
    return list(db.session.scalars(query.order_by(Site.closed_at.is_not(None), Site.name_ar)))


def choosable(keep: int | None = None) -> list[Site]:
    return catalogue.listed(Site, keep)


def coming_counts(now: datetime) -> dict[int, int]:
    """How many shifts are still to end at each site."""
    rows = db.session.execute(
        select(Shift.site_id, func.count())
        .where(Shift.ends_at > now, Shift.cancelled_at.is_(None))
        .group_by(Shift.site_id)
    )
    return {row[0]: row[1] for row in rows}


def _refuse_taken(name_ar: str, but: int | None) -> None:
    """Two sites of one name could not be told apart on a poster."""
    query = select(Site.id).where(Site.name_ar == name_ar, Site.closed_at.is_(None))
    if any(site_id != but for site_id in db.session.scalars(query)):
        raise Problem("name_taken")


def _any_shift(site_id: int) -> bool:
    return db.session.scalar(select(Shift.id).where(Shift.site_id == site_id).limit(1)) is not None


# --- lanes ---------------------------------------------------------------------------------


@catalogue.unique()
@transaction
def add_lane(site_id: int, name_ar: str, name_en: str, *, by: int | None, now: datetime) -> int:
    """A new lane's id; Problem `name_taken` when the site has one of that name."""
    site = catalogue.found(Site, site_id)
    lane = Lane(site_id=site.id, name_ar=name_ar, name_en=name_en)
    return catalogue.keep(lane, by=by, now=now)


@catalogue.unique()
@transaction
def rename_lane(lane_id: int, name_ar: str, name_en: str, *, by: int, now: datetime) -> None:
    """Problem `name_taken`."""
    values = {"name_ar": name_ar, "name_en": name_en}
    catalogue.change(catalogue.found(Lane, lane_id), values, by=by, now=now)


@transaction
def close_lane(lane_id: int, *, by: int, now: datetime) -> None:
    """No new shifts in it; those planned stay, and the note says how many."""
    lane = catalogue.found(Lane, lane_id)
    if lane.closed_at is None:
        lane.closed_at = now
        audit.note("lane.close", "lane", lane_id, by=by, at=now, shifts=_coming_in(lane_id, now))


@transaction
def reopen_lane(lane_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(catalogue.found(Lane, lane_id), by=by, now=now)


def lane_of(site: Site, lane_id: int) -> Lane:
    """One of the site's own lanes; NotFound."""
    for lane in site.lanes:
        if lane.id == lane_id:
            return lane
    raise NotFound("lane")


def _coming_in(lane_id: int, now: datetime) -> int:
    coming = select(func.count()).select_from(Shift).where(Shift.lane_id == lane_id)
    return db.session.scalar(coming.where(Shift.ends_at > now)) or 0
