"""What people typed is shown as they typed it and never acts; a form changes only its fields."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Integer, String

from checkin.database import Base, db
from checkin.models import Attendance
from tests.web import everything
from tests.web.everything import NOBODY, PEOPLE
from tests.web.test_security_input import IN_TURN, acting_forms, forms_seen

pytestmark = pytest.mark.measured_elsewhere

CANARY = '"><img src=x onerror=alert(1)>{{7*7}}'
SHOWN = "{{7*7}}"
TEXTS = {
    "people": ("name", "team_name", "suspended_reason", "email"),
    "sites": ("name_ar", "name_en"),
    "lanes": ("name_ar", "name_en"),
    "services": ("name_ar", "name_en"),
    "partners": ("name_ar", "name_en"),
    "campaigns": ("name_ar", "name_en"),
    "opportunities": ("name_ar", "name_en"),
    "devices": ("label",),
}


class TestCanary:
    @pytest.fixture
    def settings(self):
        return {"ORGANISATION_EN": CANARY, "ORGANISATION_AR": CANARY}

    @pytest.fixture
    def poisoned(self, world, app, database):
        """Every text of every table, and the reasons that only acts can write."""
        salem = everything.browser(app, world, "salem")
        record = f"/attendances/{world.ids['attendance_id']}/rejection"
        fields = {
            "rejecting-reason": "other",
            "rejecting-words": CANARY,
            "rejecting-row_version": "2",
        }
        assert salem.send(record, **fields).status_code < 500
        db.session.remove()
        with closing(sqlite3.connect(database)) as connection, connection:
            for table, columns in TEXTS.items():
                for column in columns:
                    connection.execute(f"UPDATE {table} SET {column} = ? || id", [CANARY])
        return world

    def version(self, world) -> int:
        return db.session.get_one(Attendance, world.ids["attendance_id"]).row_version

    @pytest.mark.parametrize("who", [NOBODY, *PEOPLE])
    def test_no_text_acts_on_any_page(self, app, poisoned, who):
        browser, seen = everything.browser(app, poisoned, who), 0
        for rule in everything.rules(app, "GET"):
            answer = browser.get(everything.address(rule.rule, poisoned.ids))
            assert answer.status_code < 500, rule.rule
            if answer.mimetype == "text/html":
                assert "<img src=x" not in answer.text, rule.rule
                assert '"&gt;<img' not in answer.text, rule.rule
                assert "alert(1)>" not in answer.text, rule.rule
                seen += SHOWN in answer.text
        assert seen >= 3, "the canary was shown, as text"

    def test_what_comes_back_from_a_form_or_address_is_text_too(self, app, world, pages_of):
        for who in IN_TURN:
            browser = everything.browser(app, world, who)
            for one in acting_forms(app, pages_of, who):
                wrong = {name: CANARY for name in one.fields if name != "csrf_token"}
                answer = browser.send(one.action, **wrong)
                assert b"<img src=x" not in answer.get_data(), one.action
        for who in (NOBODY, "volunteer", "layla"):
            browser = everything.browser(app, world, who)
            for rule in everything.rules(app, "GET"):
                address = everything.address(rule.rule, world.ids).partition("?")[0]
                names = ("q", "next", "day", "by", "from", "until", "done", "entered", "show")
                answer = browser.get(address, query_string=dict.fromkeys(names, CANARY))
                assert b"<img src=x" not in answer.get_data(), address


# --- only what the form asks ---------------------------------------------------------------

RANDOM = {
    *("posters", "badges", "displays", "enrolments", "devices", "messages", "sign_in_codes"),
    *("audit_entries", "counters"),
}
"""Tables with secrets or ids of their own making, different each time; as a calendar's code is."""


def every_column() -> dict[str, str]:
    """A tempting value for each column of each table, as a forged form would name it."""
    tempting = {"role": "administrator", "state": "approved", "is_lead": "y", "how": "roster"}
    found = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            number = isinstance(column.type, Integer)
            text = isinstance(column.type, String)
            found[column.name] = "7" if number else "x" if text else "2020-01-01T00:00:00+00:00"
    return {**found, **tempting}


@pytest.mark.parametrize("who", IN_TURN[:-1])
def test_a_form_changes_only_what_it_asks(app, world, database, restore, pages_of, who):
    columns = every_column()
    assert len(columns) > 100
    done = 0
    seen = forms_seen(app, pages_of(who)).values()
    for one in acting_forms(app, pages_of, who):
        # what another form at the same address asks is asked there
        asked = {name for other in seen if other.action == one.action for name in other.fields}
        extra = {name: value for name, value in columns.items() if name not in asked}
        contents = []
        for more in ({}, extra):
            restore()
            browser = everything.browser(app, world, who)
            fields = {name: text for name, text in one.fields.items() if name != "csrf_token"}
            status = browser.send(one.action, **more, **fields).status_code
            kept = everything.content(database, but=frozenset({"feed_code"}))
            contents.append((status, {name: kept[name] for name in kept.keys() - RANDOM}))
        assert contents[0] == contents[1], one.action
        done += contents[0][0] == 303
    assert done, "some of the forms are right as they stand"
