"""The audit log's page: who reads it, what it says of each act, how it is narrowed, its seals."""

import ast
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text

import checkin
from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import AuditEntry, Campaign, Lane, Opportunity, Partner, Service, Site, Team
from checkin.operations import audit, audit_log, grants, settings
from checkin.operations.audit_log import Wanted
from checkin.operations.people import Profile
from checkin.operations.revaluing import Revaluation
from checkin.web import audit_facts
from checkin.web.audit_facts import NOT_SAID
from checkin.web.audit_words import FACTS, FIELDS, OF_ACTS, WORDS
from checkin.web.prayer_words import PRAYERS
from checkin.web.record_words import STATES
from tests import factories

DAY = timedelta(days=1)


@pytest.fixture
def faisal(browser_of, cast):
    return browser_of(cast.faisal, kind="staff", lang="en")


@pytest.fixture
def acts(now, cast):
    """A scan, a role given yesterday, a setting changed today."""
    who = factories.person(now, "هند")
    grants.give(who.id, Role.SUPERVISOR, site_id=cast.mataf.id, by=cast.majed.id, now=now - DAY)
    factories.assign(now, who, cast.shift)
    factories.check_in(who, cast.poster, now)
    settings.change({"digits": "arab"}, by=cast.majed.id, now=now)
    return who


def test_each_act_is_said_in_plain_words_the_latest_first(faisal, acts, cast):
    page = faisal.text("/audit")
    assert "seals on this page hold" not in page, "nothing is sealed yet"
    assert page.index("Settings changed") < page.index("Role given")
    for part in (
        cast.majed.name,
        "هند",
        "Supervisor of a site",
        "Mataf courtyard",
        "Not sealed yet",
    ):
        assert part in page
    assert "scan.in" not in page


def test_an_arabic_reader_reads_it_in_arabic(browser_of, cast, acts):
    page = browser_of(cast.faisal, kind="staff").text("/audit")
    for part in ("سجل التدقيق", "منح صلاحية", "تغيير الإعدادات"):
        assert part in page


def test_it_is_narrowed_by_day_by_whom_and_by_kind(faisal, acts, cast, now):
    narrowed = {
        f"day={(now - DAY).date()}": ("Role given", "Settings changed"),
        "kind=settings": ("Settings changed", "Role given"),
        f"by={cast.majed.id}&kind=access": ("Role given", "Settings changed"),
    }
    for query, (shown, left_out) in narrowed.items():
        table = faisal.text(f"/audit?{query}").partition("What changed")[2]
        assert (shown in table, left_out in table) == (True, False), query
    assert "Nothing in the log fits what you chose" in faisal.text(
        f"/audit?by={cast.layla.id}&kind=settings"
    )
    assert "Role given" not in faisal.text("/audit?by=0").partition("What changed")[2]
    assert faisal.get("/audit?kind=nonsense").status_code == 404
    assert faisal.get("/audit?before=999999").status_code == 404
    for query in ("day=nonsense", "by=nonsense", "before=nonsense", "day=2026-02-30", "by="):
        assert "Role given" in faisal.text(f"/audit?{query}"), query


def test_old_pages_are_not_moved_by_new_acts_and_hold_every_act_once(app, cast, acts, monkeypatch):
    monkeypatch.setattr(audit_log, "PER_PAGE", 3)
    asked = db.select(AuditEntry.id).where(AuditEntry.act.not_like("scan.%"))
    every = set(db.session.scalars(asked))
    seen, before = [], None
    while (found := audit_log.page_of(Wanted(), before)).before:
        seen += [line.entry.id for line in found.lines]
        before = found.before
    seen += [line.entry.id for line in found.lines]
    assert len(seen) == len(every)
    assert set(seen) == every


def test_what_is_seldom_is_looked_for_page_by_page(app, faisal, acts, monkeypatch):
    """However long the log: each page goes through so many acts and says how far it was."""
    monkeypatch.setattr(audit_log, "MOST_LOOKED_AT", 1)
    wanted, before, pages = Wanted(acts=("grant.give",)), None, 0
    while not (found := audit_log.page_of(wanted, before)).lines:
        assert found.looked_until is not None
        before, pages = found.before, pages + 1
    assert pages >= 1
    assert "Looked back until" in faisal.text("/audit?kind=access")


def test_it_says_whether_the_seals_hold(faisal, acts):
    audit.seal()
    page = faisal.text("/audit")
    assert "All seals on this page hold" in page
    assert "Not sealed yet" not in page
    db.session.rollback()
    on_sqlite = ("DROP TRIGGER audit_entries_no_update",)
    for statement in (
        *on_sqlite,
        "UPDATE audit_entries SET at = at, actor_id = NULL WHERE act = 'grant.give'",
    ):
        db.session.execute(text(statement))
    db.session.commit()
    page = faisal.text("/audit")
    assert "The chain of seals does not hold" in page
    assert page.count("Seal broken") == 1


def test_only_those_the_matrix_names_read_it(browser_of, cast, salem, layla, majed):
    assert layla.get("/audit").status_code == majed.get("/audit").status_code == 200
    assert salem.get("/audit").status_code == 403
    assert browser_of(cast.noura).get("/audit").status_code == 403
    assert 'href="/audit"' not in salem.get("/figures").text


def test_the_auditor_is_led_to_it(faisal):
    assert 'href="/audit"' in faisal.get("/figures").text


def test_who_has_the_settings_finds_it_there(layla):
    assert 'href="/audit"' in layla.get("/settings").text
    assert 'href="/audit"' not in layla.get("/figures").text


