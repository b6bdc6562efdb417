"""A week of hundreds of shifts: each site's days, which its own grid shows shift by shift."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checkin.models import Shift, Site
from checkin.operations.plan import Cover, Coverage, Week

MOST_DRAWN = 200
"""More shifts than this are shown by site, until a site is chosen."""
_WORST_FIRST = (Cover.NOBODY, Cover.SHORT, Cover.NOT_YET, Cover.DOUBTFUL, Cover.ENOUGH)


@dataclass(frozen=True, slots=True)
class SiteDay:
    """The shifts of one site on one day; covered as badly as the worst of those still to end."""

    number: int
    drafts: int
    is_over: bool
    cover: Cover
    needed: int
    assigned: int
    coming: int
    came: int
    told_by: int


def by_site(
    week: Week, days: Sequence[date], now: datetime
) -> list[tuple[Site, list[SiteDay | None]]]:
    """Each site of the week with its seven days, empty where nothing is planned."""
    together: dict[tuple[int, date], list[Shift]] = defaultdict(list)
    for shift in week.shifts:
        together[shift.site_id, shift.work_on].append(shift)
    return [
        (site, [_day(together.get((site.id, day), []), week.coverage, now) for day in days])
        for site in week.sites
    ]


def _day(shifts: list[Shift], coverage: dict[int, Coverage], now: datetime) -> SiteDay | None:
    if not shifts:
        return None
    coming = [shift for shift in shifts if shift.ends_at > now]
    counted = [coverage[shift.id] for shift in coming or shifts]
    return SiteDay(
        number=len(shifts),
        drafts=sum(shift.is_draft for shift in shifts),
        is_over=not coming,
        cover=min((one.cover for one in counted), key=_WORST_FIRST.index),
        needed=sum(one.needed for one in counted),
        assigned=sum(one.assigned for one in counted),
        coming=sum(one.coming for one in counted),
        came=sum(one.came for one in counted),
        told_by=max(one.told_by for one in counted),
    )
