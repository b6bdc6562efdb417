"""The plan's pages: the grid, adding from templates, drafts, moving, and the box that finds."""

import re
from datetime import date, datetime, time, timedelta

import pytest

from checkin.database import db
from checkin.models import Assignment, Lane, Message, Opportunity, Shift, ShiftTemplate
from checkin.operations import hours, opportunities, plan
from checkin.operations.permissions import Reach
from checkin.operations.plan import Cover, Coverage, Week
from checkin.operations.plan.proposals import proposals
from checkin.web.plan.grid import block_of, rows
from checkin.web.plan.overview import by_site
from tests import factories

pytestmark = pytest.mark.usefixtures("at")
DAY = 24 * 60
SUNDAY = date(2026, 11, 22)
EVERYWHERE = Reach(everywhere=True)


def plain(browser, address):
    """What a page says, where it breaks lines or not."""
    return browser.text(address).replace("\xa0", " ")


def drafts():
    return db.session.scalars(db.select(Shift).where(Shift.is_draft).order_by(Shift.id)).all()


# --- the grid ------------------------------------------------------------------------------


def test_the_week_shows_both_calendars_and_marks_today_and_the_weekend(cast, layla):
    page = layla.text("/plan")
    assert "Week of Sunday 22 November 2026" in page
    assert "Sunday Today" in page
    assert "12 Jumada II" in page
    assert "Friday Weekend" in page
    assert "1 of 40" in page
    assert "Fajr" in page


def test_an_empty_week_says_what_to_do_and_an_odd_one_is_this_week(cast, layla):
    page = layla.text("/plan?week=2026-01-01")
    assert "No shifts in this week" in page
    assert "Add from template" in page
    assert "Week of Sunday 22 November 2026" in layla.text("/plan?week=soon&site=x")


def test_the_next_week_can_be_copied_from_this_one_and_the_first_from_none(cast, layla):
    assert "Copy last week" in layla.text("/plan?week=2026-11-29")
    assert "copy last week" not in layla.text("/plan?week=2026-12-13").lower()


def test_a_shift_over_midnight_is_one_block_across_the_border(cast, now):
    night = factories.shift(now, cast.mataf, starts=9 * 60, minutes=240)
    block = block_of(night, SUNDAY, "Asia/Riyadh")
    assert (block.start, block.end) == (1, 9)
    assert (block.begins, block.lasts) == (19 * 60, 240)
    late = factories.shift(now, cast.mataf, starts=6 * DAY + 9 * 60, minutes=240)
    block = block_of(late, SUNDAY, "Asia/Riyadh")
    assert (block.start, block.end, block.goes_on) == (49, 56, True)


def test_a_shift_over_the_end_of_the_week_stands_in_both_and_counts_in_its_own(cast, now, layla):
    late = factories.shift(now, cast.mataf, starts=6 * DAY + 9 * 60, minutes=240)
    factories.shift(now, cast.mataf, starts=7 * DAY)
    own, following = (markup(layla, f"/plan?week=2026-11-{day}") for day in (22, 29))
    assert "Ends on Sunday" in own
    assert "Began on Saturday" not in own
    assert own.count(f'data-place="/plan/shifts/{late.id}/place"') == 1
    assert "Began on Saturday" in following
    assert f'id="shift-{late.id}"' in following
    assert f'data-place="/plan/shifts/{late.id}/place"' not in following
    weeks = [
        plan.week(SUNDAY + later, EVERYWHERE, site_id=None, today=SUNDAY, now=now)
        for later in (timedelta(0), timedelta(days=7))
    ]
    assert [late.id in week.coverage for week in weeks] == [True, False]
    assert [one.id for one in weeks[1].carried_over] == [late.id]
    tail = block_of(late, SUNDAY + timedelta(days=7), "Asia/Riyadh")
    assert (tail.start, tail.end, tail.begins, tail.lasts) == (0, 8, 0, 120)
    assert (tail.goes_back, tail.goes_on) == (True, False)


def test_a_shift_that_ends_with_the_week_does_not_stand_in_the_next(cast, now):
    factories.shift(now, cast.mataf, starts=6 * DAY + 9 * 60, minutes=120)
    following = SUNDAY + timedelta(days=7)
    week = plan.week(following, EVERYWHERE, site_id=None, today=SUNDAY, now=now)
    assert week.carried_over == []


