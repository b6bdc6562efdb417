"""Looking changes nothing: robots and messengers open every link they see."""

import sqlite3
from contextlib import closing
from itertools import product

import pytest

from checkin.web import clock
from tests.web import everything
from tests.web.everything import NOBODY, PEOPLE

pytestmark = pytest.mark.measured_elsewhere


def commits(watching: sqlite3.Connection) -> int:
    """A number that changes with every commit that somebody else's connection makes."""
    return watching.execute("PRAGMA data_version").fetchone()[0]


@pytest.mark.parametrize("who", [NOBODY, *PEOPLE])
def test_no_address_writes_when_it_is_only_looked_at(app, world, database, who):
    before = everything.content(database)
    assert len(before) > 20, "all tables are compared"
    browser = everything.browser(app, world, who)
    with closing(sqlite3.connect(database)) as watching:
        kept = commits(watching)
        for rule, ids in product(everything.rules(app, "GET"), (world.ids, world.other)):
            address = everything.address(rule.rule, ids)
            status = browser.get(address).status_code
            assert status < 500, f"{address} answered {status} to {who}"
            assert commits(watching) == kept, f"GET {address} wrote, for {who}"
    assert everything.content(database) == before


def test_a_head_request_writes_nothing_either(app, world, database):
    before = everything.content(database)
    browser = everything.browser(app, world, "layla")
    for rule in everything.rules(app, "HEAD"):
        assert browser.head(everything.address(rule.rule, world.ids)).status_code < 500
    assert everything.content(database) == before


STEPS = {
    "asked for a code": {"opening": {"proved_by": ""}},
    "proved a mobile": {"opening": {"proved_by": "code"}},
    "gave a password": {"staff_opening": {"has_totp": True}},
    "must enrol": {"staff_opening": {"has_totp": False}},
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_of_signing_in_writes_when_it_is_only_looked_at(app, world, database, step):
    browser = everything.browser(app, world, NOBODY)
    at = clock.now().isoformat()
    whole = {
        "opening": {"mobile": "+966512345678", "remember": True, "target": "", "at": at},
        "staff_opening": {"person_id": 1, "stamp": "", "target": "", "at": at},
    }
    with browser.session_transaction() as session:
        for name, more in STEPS[step].items():
            session[name] = {**whole[name], **more}
    before = everything.content(database)
    seen = set()
    for rule in everything.rules(app, "GET"):
        if rule.rule.startswith(("/sign-in", "/staff", "/S/")):
            seen.add(browser.get(everything.address(rule.rule, world.ids)).status_code)
    assert 200 in seen
    assert max(seen) < 500
    assert everything.content(database) == before


def test_a_write_would_be_seen(app, world, database):
    """Both the comparison and the number of commits see one changed value."""
    before = everything.content(database)
    browser = everything.browser(app, world, "layla")
    address = f"/services/{world.ids['service_id']}/closure"
    with closing(sqlite3.connect(database)) as watching:
        kept = commits(watching)
        assert browser.send(address).status_code == 303
        assert commits(watching) != kept
    after = everything.content(database)
    assert {name for name in before if before[name] != after[name]} == {"services", "audit_entries"}
