"""Services, campaigns and partners: a coordinator keeps them, nobody else sees them."""

import pytest

from checkin.operations import campaigns, partners, services

pytestmark = pytest.mark.usefixtures("at")
ROOMS = {
    "services": (services, {"counted_by": "volunteer", "low_per_hour": "٥", "high_per_hour": "60"}),
    "campaigns": (campaigns, {}),
    "partners": (partners, {"kind": "health"}),
}
DETAILS = {"campaigns": "/details", "partners": "/details"}
"""Where the form stands apart from the page."""


@pytest.fixture(params=ROOMS)
def room(request):
    return request.param


def all_in(room):
    operations, _ = ROOMS[room]
    return {row.name_ar: row for row in getattr(operations, f"all_{room}")()}


def add(browser, room, **fields):
    return browser.send(f"/{room}/new", **{"name_ar": "سقيا زمزم", **ROOMS[room][1], **fields})


def test_what_is_added_stands_in_the_list(layla, room):
    assert add(layla, room, name_en="Zamzam water").status_code == 303
    assert "Zamzam water" in layla.text(f"/{room}")


def test_a_taken_name_is_said_beside_it_and_nothing_typed_is_lost(layla, room):
    add(layla, room)
    again = add(layla, room, name_en="Water of Zamzam")
    assert again.status_code == 422
    body = again.get_data(as_text=True)
    assert "This name is taken" in body
    assert "Water of Zamzam" in body
    assert len([name for name in all_in(room) if name == "سقيا زمزم"]) == 1


def test_an_empty_name_is_asked_for_by_its_label(layla, room, cast, browser_of):
    refused = add(layla, room, name_ar="  ")
    assert "Fill in: Name in Arabic" in refused.get_data(as_text=True)
    arabic = add(browser_of(cast.layla, kind="staff"), room, name_ar="12")
    assert "يلزم أن يحتوي الاسم على حروف" in arabic.get_data(as_text=True)


def test_changes_closing_and_reopening(layla, room):
    add(layla, room)
    thing = all_in(room)["سقيا زمزم"]
    form = f"/{room}/{thing.id}{DETAILS.get(room, '')}"
    layla.send(form, **{"name_ar": "سقيا", **ROOMS[room][1]})
    assert "سقيا" in all_in(room)
    layla.send(f"/{room}/{thing.id}/closure")
    assert "Closed" in layla.text(f"/{room}")
    assert all_in(room)["سقيا"].closed_at is not None
    layla.send(f"/{room}/{thing.id}/reopening")
    assert all_in(room)["سقيا"].closed_at is None


def test_arabic_digits_are_numbers(layla):
    add(layla, "services")
    assert all_in("services")["سقيا زمزم"].low_per_hour == 5


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"low_per_hour": "70"}, "The most cannot be less than the fewest"),
        ({"high_per_hour": "many"}, "Enter a whole number"),
        ({"high_per_hour": "-1"}, "Enter a number from 0 to 10,000"),
        ({"high_per_hour": ""}, "Fill in: Most people served in an hour"),
        ({"longest_minutes": "10"}, "Enter a number from 15 to 960"),
        ({"longest_minutes": "4 hours"}, "Enter a whole number"),
    ],
)
def test_numbers_that_make_no_sense_are_explained(layla, fields, said):
    refused = add(layla, "services", **fields)
    assert refused.status_code == 422
    assert said in refused.get_data(as_text=True)


def test_heavy_work_has_a_limit_that_stands_in_the_list(layla):
    add(layla, "services", longest_minutes="٢٤٠")
    assert all_in("services")["سقيا زمزم"].longest_minutes == 240
    assert "4 hours a day at most" in layla.text("/services")
    thing = all_in("services")["سقيا زمزم"]
    emptied = {"name_ar": "سقيا زمزم", **ROOMS["services"][1], "longest_minutes": ""}
    layla.send(f"/services/{thing.id}", **emptied)
    assert all_in("services")["سقيا زمزم"].longest_minutes is None
    assert "a day at most" not in layla.text("/services")


def test_what_is_not_there_is_not_found(layla, room):
    assert layla.get(f"/{room}/9999").status_code == 404
    assert layla.send(f"/{room}/9999/closure").status_code == 404


@pytest.mark.parametrize("who", ["noura", "salem", "majed", "faisal", "reem"])
def test_only_coordinators_enter(cast, browser_of, room, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    assert browser.get(f"/{room}").status_code == 403
    assert add(browser, room).status_code == 403
    assert "سقيا زمزم" not in all_in(room)