def test_each_day_of_the_grid_names_its_prayers_above_their_lines(cast, layla):
    whole = markup(layla, "/plan")
    for prayer in ("Fajr", "Dhuhr", "Asr", "Maghrib", "Isha"):
        assert len(re.findall(rf'<text class="is-{prayer.lower()}" x="[\d.]+%">', whole)) == 7
        assert len(re.findall(rf"<title>{prayer} .+?</title>", whole)) == 7


def test_shifts_at_the_same_time_stand_on_lines_of_their_own(cast, now, layla):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 9", name_en="Lane 9"))
    for values in ({}, {}, {"lane_id": lane.id}):
        factories.shift(now, cast.mataf, starts=DAY, **values)
    body = layla.get("/plan").get_data(as_text=True)
    assert body.count('class="plan-block"') == 4
    assert "Lane 9" in body
    rowspans = re.findall(r'rowspan="(\d)" data-row="(\d+/\d*)"', body)
    assert ("2", f"{cast.mataf.id}/") in rowspans
    assert ("1", f"{cast.mataf.id}/{lane.id}") in rowspans


def test_every_line_of_the_grid_is_as_wide_as_the_week(cast, now):
    made = [factories.shift(now, cast.mataf, starts=n * 700, minutes=500) for n in range(12)]
    here = [one for one in made if one.work_on < SUNDAY + timedelta(days=7)]
    cast.mataf.__dict__["lanes"] = []
    ((_, (row,)),) = rows(SUNDAY, [cast.mataf], here)
    assert {sum(cell.span for cell in line) for line in row.lines} == {56}
    assert sum(cell.block is not None for line in row.lines for cell in line) == len(here)


def test_what_speaks_against_the_plan_is_listed_with_links(cast, now, layla):
    other = factories.shift(now, cast.squares, starts=60)
    factories.assign(now, cast.noura, other)
    page = layla.get("/plan").get_data(as_text=True)
    assert "has another shift at the same time" in page
    assert f'href="/people/{cast.noura.id}"' in page
    assert f'href="/shifts/{other.id}"' in page


# --- from templates ------------------------------------------------------------------------


@pytest.fixture
def template(cast):
    return factories.template(cast.shift.opportunity_id)


def test_one_form_plans_several_sites_and_days_as_drafts(cast, layla, template):
    chosen = {
        "templates": [str(template.id)],
        "sites": [str(cast.mataf.id), str(cast.squares.id)],
        "days": ["2026-11-23", "2026-11-24"],
        "until": "2026-12-01",
    }
    made = layla.send("/plan/additions?week=2026-11-22", week="2026-11-22", **chosen)
    assert made.status_code == 303
    page = layla.text(made.location)
    assert "Added as drafts: 8 shifts" in page
    assert "Draft" in page
    days = sorted({draft.work_on.day for draft in drafts()})
    assert days == [1, 23, 24, 30]


def test_days_that_are_over_are_left_out_and_alone_refused(cast, layla, template):
    chosen = {"templates": [str(template.id)], "sites": [str(cast.mataf.id)]}
    week = {"week": "2026-11-15"}
    past = layla.send("/plan/additions?week=2026-11-15", **week, **chosen, days=["2026-11-16"])
    body = past.get_data(as_text=True)
    assert past.status_code == 422
    assert "This time is over already. Choose a later day or time" in body
    assert re.search(r'value="2026-11-16" checked', body)
    later = {"days": ["2026-11-16"], "until": "2026-11-23"}
    added = layla.send("/plan/additions?week=2026-11-15", **week, **chosen, **later)
    assert "Not added, because their time is over: 1 shift" in layla.text(added.location)
    assert [draft.work_on for draft in drafts()] == [date(2026, 11, 23)]


def test_lanes_can_be_chosen_instead_of_a_site(cast, layla, template):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 9", name_en="Lane 9"))
    chosen = {"templates": [str(template.id)], "lanes": [str(lane.id)], "days": ["2026-11-23"]}
    assert "Mataf courtyard · Lane 9" in layla.text("/plan/additions")
    assert layla.send("/plan/additions", **chosen).status_code == 303
    assert [draft.lane_id for draft in drafts()] == [lane.id]


