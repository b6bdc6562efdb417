"""Doors that are nobody's room: where people land, and what watches the server asks."""

import pytest

from checkin.operations import jobs
from tests.pages import Page


def test_a_watch_learns_whether_the_server_lives(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_watch_learns_when_the_sweeps_last_ran(client, now):
    assert client.get("/readyz").json == {"status": "ready", "jobs_ran_at": None}
    jobs.run_due(now)
    assert client.get("/readyz").json["jobs_ran_at"] is not None


@pytest.mark.parametrize(
    ("who", "kind", "door"),
    [
        ("noura", "phone", "/hours"),
        ("salem", "phone", "/hours"),  # a remembered phone proves a volunteer only
        ("salem", "staff", "/floor"),
        ("layla", "staff", "/figures"),
        ("faisal", "staff", "/figures"),
        ("reem", "staff", "/desk"),
    ],
)
def test_everybody_lands_on_their_work(cast, browser_of, who, kind, door):
    browser = browser_of(getattr(cast, who), kind=kind)
    assert browser.get("/").location == door


def test_rooms_behind_a_room_show_where_they_are(cast, browser_of):
    page = browser_of(cast.layla, kind="staff", lang="en").get("/services").get_data(as_text=True)
    (current,) = [part for part in page.split("<a ") if 'aria-current="page"' in part]
    assert 'href="/opportunities"' in current


@pytest.mark.parametrize(
    ("buttons", "passes"),
    [
        ("<button>Save</button><button name='to' value='7:28'>7:28</button>", True),
        ("<button name='to' value='7:28'>7:28</button>", True),  # the only thing to press
        (
            "<button data-enter name='ended' value='other'></button><button name='to'>1</button>",
            True,
        ),
        ("<button name='to' value='7:28'>7:28</button><button>Save</button>", False),
        ("<button formaction='/elsewhere'>New phone</button><button>Check in</button>", False),
    ],
)
def test_enter_in_a_field_never_presses_a_button_that_says_something_else(buttons, passes):
    page = Page(
        "<html lang='en' dir='ltr'><head><title>Times</title></head><body><h1>Times</h1>"
        f"<form><label>At<input type='text' name='at'></label>{buttons}</form></body></html>"
    )
    if passes:
        page.inspect()
    else:
        with pytest.raises(AssertionError, match="Enter in a field"):
            page.inspect()
