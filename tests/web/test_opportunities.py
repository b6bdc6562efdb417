"""Opportunities as a coordinator works with them."""

import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Attendance
from checkin.operations import approvals, months, opportunities
from tests import factories
from tests.factories import check_in, check_out

pytestmark = pytest.mark.usefixtures("at")
RULES = {"type": "general", "opens_minutes": "30", "late_minutes": ""}


def fields(**values):
    return {**RULES, "kind": "service", "name_ar": "دفع العربات", **values}


def test_a_new_opportunity_leads_to_planning_its_shifts(cast, layla):
    service = factories.service(name_en="Wheelchairs")
    made = layla.send(
        "/opportunities/new", **fields(service_id=service.id, walk_ins="y", late_minutes="٩٠")
    )
    assert made.status_code == 303
    page = layla.text(made.location)
    for words in ("Wheelchairs", "May join", "1 hour 30 minutes after the start", "Add shift"):
        assert words in page


def test_a_service_is_asked_for_and_none_is_not_offered(layla):
    page = layla.get("/opportunities/new").get_data(as_text=True)
    (select,) = re.findall(r'<select[^>]*name="service_id".*?</select>', page, flags=re.S)
    assert re.findall(r"<option[^>]*>([^<]*)", select)[0] == "Choose"


def test_a_course_has_no_service_whatever_the_form_held(cast, layla):
    service = factories.service()
    made = layla.send("/opportunities/new", **fields(kind="course", service_id=service.id))
    kept = opportunities.find(int(made.location.rsplit("/", 1)[1]))
    assert (kept.kind, kept.service_id, kept.late_minutes) == ("course", None, None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Choose the service volunteers will do"),
        ({"kind": "course", "opens_minutes": "721"}, "Enter a number from 0 to 720"),
        ({"kind": "course", "late_minutes": "1.5"}, "Enter a whole number"),
        ({"kind": "course", "name_ar": ""}, "Fill in: Name in Arabic"),
    ],
)
def test_what_is_missing_is_said_in_the_form(cast, layla, values, said):
    refused = layla.send("/opportunities/new", **fields(name_en="Kept", **values))
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert said in body
    assert "Kept" in body