def test_what_is_missing_is_said_and_what_was_ticked_is_kept(cast, layla, template):
    refused = layla.send("/plan/additions", days=["2026-11-23"], until="2030-01-01")
    body = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Choose at least one: Templates" in body
    assert "Choose at least one: Sites" in body
    assert re.search(r'value="2026-11-23" checked', body)
    chosen = {"templates": [str(template.id)], "sites": [str(cast.mataf.id)]}
    refused = layla.send("/plan/additions", **chosen, days=["2026-11-23"], until="2030-01-01")
    assert "Repeat it on 140 days at most" in refused.get_data(as_text=True)
    refused = layla.send("/plan/additions", **chosen, days=["2026-11-23"], until="2026-11-22")
    assert "The repeats end before the first day" in refused.get_data(as_text=True)


def test_too_many_at_once_and_a_closed_template_are_refused_in_words(cast, now, layla, template):
    more = [factories.site(now, f"باب {n}", f"Gate {n}").id for n in range(4)]
    chosen = {"templates": [str(template.id)], "sites": [str(site) for site in more]}
    week = [f"2026-11-{day}" for day in range(22, 29)]
    refused = layla.send("/plan/additions", **chosen, days=week, until="2027-04-01")
    assert "Plan at most 500 shifts at once" in refused.get_data(as_text=True)
    layla.send(f"/plan/templates/{template.id}/closure")
    refused = layla.send("/plan/additions", **chosen, days=week)
    assert refused.status_code == 422
    assert drafts() == []


def test_links_tick_what_they_are_about(cast, layla, template):
    body = layla.get(f"/plan/additions?site={cast.squares.id}&day=2026-11-25").get_data(True)
    ticked = re.findall(r'name="(\w+)" value="([\d-]+)" checked', body)
    assert ticked == [
        ("templates", str(template.id)),
        ("sites", str(cast.squares.id)),
        ("days", "2026-11-25"),
    ]


def test_a_template_is_made_from_a_shift(cast, layla):
    address = f"/plan/templates/new?shift={cast.shift.id}"
    body = layla.get(address).get_data(as_text=True)
    assert 'value="12:00"' in body
    assert 'value="Visual screening at the gates"' in body
    fields = {
        "opportunity_id": str(cast.shift.opportunity_id),
        "name_ar": "الظهيرة",
        "starts": "12:00",
        "ends": "17:00",
        "seats": "40",
    }
    assert layla.send(address, **fields).status_code == 303
    assert "12 PM to 5 PM" in plain(layla, "/plan/templates")
    again = layla.send(address, **fields)
    assert "This name is taken" in again.get_data(as_text=True)


@pytest.fixture
def habits(cast, now):
    """The cast's opportunity in the evening on three days, twice at the squares; and at noon."""
    of = db.session.get_one(Opportunity, cast.shift.opportunity_id)
    for day, site, seats in ((1, cast.mataf, 9), (2, cast.squares, 12), (3, cast.squares, 12)):
        factories.shift(now, site, of, starts=day * DAY + 3 * 60, minutes=240, seats=seats)
    for day in (-9, -8):
        factories.shift(now, cast.mataf, of, starts=day * DAY - 60, minutes=300)


def test_what_is_planned_again_and_again_becomes_a_template_in_one_press(cast, layla, habits):
    for address in ("/plan/templates", "/plan/additions"):
        page = plain(layla, address)
        assert "Visual screening at the gates 4 PM to 8 PM 12 3 shifts Sites: 2" in page
        assert "12 PM to 5 PM 40 3 shifts Sites: 1" in page
    evening, noon = (one.shift_id for one in sorted_by_start())
    assert layla.send("/plan/templates", shift=str(noon)).location == "/plan/templates"
    added = layla.send("/plan/templates", shift=str(evening), week="2026-11-29")
    assert added.location == "/plan/additions?week=2026-11-29"
    kept = db.session.scalars(db.select(ShiftTemplate).order_by(ShiftTemplate.id)).all()
    assert [(one.name_en, one.starts.hour, one.seats) for one in kept] == [
        ("Visual screening at the gates", 12, 40),
        ("Visual screening at the gates · 4 PM to 8 PM", 16, 12),
    ]
    assert kept[1].name_ar.endswith(" · من 4 م إلى 8 م")
    assert "Planned again and again" not in plain(layla, "/plan/templates")


