"""Shifts planned alike again and again without a template: each could become one."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from checkin.database import AnyRow, db
from checkin.domain.prayer import End
from checkin.models import Opportunity, Shift, Site
from checkin.operations import shifts
from checkin.operations.permissions import Reach, shifts_within
from checkin.operations.plan import templates

LOOKED_BACK = timedelta(weeks=4)
FEWEST = 3
"""Planned less often, it is no habit."""
MOST = 8
MOST_READ = 5_000
"""The latest shifts, where there are very many: they show what is planned as well as all do."""

_Alike = tuple[int, End, End]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An opportunity's shift at these times, with the seats it has most often."""

    shift_id: int
    """The latest that is just so."""
    opportunity: Opportunity
    starts: End
    ends: End
    seats: int
    number: int
    """How often it was planned, at any site."""
    sites: int


def proposals(reach: Reach, today: date) -> list[Proposal]:
    """What was planned most often in the last weeks and ahead, the most often first."""
    groups = _groups(_planned(reach, today - LOOKED_BACK))
    for template in templates.all_of():
        groups.pop((template.opportunity_id, *templates.ends_of(template)), None)
    often = [one for one in groups.items() if len(one[1]) >= FEWEST]
    often = sorted(often, key=lambda one: -len(one[1]))[:MOST]
    wanted = Opportunity.id.in_({opportunity_id for (opportunity_id, *_), _rows in often})
    named = {one.id: one for one in db.session.scalars(select(Opportunity).where(wanted))}
    return [_proposal(named[alike[0]], alike, rows) for alike, rows in often]


def _planned(reach: Reach, since: date) -> Sequence[AnyRow]:
    s = Shift
    query = (
        shifts_within(reach, drafts_too=True)
        .join(Site, Site.id == s.site_id)
        .join(Opportunity, Opportunity.id == s.opportunity_id)
        .where(s.work_on >= since, s.cancelled_at.is_(None), Opportunity.closed_at.is_(None))
        .with_only_columns(
            *(s.id, s.opportunity_id, s.site_id, s.seats, s.starts_at, s.ends_at, Site.zone),
            *(s.starts_prayer, s.starts_offset, s.ends_prayer, s.ends_offset),
        )
    )
    return db.session.execute(query.order_by(s.id.desc()).limit(MOST_READ)).all()


def _groups(planned: Sequence[AnyRow]) -> dict[_Alike, list[AnyRow]]:
    groups: dict[_Alike, list[AnyRow]] = defaultdict(list)
    for row in planned:
        groups[row.opportunity_id, *shifts.ends_in(row, row.zone)].append(row)
    return groups


def _proposal(opportunity: Opportunity, alike: _Alike, rows: list[AnyRow]) -> Proposal:
    ((seats, _times),) = Counter(row.seats for row in rows).most_common(1)
    latest = next(row.id for row in rows if row.seats == seats)
    sites = len({row.site_id for row in rows})
    return Proposal(latest, opportunity, *alike[1:], seats, len(rows), sites)