def test_a_course_and_for_how_long_it_is_good(cast, layla):
    made = layla.send("/opportunities/new", **fields(kind="course", valid_days="365"))
    course = opportunities.find(int(made.location.rsplit("/", 1)[1]))
    assert "Valid for 365 days" in layla.text(made.location)
    service = factories.service(name_en="Wheelchairs")
    asking = layla.send(
        "/opportunities/new",
        **fields(name_ar="عربات", service_id=service.id, requires_id=course.id),
    )
    assert f"Course to attend before {course.name_ar}" in layla.text(asking.location)
    kept = opportunities.find(int(asking.location.rsplit("/", 1)[1]))
    assert kept.requires_id == course.id
    # a course does not offer itself
    page = layla.get(f"/opportunities/{course.id}/details").get_data(as_text=True)
    (select,) = re.findall(r'<select[^>]*name="requires_id".*?</select>', page, flags=re.S)
    assert re.findall(r"<option[^>]*>([^<]*)", select) == ["None"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"valid_days": "30"}, "Only a course is valid for a time"),
        ({"kind": "course", "valid_days": "0"}, "Enter a number from 1 to 3,660"),
        ({"requires_id": "{own}"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_the_form(cast, layla, values, said):
    own = cast.shift.opportunity_id
    values = {name: value.format(own=own) for name, value in values.items()}
    service_id = opportunities.find(own).service_id
    refused = layla.send("/opportunities/new", **fields(service_id=service_id, **values))
    assert refused.status_code == 422
    assert said in refused.get_data(as_text=True)


def test_the_kind_stays_once_somebody_came(cast, now, layla):
    of = cast.shift.opportunity_id
    check_in(cast.noura, cast.poster, now)
    refused = layla.send(f"/opportunities/{of}/details", **fields(kind="course"))
    assert "Somebody attended already" in refused.get_data(as_text=True)
    assert opportunities.find(of).kind == "service"


def test_the_list_is_searched_and_shows_coming_shifts(cast, layla):
    assert "Visual screening at the gates" in layla.text("/opportunities?q=screening")
    assert "No opportunity has this in its name" in layla.text("/opportunities?q=wheel")


def test_the_list_has_pages(cast, now, layla):
    for number in range(opportunities.PER_PAGE):
        factories.opportunity(now, "course", name_ar=f"دورة {number}", name_en="")
    assert "Page 1 of 2" in layla.text("/opportunities")
    assert "Visual screening at the gates" in layla.text("/opportunities?page=2")


def test_closing_and_reopening(cast, layla):
    of = cast.shift.opportunity_id
    layla.send(f"/opportunities/{of}/closure")
    assert "Open again" in layla.text(f"/opportunities/{of}")
    layla.send(f"/opportunities/{of}/reopening")
    assert opportunities.find(of).closed_at is None


@pytest.mark.parametrize("who", ["noura", "salem", "huda", "majed"])
def test_only_coordinators_enter(cast, browser_of, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    of = cast.shift.opportunity_id
    for address in ("/opportunities", "/opportunities/new", f"/opportunities/{of}"):
        assert browser.get(address).status_code == 403
    assert browser.send(f"/opportunities/{of}/closure").status_code == 403
    assert opportunities.find(of).closed_at is None


def test_one_that_is_not_there_is_not_found(layla):
    assert layla.get("/opportunities/9999").status_code == 404


def test_who_may_join_is_said_and_shown(cast, layla):
    service = factories.service(name_en="Wheelchairs", low_per_hour=2, high_per_hour=9)
    rules = {"is_open": "y", "has_waiting_list": "y", "gender": "woman", "minimum_age": "١٦"}
    told = {"most_minutes": "240", "about_ar": "عن الفرصة\r\nوالماء"}
    made = layla.send("/opportunities/new", **fields(service_id=service.id, **rules, **told))
    page = layla.text(made.location)
    for words in ("with a waiting list", "Women", "From the age of 16", "4 hours at most"):
        assert words in page
    assert "Plausible in an hour 2 to 9" in page
    kept = opportunities.find(int(made.location.rsplit("/", 1)[1]))
    assert (kept.gender, kept.minimum_age, kept.most_minutes) == ("woman", 16, 240)
    assert (kept.is_open, kept.has_waiting_list, kept.about_ar) == (True, True, "عن الفرصة\nوالماء")
    assert "Women" in layla.text(f"{made.location}/details")


def test_a_copy_is_looked_at_first(cast, now, layla):
    of = cast.shift.opportunity_id
    made = layla.send(f"/opportunities/{of}/copies")
    assert made.status_code == 303
    assert made.location != f"/opportunities/{of}/details"
    assert "This is the copy" in layla.text(made.location)


def test_the_list_is_chosen_from(cast, layla):
    assert "Visual screening at the gates" in layla.text("/opportunities?type=general&kind=service")
    assert "No opportunity fits what you chose" in layla.text("/opportunities?kind=course")
    assert "Visual screening" in layla.text("/opportunities?type=odd&campaign=x&page=0")


def test_a_course_has_a_register(cast, now, layla, browser_of):
    course = factories.opportunity(now, "course", name_en="First aid")
    address = f"/opportunities/{course.id}/register"
    assert "Nobody on the register yet" in layla.text(address)
    shift = factories.shift(now, cast.mataf, course, starts=-30)
    factories.assign(now, cast.noura, shift)
    assert "0 of 1" in layla.text(address)
    check_in(cast.noura, factories.poster(now, cast.mataf, shift), now)
    check_out(cast.noura, shift, now)
    page = layla.text(address)
    assert "1 of 1" in page
    assert "Completed" in page
    assert "Register" in layla.text(f"/opportunities/{course.id}")
    assert layla.get(f"/opportunities/{cast.shift.opportunity_id}/register").status_code == 404
    assert browser_of(cast.salem, kind="staff").get(address).status_code == 403


def version(answer) -> int:
    return db.session.get_one(Attendance, answer.attendance_id).row_version


def test_what_closed_months_tell_by_stays_and_nothing_typed_is_lost(cast, now, layla):
    call = cast.shift.opportunity_id
    begin = now - timedelta(days=40)
    past = factories.shift(begin, cast.mataf, opportunities.find(call))
    factories.assign(begin - timedelta(days=1), cast.noura, past)
    check_in(cast.noura, factories.poster(begin, cast.mataf, past), begin)
    done = check_out(cast.noura, past, begin + timedelta(hours=4), beneficiaries=5)
    approvals.approve(done.attendance_id, version(done), by=cast.layla.id, now=now)
    address = f"/opportunities/{call}/details"
    assert "closed months" not in layla.text(address)
    months.close(past.work_on, by=cast.layla.id, now=now)
    assert "hours in closed months, the latest October 2026" in layla.text(address)
    typed = fields(service_id=opportunities.find(call).service_id, name_en="Typed", about_en="Anew")
    refused = layla.send(address, **{**typed, "type": "skilled"})
    assert refused.status_code == 422
    assert "It has hours in October 2026, and that month is closed" in refused.text
    assert "Typed" in refused.text
    assert "Anew" in refused.text
    assert layla.send(address, **typed).status_code == 303
    assert opportunities.find(call).name_en == "Typed"