def sorted_by_start():
    return sorted(proposals(EVERYWHERE, SUNDAY), key=lambda one: one.starts, reverse=True)


def test_what_is_long_over_closed_or_rare_is_no_habit(cast, layla, now, habits):
    assert proposals(EVERYWHERE, SUNDAY + timedelta(weeks=5)) == []
    opportunities.close(cast.shift.opportunity_id, by=cast.layla.id, now=now)
    assert "Planned again and again" not in plain(layla, "/plan/templates")


def test_a_template_that_cannot_be_kept_so_is_asked_for(cast, layla, template):
    of = db.session.get_one(Opportunity, cast.shift.opportunity_id)
    for name in (of.name_ar, f"{of.name_ar} · من 12 م إلى 5 م"):
        factories.alter(factories.template(of.id, name), starts=time(6), ends=time(7))
    asked = layla.send("/plan/templates", shift=str(cast.shift.id))
    assert asked.location == f"/plan/templates/new?shift={cast.shift.id}"
    assert "This name is taken" in layla.text(asked.location)
    assert layla.send("/plan/templates", shift="9999").status_code == 404
    assert layla.send("/plan/templates").status_code == 404


def test_a_template_may_say_its_ends_by_prayers(cast, layla, template):
    fields = {
        "opportunity_id": str(cast.shift.opportunity_id),
        "name_ar": "القيام",
        "starts_prayer": "isha",
        "starts_minutes": "٣٠",
        "starts_side": "after",
        "ends_prayer": "fajr",
        "ends_minutes": "30",
        "ends_side": "before",
        "seats": "40",
    }
    assert layla.send(f"/plan/templates/{template.id}", **fields).status_code == 303
    assert "30 minutes after Isha to 30 minutes before Fajr" in plain(layla, "/plan/templates")
    kept = db.session.get(ShiftTemplate, template.id, populate_existing=True)
    assert (kept.starts, kept.starts_prayer, kept.ends_offset) == (None, "isha", -30)
    without = {**fields, "starts_prayer": ""}
    refused = layla.send(f"/plan/templates/{template.id}", **without)
    assert "Fill in: Starts at" in refused.get_data(as_text=True)
    closed = layla.send(f"/plan/templates/{template.id}/closure")
    assert "Closed" in layla.text(closed.location)
    layla.send(f"/plan/templates/{template.id}/reopening")
    assert "In use" in plain(layla, "/plan/templates")


# --- copying and publishing ----------------------------------------------------------------


def test_last_week_is_copied_looked_at_and_published(cast, layla):
    copied = layla.send("/plan/copies", week="2026-11-29")
    assert copied.location == "/plan/drafts?week=2026-11-29"
    page = layla.text(copied.location)
    assert "Copied as drafts: 1 shift" in page
    assert "Sunday 29 November 2026" in page
    (draft,) = drafts()
    published = layla.send("/plan/publications", week="2026-11-29", shift=[str(draft.id)])
    assert published.location == "/plan?week=2026-11-29"
    assert "Published: 1 shift" in layla.text(published.location)
    assert drafts() == []
    again = layla.send("/plan/copies", week="2026-11-29")
    assert "Planned in this week already: 1 shift" in layla.text(again.location)


def test_last_week_is_copied_with_its_people_and_who_is_missing_is_named(cast, now, layla):
    held = factories.person(now, "خالد فهد الثقفي")
    factories.assign(now, held, cast.shift)
    factories.alter(held, suspended_at=now)
    assert 'name="people"' in layla.get("/plan?week=2026-11-29").get_data(as_text=True)
    copied = layla.send("/plan/copies", week="2026-11-29", people="1")
    page = layla.text(copied.location)
    assert "Expected again: 1 volunteer" in page
    assert "Not free any more, named below: 1 volunteer" in page
    assert held.name in page
    assert "may not check in now" in page
    (draft,) = drafts()
    expected = db.select(Assignment.person_id).where(Assignment.shift_id == draft.id)
    assert list(db.session.scalars(expected)) == [cast.noura.id]