FACTS_TOLD = [
    (
        "attendance.times",
        {"begins": "2026-11-22T13:00:00+00:00"},
        "Begins: 22 November 2026 4:00 PM",
    ),
    ("attendance.adjust", {"before": 240, "uid": "19882980-640f"}, "Before: 4:00"),
    ("value.recompute", {"after_halalas": 223450, "closed": 3}, "After (SAR): 2,234.50 Left as"),
    ("value.recompute", {"losing_minutes": 90}, "Hours losing their value: 1:30"),
    (
        "rate.set",
        {"halalas": 2167, "from_on": "2026-01-01"},
        "An hour (SAR): 21.67 From: 1 January",
    ),
    ("past.enter", {"lines": [7, 8, 9], "replaced": []}, "Lines: 3"),
    ("past.drop", {"period": "1444h"}, "Period: 1444 AH"),
    ("shift.follow", {"starts_at": -2}, "Start moved, in minutes: −2"),
    ("shift.close", {"approved": 12}, "Approved: 12"),
    ("shift.reopen", {"reason": "came_late"}, "Reason: Scans arrived later"),
    ("prayers.enter", {"maghrib": "17:43"}, "Maghrib: 5:43 PM"),
    ("month.close", {"month": "2026-10-01"}, "Month: October 2026"),
    (
        "settings.change",
        {"changed": ["digits"], "opens_minutes": 45},
        "Changed: Digits Check-in opens",
    ),
    ("platform.shape", {"columns": ["hours"]}, "Columns: Hours"),
    ("report.keep", {"shared": 0}, "For all: No"),
    ("target.put", {"figure": "value", "scope": "all", "key": 0, "amount": 1200}, "Amount: 1,200"),
    ("grant.confirm", {"request": 4, "grant": 12}, ""),
]


@pytest.mark.parametrize(("act", "facts", "told"), FACTS_TOLD)
def test_facts_are_said_as_the_reader_reads_them(app, now, act, facts, told):
    entry = AuditEntry(act=act, thing="shift", thing_id=1, at=now, facts=facts)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = " ".join(f"{name}: {words}" for name, words in audit_facts.said(entry, {}))
    plain = re.sub("[\u2066-\u2069]", "", said)
    assert (told in plain, bool(plain), "19882980" in plain) == (True, bool(told), False)


def test_people_of_a_list_are_named(faisal, cast, now):
    audit.note("roster.add", "shift", 1, by=cast.layla.id, at=now, people=[cast.noura.id])
    audit.note("prayers.enter", "prayer_day", 20261122, by=cast.layla.id, at=now, asr="15:20")
    db.session.commit()
    page = re.sub("[\u2066-\u2069]", "", faisal.text("/audit"))
    assert f"People: {cast.noura.name}" in page
    assert "22 November 2026" in page
    assert "20261122" not in page


@cache
def noting() -> list[ast.FunctionDef]:
    """The functions that may note something."""
    texts = [path.read_text() for path in Path(checkin.__file__).parent.rglob("*.py")]
    every = (one for text in texts if "audit.note" in text for one in ast.walk(ast.parse(text)))
    return [one for one in every if isinstance(one, ast.FunctionDef)]


def calls_in(function: ast.FunctionDef) -> list[ast.Call]:
    calls = (one for one in ast.walk(function) if isinstance(one, ast.Call))
    return [one for one in calls if ast.unparse(one.func) == "audit.note"]


def test_every_act_has_its_words():
    """All that the code notes by name, and what it does to things that are alike."""
    calls = [call for function in noting() for call in calls_in(function)]
    noted = {getattr(call.args[0], "value", None) for call in calls}
    noted = {act for act in noted if isinstance(act, str)}
    assert len(noted) > 90
    for kind in ("site", "lane", "service", "opportunity", "campaign", "partner", "team"):
        noted |= {f"{kind}.{act}" for act in ("create", "change", "close", "reopen")}
    assert noted - set(WORDS) == set()


ELSEWHERE = {*settings.DEPLOYED, *PRAYERS, "figure", "period", "scope", "key"}
"""Facts that are put together away from where they are noted."""
NO_FACTS = {"attendance_id", "part", "source", "state"}
"""Of other tables beside them."""


def facts_in(function: ast.FunctionDef) -> set[str]:
    """What is noted: named in the call itself, or in a table that it is given; not by the demo,
    whose facts are for itself."""
    calls = [one for one in calls_in(function) if "'demo'" not in map(ast.unparse, one.args)]
    keywords = [of for one in calls for of in one.keywords]
    named = {one.arg for one in keywords if one.arg not in (None, "by", "at")}
    if all(one.arg for one in keywords):
        return named
    tables = [one for one in ast.walk(function) if isinstance(one, ast.Dict)]
    return named | {
        key.value for one in tables for key in one.keys if isinstance(key, ast.Constant)
    }


def test_every_fact_has_its_words_or_is_not_said():
    noted = set(ELSEWHERE).union(*map(facts_in, noting()))
    assert len(noted) > 80
    assert noted - NO_FACTS - NOT_SAID - {*FACTS, *FIELDS, *PRAYERS} == set()
    assert {*Revaluation._fields} - {*FACTS, *OF_ACTS["value.recompute"]} == set()
    assert {*STATES} == {*OF_ACTS["shift.close"]}


def test_every_column_that_a_form_changes_has_its_words():
    kept = {"id", "created_at", "created_by_id", "closed_at", "row_version", "name_folded"}
    for model in (Site, Lane, Service, Opportunity, Campaign, Partner, Team):
        assert {*model.__table__.columns.keys()} - kept - {*FIELDS} == set(), model
    assert {*Profile.__dataclass_fields__} - {*FIELDS} == set()
