"""The audit log's page: who reads it, what it says of each act, how it is narrowed, its seals."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import checkin
from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import AuditEntry
from checkin.operations import audit, audit_log, grants, settings
from checkin.operations.audit_log import Wanted
from checkin.web.audit_words import WORDS
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


def test_every_act_has_its_words():
    """All that the code notes by name, and what it does to things that are alike."""
    noted = set()
    for path in Path(checkin.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.note":
                noted |= {getattr(call.args[0], "value", None)}
    noted = {act for act in noted if isinstance(act, str)}
    assert len(noted) > 90
    for kind in ("site", "lane", "service", "opportunity", "campaign", "partner", "team"):
        noted |= {f"{kind}.{act}" for act in ("create", "change", "close", "reopen")}
    assert noted - set(WORDS) == set()