def test_why_nothing_was_copied_is_said(cast, now, layla):
    opportunities.close(cast.shift.opportunity_id, by=cast.layla.id, now=now)
    closed = layla.send("/plan/copies", week="2026-11-29")
    assert "because what they belong to is closed: 1 shift" in layla.text(closed.location)
    factories.shift(now, cast.mataf, starts=-7 * DAY)
    over = layla.send("/plan/copies", week="2026-11-22")
    assert "because their time is over: 1 shift" in layla.text(over.location)
    nothing = layla.send("/plan/copies", week="2026-12-27")
    assert "There are no shifts in the week before" in layla.text(nothing.location)


def test_a_whole_week_is_published_or_dropped_at_once(cast, now, layla):
    made = [factories.shift(now, cast.mataf, starts=n * DAY, is_draft=True) for n in (1, 2)]
    nothing = layla.send("/plan/publications", week="2026-11-22")
    assert "Choose the shifts to publish" in layla.text(nothing.location)
    dropped = layla.send("/plan/drafts/removal", week="2026-11-22", shift=[str(made[0].id)])
    assert "Dropped: 1 shift" in layla.text(dropped.location)
    nothing = layla.send("/plan/drafts/removal", week="2026-11-22", shift=["x"])
    assert "Choose the drafts to drop" in layla.text(nothing.location)
    layla.send("/plan/publications", week="2026-11-22", all="1")
    assert drafts() == []
    assert "No drafts in this week" in layla.text("/plan/drafts?week=2026-11-22")


def test_nobody_else_sees_a_draft(cast, now, layla, salem, noura):
    draft = factories.shift(now, cast.mataf, starts=30, is_draft=True)
    factories.assign(now, cast.noura, draft)
    times = "1:30 PM to 5:30 PM"
    assert times in layla.text("/plan")
    assert times in layla.text(f"/shifts/{draft.id}")
    assert times not in salem.text(f"/floor/{cast.mataf.id}")
    assert times not in noura.text("/hours")
    assert times not in layla.text("/posters")
    assert all(one.shift_id != draft.id for one in hours.upcoming_of(cast.noura.id, now))
    refused = layla.send(f"/shifts/{draft.id}/invitations")
    assert "This shift is a draft. Publish it first" in layla.text(refused.location)


def test_a_draft_takes_no_scans(cast, now):
    draft = factories.shift(now, cast.squares, starts=-30, is_draft=True)
    factories.assign(now, cast.noura, draft)
    board = factories.poster(now, cast.squares)
    assert factories.check_in(cast.noura, board, now).attendance_id is None


# --- moving --------------------------------------------------------------------------------


def test_a_shift_without_people_moves_at_once(cast, now, layla):
    coming = factories.shift(now, cast.mataf, starts=DAY)
    where = {"day": "2026-11-26", "site_id": str(cast.squares.id), "lane_id": ""}
    moved = layla.send(f"/plan/shifts/{coming.id}/place", **where, row_version="1")
    assert moved.location == f"/plan?week=2026-11-22#shift-{coming.id}"
    assert "Moved to Thursday 26 November 2026" in layla.text("/plan?week=2026-11-22")
    fresh = db.session.get(Shift, coming.id, populate_existing=True)
    assert (fresh.site_id, fresh.work_on.day) == (cast.squares.id, 26)


def test_moving_people_asks_first_and_tells_them(cast, now, layla):
    coming = factories.shift(now, cast.mataf, starts=DAY)
    factories.assign(now, cast.noura, coming)
    where = {"day": "2026-11-26", "site_id": str(cast.squares.id), "lane_id": ""}
    address = f"/plan/shifts/{coming.id}/place"
    asked = layla.send(address, **where, row_version="1")
    assert asked.status_code == 303
    page = layla.get(asked.location).get_data(as_text=True)
    assert cast.noura.name in page
    assert 'value="2026-11-26"' in page
    assert f'<option selected value="{cast.squares.id}"' in page
    layla.send(address, **where, row_version="1", seen="1")
    assert "Those expected are told" in layla.text("/plan?week=2026-11-22")


