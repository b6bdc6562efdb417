"""Nobody is sent a message while they pray: quiet times around the prayers of the day."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from checkin.database import db
from checkin.domain.days import MAKKAH
from checkin.domain.errors import Problem
from checkin.domain.prayer import KAABA, PRAYED, Prayer
from checkin.models import Site
from checkin.operations import prayers, settings, sites
from checkin.operations.prayers import quiet
from checkin.operations.prayers.calculating import calculated
from checkin.operations.reminders import remind_forgotten
from checkin.operations.sites import SitePlan
from tests.factories import alter, check_in

DAY = date(2026, 11, 22)
MINUTE = timedelta(minutes=1)
AROUND = [{"around_prayers": [10, 30]}]


@pytest.fixture
def mataf(cast) -> Site:
    return alter(cast.mataf, quiet_windows=AROUND)


@pytest.mark.parametrize("prayer", PRAYED)
def test_it_is_quiet_from_before_each_prayer_until_after_it_began(mataf, prayer):
    begins = calculated(DAY, KAABA).at(prayer)
    assert not quiet.is_quiet(mataf, begins - 11 * MINUTE)
    assert quiet.is_quiet(mataf, begins - 10 * MINUTE)
    assert quiet.is_quiet(mataf, begins + 29 * MINUTE)
    assert not quiet.is_quiet(mataf, begins + 30 * MINUTE)
    assert quiet.after_quiet(mataf, begins) == begins + 30 * MINUTE
    assert quiet.after_quiet(mataf, begins + 31 * MINUTE) == begins + 31 * MINUTE


def test_sunrise_is_no_prayer(mataf):
    assert not quiet.is_quiet(mataf, calculated(DAY, KAABA).sunrise)


def test_the_quiet_time_follows_what_was_entered(mataf, cast, now):
    prayers.enter(DAY, {Prayer.ISHA: time(20, 0)}, by=cast.layla.id, now=now)
    assert not quiet.is_quiet(mataf, calculated(DAY, KAABA).isha)
    assert quiet.is_quiet(mataf, prayers.of_day(DAY).isha)


def test_what_waits_passes_fixed_times_and_prayers_alike(cast):
    isha = calculated(DAY, KAABA).isha
    site = alter(cast.mataf, quiet_windows=[["19:38", "21:00"], *AROUND])
    assert quiet.after_quiet(site, isha) == isha + 112 * MINUTE


def test_a_site_without_any_is_never_quiet(cast):
    isha = calculated(DAY, KAABA).isha
    assert not quiet.is_quiet(cast.mataf, isha)
    assert quiet.after_quiet(cast.mataf, isha) == isha


def test_nobody_is_reminded_while_they_pray(mataf, cast, now):
    """Maghrib is at 5:38 PM, the reminder due at 5:30."""
    alter(cast.shift, ends_at=now + 255 * MINUTE)
    check_in(cast.noura, cast.poster, now)
    maghrib = calculated(DAY, KAABA).maghrib
    assert remind_forgotten(maghrib - 8 * MINUTE) == 0
    assert remind_forgotten(maghrib + 29 * MINUTE) == 0
    assert remind_forgotten(maghrib + 30 * MINUTE) == 1


def test_both_kinds_are_kept_with_the_site_and_read_again(cast, now):
    plan = SitePlan(
        name_ar=cast.mataf.name_ar,
        name_en="Mataf",
        quiet_windows=((time(23), time(4, 30)),),
        around_prayers=(10, 30),
    )
    sites.change(cast.mataf.id, plan, by=cast.layla.id, now=now)
    kept = db.session.get_one(Site, cast.mataf.id).quiet_windows
    assert kept == [["23:00", "04:30"], *AROUND]
    assert sites.windows_of(kept) == [(time(23), time(4, 30))]
    assert sites.around_prayers_of(kept) == (10, 30)


@pytest.mark.parametrize(("around", "kept"), [(None, []), ((0, 0), [{"around_prayers": [0, 0]}])])
def test_nothing_said_is_not_the_same_as_noughts(cast, now, around, kept):
    plan = SitePlan(name_ar=cast.mataf.name_ar, name_en="Mataf", around_prayers=around)
    sites.change(cast.mataf.id, plan, by=cast.layla.id, now=now)
    assert db.session.get_one(Site, cast.mataf.id).quiet_windows == kept


def test_the_organisation_s_hold_where_a_site_says_nothing(cast, now):
    maghrib = calculated(DAY, KAABA).maghrib
    at_night = datetime.combine(DAY, time(23), ZoneInfo(MAKKAH))
    wanted = {"quiet_before": 10, "quiet_after": 30, "quiet_times": "22:00–05:00"}
    settings.change(wanted, by=cast.majed.id, now=now)
    assert quiet.is_quiet(cast.mataf, maghrib - 10 * MINUTE)
    assert quiet.is_quiet(cast.mataf, at_night)
    assert quiet.after_quiet(cast.mataf, maghrib) == maghrib + 30 * MINUTE
    own = alter(cast.mataf, quiet_windows=[["12:10", "12:45"], {"around_prayers": [0, 0]}])
    assert not quiet.is_quiet(own, maghrib)
    assert not quiet.is_quiet(own, at_night)


@pytest.mark.parametrize("around", [(-1, 30), (10, 91)])
def test_an_hour_and_a_half_is_the_most(cast, now, around):
    plan = SitePlan(name_ar="باب جديد", name_en="A new gate", around_prayers=around)
    with pytest.raises(Problem) as refused:
        sites.create(plan, by=cast.layla.id, now=now)
    assert (refused.value.code, refused.value.facts) == ("around_out_of_range", {"most": 90})
