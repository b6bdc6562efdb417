"""Sites and their lanes: made, renamed, closed when nothing is planned there any more."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import AuditEntry, Site
from checkin.operations import permissions, shifts, sites
from checkin.operations.permissions import Reach
from checkin.operations.sites import SitePlan
from tests import factories

EVERYWHERE = Reach(everywhere=True)


def plan(**values):
    return SitePlan(**{"name_ar": "باب الملك فهد", "name_en": "King Fahd Gate", **values})


def test_a_site_is_made_and_changed(cast, now):
    made = sites.create(plan(), by=cast.layla.id, now=now)
    sites.change(made, plan(name_en="King Fahd Gate 79"), by=cast.layla.id, now=now)
    site = sites.find(made, EVERYWHERE)
    assert (site.name_en, site.zone, site.code_mode) == (
        "King Fahd Gate 79",
        "Asia/Riyadh",
        "poster",
    )
    assert site.lanes == []


def test_two_open_sites_never_share_a_name(cast, now):
    first = sites.create(plan(), by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="name_taken"):
        sites.create(plan(), by=cast.layla.id, now=now)
    sites.close(first, by=cast.layla.id, now=now)
    second = sites.create(plan(), by=cast.layla.id, now=now)
    sites.change(second, plan(phone="+966125712345"), by=cast.layla.id, now=now)
    assert sites.find(second, EVERYWHERE).phone == "+966125712345"


def test_a_site_closes_only_after_its_shifts(cast, now):
    with pytest.raises(Problem, match="site_has_shifts") as refused:
        sites.close(cast.mataf.id, by=cast.layla.id, now=now)
    assert refused.value.facts == {"number": 1}
    later = now + timedelta(days=1)
    sites.close(cast.mataf.id, by=cast.layla.id, now=later)
    assert db.session.get(Site, cast.mataf.id).closed_at == later
    sites.reopen(cast.mataf.id, by=cast.layla.id, now=later)
    assert db.session.get(Site, cast.mataf.id).closed_at is None


def test_a_cancelled_shift_keeps_no_site_open(cast, now):
    shifts.cancel(cast.shift.id, by=cast.layla.id, now=now)
    sites.close(cast.mataf.id, by=cast.layla.id, now=now)
    assert cast.mataf.id not in {site.id for site in sites.choosable()}


def test_the_time_zone_is_fixed_once_days_are_counted_in_it(cast, now):
    moved = SitePlan(name_ar=cast.mataf.name_ar, name_en=cast.mataf.name_en, zone="Asia/Dubai")
    with pytest.raises(Problem, match="zone_fixed"):
        sites.change(cast.mataf.id, moved, by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="zone_unknown"):
        sites.create(plan(zone="Mars/Olympus"), by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="code_mode_unknown"):
        sites.create(plan(code_mode="sms"), by=cast.layla.id, now=now)


def test_a_site_is_seen_only_within_reach(cast, now):
    salem = permissions.reach_of(
        permissions.roles_of(cast.salem.id, now), permissions.Permission.SEE_FLOOR
    )
    assert [site.id for site in sites.all_sites(salem)] == [cast.mataf.id]
    with pytest.raises(NotFound):
        sites.find(cast.squares.id, salem)


def test_lanes_are_added_renamed_and_closed(cast, now):
    by = cast.layla.id
    lane = sites.add_lane(cast.mataf.id, "المسار 1", "Lane 1", by=by, now=now)
    sites.rename_lane(lane, "المسار 3", "Lane 3", by=by, now=now)
    sites.close_lane(lane, by=by, now=now)
    (kept,) = sites.find(cast.mataf.id, EVERYWHERE).lanes
    assert (kept.name_ar, kept.name_en, kept.closed_at) == ("المسار 3", "Lane 3", now)
    sites.reopen_lane(lane, by=by, now=now)
    assert sites.find(cast.mataf.id, EVERYWHERE).lanes[0].closed_at is None


def test_a_lane_name_is_taken_once_in_a_site(cast, now):
    by = cast.layla.id
    sites.add_lane(cast.mataf.id, "المسار 1", "", by=by, now=now)
    sites.add_lane(cast.squares.id, "المسار 1", "", by=by, now=now)
    with pytest.raises(Problem, match="name_taken"):
        sites.add_lane(cast.mataf.id, "المسار 1", "", by=by, now=now)
    second = sites.add_lane(cast.mataf.id, "المسار 2", "", by=by, now=now)
    with pytest.raises(Problem, match="name_taken"):
        sites.rename_lane(second, "المسار 1", "", by=by, now=now)


def test_closing_a_lane_notes_the_shifts_still_planned_in_it(cast, now):
    by = cast.layla.id
    lane = sites.add_lane(cast.mataf.id, "المسار 1", "", by=by, now=now)
    factories.shift(now, cast.mataf, lane_id=lane)
    sites.close_lane(lane, by=by, now=now)
    note = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "lane.close")).one()
    assert note.facts == {"shifts": 1}


def test_a_lane_belongs_to_its_site(cast, now):
    lane = sites.add_lane(cast.mataf.id, "المسار 1", "", by=cast.layla.id, now=now)
    assert sites.lane_of(sites.find(cast.mataf.id, EVERYWHERE), lane).name_ar == "المسار 1"
    with pytest.raises(NotFound):
        sites.lane_of(sites.find(cast.squares.id, EVERYWHERE), lane)