def test_a_move_to_a_day_that_is_over_is_refused_and_tells_nobody(cast, now, layla):
    coming = factories.shift(now, cast.mataf, starts=DAY)
    factories.assign(now, cast.noura, coming)
    where = {"day": "2020-01-01", "site_id": str(cast.squares.id), "lane_id": ""}
    address = f"/plan/shifts/{coming.id}/place"
    for seen in ({}, {"seen": "1"}):
        refused = layla.send(address, **where, row_version="1", **seen)
        assert refused.status_code == 422
        body = refused.get_data(as_text=True)
        assert "This time is over already. Choose a later day or time" in body
        assert 'value="2020-01-01"' in body
        assert f'<option selected value="{cast.squares.id}"' in body
    fresh = db.session.get(Shift, coming.id, populate_existing=True)
    assert fresh.starts_at == now + timedelta(days=1)
    assert db.session.scalars(db.select(Message.id)).all() == []


@pytest.mark.parametrize("starts", [DAY, -DAY])
def test_by_form_keys_or_dragging_everybody_expected_is_told(cast, now, layla, starts):
    """Keys and dragging send the place alone; of a shift that is over the form promises late."""
    shift = factories.shift(now, cast.mataf, starts=starts, minutes=60)
    for who in (cast.noura, cast.huda):
        factories.assign(now, who, shift)
    where = {"day": "2026-11-26", "site_id": str(cast.mataf.id), "lane_id": ""}
    address = f"/plan/shifts/{shift.id}/place"
    asked = layla.send(address, **where, row_version="1")
    assert db.session.scalars(db.select(Message.id)).all() == []
    page = layla.get(asked.location).get_data(as_text=True)
    assert "They get a message about the change" in page
    assert 'name="seen"' in page
    layla.send(address, **where, row_version="1", seen="1")
    told = db.session.execute(db.select(Message.template, Message.mobile)).all()
    mobiles = {cast.noura.mobile, cast.huda.mobile}
    assert {tuple(row) for row in told} == {("shift_moved", mobile) for mobile in mobiles}


def test_nothing_is_promised_about_a_shift_that_is_over_and_stays_so(cast, now, layla):
    over = factories.shift(now, cast.mataf, starts=-3 * DAY, minutes=60)
    factories.assign(now, cast.noura, over)
    page = layla.get(f"/plan/shifts/{over.id}/place").get_data(as_text=True)
    assert "They get a message" not in page
    assert 'name="seen"' not in page


def test_a_move_that_met_another_change_or_an_attendance_is_refused(cast, now, layla):
    where = {"day": "2026-11-22", "site_id": str(cast.squares.id), "lane_id": "", "seen": "1"}
    factories.check_in(cast.noura, cast.poster, now)
    address = f"/plan/shifts/{cast.shift.id}/place"
    refused = layla.send(address, **where, row_version="1")
    assert "the opportunity and the site stay" in refused.get_data(as_text=True)
    refused = layla.send(address, **where, row_version="7")
    assert "Somebody changed this shift meanwhile" in refused.get_data(as_text=True)


# --- the box for an opportunity --------------------------------------------------------------


def new_shift(layla, cast, **typed):
    day = {"day": "2026-11-24", "starts": "06:00", "ends": "14:00", "seats": "5"}
    return layla.send("/shifts/new", site_id=str(cast.mataf.id), **day, **typed)


def test_typing_finds_opportunities(cast, layla):
    found = layla.get("/plan/opportunities?q=screening").json
    assert found == [{"id": cast.shift.opportunity_id, "name": "Visual screening at the gates"}]
    assert layla.get("/plan/opportunities").json == []


def test_without_a_script_a_name_typed_is_looked_up(cast, now, layla):
    made = new_shift(layla, cast, **{"opportunity_id": "", "opportunity_id-name": "Visual"})
    assert made.status_code == 303
    unknown = new_shift(layla, cast, **{"opportunity_id": "", "opportunity_id-name": "Nothing"})
    assert "No opportunity in use has this name" in unknown.get_data(as_text=True)
    assert 'value="Nothing"' in unknown.get_data(as_text=True)
    blank = new_shift(layla, cast, **{"opportunity_id": "1", "opportunity_id-name": " "})
    assert "Fill in: Opportunity" in blank.get_data(as_text=True)


def test_of_several_with_a_name_one_is_chosen(cast, now, layla):
    other = factories.opportunity(now, name_en="Visual screening at night")
    typed = {"opportunity_id": "", "opportunity_id-name": "Visual"}
    asked = new_shift(layla, cast, **typed)
    assert "Several opportunities have this name" in asked.get_data(as_text=True)
    assert f'name="opportunity_id-pick" value="{other.id}"' in asked.get_data(as_text=True)
    picked = {"opportunity_id-asked": "Visual", "opportunity_id-pick": str(other.id)}
    made = new_shift(layla, cast, **typed, **picked)
    shift = db.session.get(Shift, int(made.location.rsplit("/", 1)[1]))
    assert shift.opportunity_id == other.id


# --- who may -------------------------------------------------------------------------------


def test_only_coordinators_plan(cast, now: datetime, layla, salem, huda, noura):
    coming = factories.shift(now, cast.mataf, starts=DAY)
    for address in ("/plan", "/plan/drafts", f"/plan/shifts/{coming.id}/place"):
        assert layla.get(address).status_code == 200
        assert salem.get(address).status_code == 403
        assert huda.get(address).status_code == 403
        assert noura.get(address).status_code == 403
    assert layla.get("/plan/shifts/9999/place").status_code == 404
    assert layla.get("/plan/templates/9999").status_code == 404


# --- a week of hundreds of shifts ----------------------------------------------------------


def markup(who, address):
    return who.get(address).get_data(as_text=True)


@pytest.fixture
def hundreds(cast, now, monkeypatch):
    """So many that the week is shown by site; what is many is less here."""
    monkeypatch.setattr("checkin.web.plan.weeks.MOST_DRAWN", 4)
    nights = [factories.shift(now + timedelta(days=days), cast.mataf) for days in (1, 1, 2)]
    factories.shift(now + timedelta(days=1), cast.squares, is_draft=True)
    return nights


def test_a_large_week_is_shown_by_site_and_a_site_shift_by_shift(cast, layla, hundreds):
    whole, page = markup(layla, "/plan"), layla.text("/plan")
    assert f"/shifts/{hundreds[0].id}" not in whole.split('id="conflicts"')[0]
    assert "Choose a site to see its own" in page
    assert "2 shifts" in page
    assert "Drafts: 1" in page
    assert f"/plan?week=2026-11-22&amp;site={cast.mataf.id}" in whole
    assert f'id="shift-{hundreds[0].id}"' in markup(layla, f"/plan?site={cast.mataf.id}")


def test_a_day_of_a_site_is_covered_as_its_worst_shift(cast, now, hundreds):
    covers = {
        hundreds[0].id: Coverage(needed=2, assigned=5, coming=5),
        hundreds[1].id: Coverage(needed=4, assigned=1, coming=1),
        hundreds[2].id: Coverage(needed=4, assigned=4, coming=4),
    }
    week = Week(SUNDAY, [cast.mataf], hundreds, covers, [])
    days = [hundreds[0].work_on, hundreds[2].work_on, SUNDAY]
    ((site, (two, one, none)),) = by_site(week, days, now)
    assert (site, none) == (cast.mataf, None)
    assert (two.number, two.needed, two.assigned, two.cover) == (2, 6, 6, Cover.SHORT)
    assert (one.number, one.cover) == (1, Cover.ENOUGH)


def test_a_shift_moved_at_one_site_leads_back_to_that_site(cast, now, layla):
    shift = factories.shift(now + timedelta(days=1), cast.mataf)
    assert f"place?site={cast.mataf.id}" in markup(layla, f"/plan?site={cast.mataf.id}")
    place = {"day": "2026-11-25", "site_id": cast.squares.id, "lane_id": "", "row_version": 1}
    moved = layla.send(f"/plan/shifts/{shift.id}/place?site={cast.mataf.id}", **place)
    assert f"site={cast.squares.id}" in moved.location
