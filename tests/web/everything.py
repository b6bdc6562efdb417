"""One of everything, for tests that visit every address there is, as everybody there is."""

import hashlib
import re
import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import (
    Attendance,
    Campaign,
    Decision,
    Lane,
    Membership,
    Opportunity,
    Person,
    Sample,
    Scan,
    Shift,
    SignInRequest,
)
from checkin.operations import (
    accounts,
    approvals,
    badges,
    devices,
    displays,
    grants,
    groups,
    manual,
    merging,
    pictures,
    reports,
    targets,
)
from checkin.operations.openings import feed
from tests import factories
from tests.cast import company
from tests.pages import Browser
from tests.pictures import made_picture

HOUR = timedelta(hours=1)
PARAMETER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
NOBODY = "stranger"
PEOPLE = ("volunteer", "lead", "salem", "huda", "layla", "reem", "faisal", "majed")
"""Who opens the doors: Noura on her phone, a lead, and the staff of the cast."""
QUERIES = {
    "/badges/sheets": "?person={person_id}",
    "/badges/sheets.pdf": "?person={person_id}",
    "/figures/platform/missing": "?what=name",
    "/figures": "?by=site&from=2026-01-01&until=2026-12-31",
    "/figures/reports": "?by=site&then=month",
    "/figures/reports/new": "?by=site",
    "/figures/reports/sheet": "?by=site&then=month",
    "/partners/<int:partner_id>": "?q=نورة",
    "/partners/<int:partner_id>/members": "?q=نورة",
    "/people": "?q=نورة",
    "/people/<int:person_id>/merges": "?q=نورة",
    "/posters/sheets": "?poster={poster_id}",
    "/posters/sheets.pdf": "?poster={poster_id}",
    "/floor/<int:site_id>/check-ins/new": "?q=نورة",
    "/floor/<int:site_id>/groups/<int:group_id>": "?q=نورة",
    "/floor/<int:site_id>/groups/new": "?q=نورة",
    "/sites/<int:site_id>/supervisors": "?q=سالم",
    "/teams/<int:team_id>/members": "?q=نورة",
    "/sign-in": "?next=/hours",
}
"""What makes a page show more than it does bare."""

OTHER_SAMPLE = {
    ("/B/<code>", "code"): "badge_code",
    ("/b/<code>", "code"): "badge_code",
    ("/B/<code>/withdrawal", "code"): "badge_code",
    ("/b/<code>/withdrawal", "code"): "badge_code",
    ("/E/<code>", "code"): "enrolment_code",
    ("/e/<code>", "code"): "enrolment_code",
    ("/R/<token>", "token"): "shown",
    ("/r/<token>", "token"): "shown",
    ("/R/<token>/reminder", "token"): "shown",
    ("/people/<int:person_id>/roles/<int:grant_id>/ending", "person_id"): "supervisor_id",
    ("/floor/<int:site_id>/tally/<int:shift_id>", "shift_id"): "tally_shift_id",
    ("/api/v1/tallies/<int:shift_id>", "shift_id"): "tally_shift_id",
    ("/calendar/<string:code>.ics", "code"): "feed_code",
    ("/opportunities/<int:opportunity_id>/register", "opportunity_id"): "course_id",
    ("/floor/<int:site_id>/groups/<int:group_id>/members/<int:person_id>/removal", "person_id"): (
        "member_id"
    ),
    ("/groups/<int:group_id>/members/<int:person_id>/removal", "person_id"): "member_id",
    ("/openings/<int:opportunity_id>", "opportunity_id"): "opening_id",
    ("/openings/shifts/<int:shift_id>/departure", "shift_id"): "opening_shift_id",
    ("/openings/shifts/<int:shift_id>/place", "shift_id"): "opening_shift_id",
}
"""Where a parameter must go with another one of the same address."""


@dataclass(frozen=True)
class World:
    """Ids of what stands at the Mataf, by the names that addresses use, and a cookie of each."""

    ids: dict[str, object]
    cookies: dict[str, str]
    people: dict[str, int]
    other: dict[str, object]
    """The same things at the site that Huda supervises."""


def build(now: datetime) -> World:
    """Fill the current app's database with one of everything, here and at another site."""
    cast = company(now)
    made = factories
    lead = made.person(now, "لمى عبدالله الثقفي")
    sara = made.person(now, "سارة حسن المالكي", is_minor=True, guardian_mobile="+966500000001")
    made.alter(sara, guardian_consented_at=now, partner_id=None)
    made.assign(now, lead, cast.shift, is_lead=True)
    elsewhere = made.shift(now, cast.squares, starts=-60, minutes=300)
    made.assign(now, sara, elsewhere)
    board = made.poster(now, cast.squares)
    here = _one_site(now, cast.mataf, cast.shift, cast.poster, cast.noura, cast.salem)
    there = _one_site(now, cast.squares, elsewhere, board, sara, cast.huda)
    made.assign(now, lead, db.session.get_one(Shift, here["tally_shift_id"]), is_lead=True)
    template = made.template(cast.shift.opportunity_id)
    team = made.team(leader=cast.noura)
    membership = db.session.scalars(db.select(Membership).filter_by(person_id=cast.noura.id)).one()
    campaign = made.keep(Campaign(name_ar="برا بمكة", name_en="Kindness in Makkah"))
    shared = {
        "campaign_id": campaign.id,
        "day": "2026-11-22",
        "export_id": made.export(now, cast.layla),
        "import_id": made.people_import(now, cast.layla),
        "past_id": made.past_line(now, cast.layla),
        "draft_name": made.past_file(now, cast.layla),
        "month": "2026-10",
        "place": 0,
        "partner_id": cast.university.id,
        "platform_list_id": made.platform_list(now, cast.layla),
        "membership_id": membership.id,
        "team_id": team.id,
        "sha": _logo(cast.majed, now),
        "report_id": reports.keep(
            reports.Naming("ساعات المواقع"), "by=site", by=cast.salem.id, now=now
        ),
        "target_id": targets.put(
            targets.TargetPlan(figure="hours", period="2026", amount=3650),
            by=cast.layla.id,
            now=now,
        ),
        "template_id": template.id,
        "token": accounts.invite_staff(cast.majed.id, by=None, now=now),
        "wording": "sign_in_code",
    }
    staff = (cast.salem, cast.huda, cast.layla, cast.reem, cast.faisal, cast.majed)
    played = dict(zip(PEOPLE, (cast.noura, lead, *staff), strict=True))
    cookies = {name: _cookie(name, person, now) for name, person in played.items()}
    second, _ = devices.remember(cast.noura.id, "phone", "old", lifetime=12 * HOUR, now=now)
    return World(
        ids={**shared, **here, "device_id": second},
        cookies=cookies,
        people={name: person.id for name, person in played.items()},
        other={**shared, **there, **_other_bodies(now)},
    )


def _other_bodies(now: datetime) -> dict[str, object]:
    """Another partner with a member of its own, and another team."""
    scouts = factories.partner("كشافة جدة", "Jeddah Scouts", "scouts")
    scout = factories.person(now, "تركي سعود المطيري", partner_id=scouts.id)
    held = db.session.scalars(db.select(Membership).filter_by(person_id=scout.id)).one()
    team = factories.team("فريق حي الشوقية")
    return {"partner_id": scouts.id, "membership_id": held.id, "team_id": team.id}


def _cookie(name: str, person: Person, now: datetime) -> str:
    kind = "phone" if name in ("volunteer", "lead") else "staff"
    _, cookie = devices.remember(person.id, kind, "test", lifetime=12 * HOUR, now=now)
    return cookie


def _one_site(now, site, shift, poster, volunteer, supervisor) -> dict[str, object]:
    made = factories
    lane = made.keep(Lane(site_id=site.id, name_ar="المسار 3", name_en="Lane 3"))
    made.check_in(volunteer, poster, now - HOUR)
    record = made.check_out(volunteer, shift, now - HOUR / 2, beneficiaries=25)
    early = made.shift(now, site, starts=300)
    waiting = made.person(now, "عبير ناصر السلمي")
    made.assign(now, waiting, early)
    asked = made.check_in(waiting, poster, now - HOUR / 4)
    assignment = made.assign(now, waiting, shift)
    phone = made.person(now, "مها فهد الحارثي")
    opening = made.opportunity(now, is_open=True)
    request = made.keep(
        SignInRequest(
            mobile=phone.mobile,
            site_id=site.id,
            visitor="0" * 64,
            match_number=42,
            created_at=now,
            expires_at=now + HOUR,
        )
    )
    decided = _approved(now, shift, poster, supervisor)
    entered = made.person(now, "وفاء عمر الجهني")
    entry = manual.Entry(str(uuid.uuid4()), entered.id, shift.id, "no_phone")
    manual.check_in(entry, by=supervisor.id, now=now)
    enrolment = accounts.make_enrolment(waiting.id, by=supervisor.id, now=now)
    badge_code, witnessed = _read_badge(now, site, shift, supervisor)
    badges.make([volunteer.id], by=supervisor.id, now=now)
    screen = displays.open_here(site.id, "4815", by=supervisor.id, now=now)
    grant = made.grant(now, made.person(now, "خالد صالح العمري"), Role.SUPERVISOR, site_id=site.id)
    return {
        "site_id": site.id,
        "lane_id": lane.id,
        "shift_id": shift.id,
        "tally_shift_id": made.lane_shift(now, site).id,
        "feed_code": feed.renew(volunteer.id, now=now),
        "course_id": made.opportunity(now, "course").id,
        "opening_id": opening.id,
        "opening_shift_id": made.shift(now, site, opening, starts=24 * 60).id,
        "opportunity_id": shift.opportunity_id,
        "service_id": db.session.get_one(Opportunity, shift.opportunity_id).service_id,
        "display_id": screen.display.id,
        "shown": displays.live_at(site.id, now).token,
        "poster_id": poster.id,
        "code": poster.code,
        "short_code": poster.short_code,
        "attendance_id": record.attendance_id,
        "decided_id": decided,
        "sample_id": _sample_of(decided),
        "scan_id": db.session.scalar(db.select(Scan.id).where(Scan.scan_uid == asked.uid)),
        "assignment_id": assignment.id,
        "request_id": request.id,
        "grant_id": grant.id,
        "supervisor_id": grant.person_id,
        "person_id": volunteer.id,
        "other_id": made.person(now, volunteer.name, mobile=volunteer.mobile).id,
        "merge_id": _merged(now, volunteer, supervisor),
        **_group(now, shift, volunteer, supervisor),
        "message_id": made.message(now, failed_at=now, fault="expired").id,
        "role_request_id": _asked(now, volunteer),
        "entered_id": entered.id,
        "entry": entry.uid,
        "enrolment_id": enrolment.id,
        "enrolment_code": accounts.enrolment_code(enrolment),
        "badge_code": badge_code,
        "witnessed": witnessed,
    }


def _logo(by: Person, now: datetime) -> str:
    """The organisation has a logo; the hash in its address."""
    pictures.keep_logo(made_picture(), by=by.id, now=now)
    return pictures.logo()["sha"]


def _asked(now: datetime, person: Person) -> int:
    """An administrator asked for somebody, and another one has not answered."""
    asker = factories.person(now, "هاني سالم العتيبي", email=f"asker{person.id}@example.org")
    factories.grant(now, asker, Role.ADMINISTRATOR)
    return grants.ask(person.id, Role.ADMINISTRATOR, by=asker.id, now=now)


def _group(now: datetime, shift, leader: Person, by: Person) -> dict[str, object]:
    """Three who came with the volunteer, one of them named."""
    arrival = groups.Arrival(str(uuid.uuid4()), shift.id, leader.id, 3)
    group_id = groups.arrive(arrival, by=by.id, now=now)
    scout = factories.person(now, "أنس طارق البقمي")
    groups.name_members(group_id, [groups.Named(person_id=scout.id)], by=by.id, now=now)
    return {"group_id": group_id, "member_id": scout.id}


def _merged(now: datetime, volunteer: Person, by: Person) -> int:
    """Somebody entered twice, now one person."""
    kept, gone = (factories.person(now, "وليد ناصر المالكي") for _ in range(2))
    return merging.merge(kept.id, gone.id, (), by=by.id, now=now)


def _read_badge(now: datetime, site, shift, by: Person) -> tuple[str, str]:
    """Somebody whom `by` has just checked in by a badge."""
    person = factories.person(now, "هند سليمان العصيمي")
    factories.assign(now, person, shift)
    code = badges.code_of(badges.make([person.id], by=by.id, now=now)[0]) or ""
    uid = str(uuid.uuid4())
    badges.read(code, site_id=site.id, by=by.id, uid=uid, now=now)
    return code, uid


def _approved(now: datetime, shift, poster, by: Person) -> int:
    """A record that `by` has approved."""
    done = factories.person(now, "أمل يوسف الزهراني")
    factories.assign(now, done, shift)
    factories.check_in(done, poster, now - HOUR)
    answer = factories.check_out(done, shift, now - HOUR / 6)
    record = db.session.get_one(Attendance, answer.attendance_id)
    # drawn by chance, so that a coordinator has something to look at
    shown = [(record.id, record.row_version)]
    approvals.approve_many(shown, by=by.id, now=now, lot=lambda _below: 0)
    return record.id


def _sample_of(attendance_id: int) -> int:
    wanted = db.select(Sample.id).join(Decision, Decision.id == Sample.decision_id)
    return db.session.scalars(wanted.where(Decision.attendance_id == attendance_id)).one()


def content(database: Path, but: frozenset[str] = frozenset()) -> dict[str, str]:
    """A hash of all rows of each table; equal contents mean that nothing was written.

    `but` names columns that are left out, whatever their table.
    """
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name: _hash(connection, name, but) for (name,) in names.fetchall()}


def _hash(connection: sqlite3.Connection, table: str, but: frozenset[str]) -> str:
    found = connection.execute(f'SELECT * FROM "{table}"')
    wanted = [number for number, column in enumerate(found.description) if column[0] not in but]
    rows = [[row[number] for number in wanted] for row in found.fetchall()]
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


def rules(app: Flask, method: str) -> list[Rule]:
    """Every address that answers this method, in a stable order."""
    found = (rule for rule in app.url_map.iter_rules() if method in rule.methods)
    return sorted(found, key=lambda rule: rule.rule)


def address(rule: str, ids: dict[str, object]) -> str:
    """A rule filled with real ids; a new kind of parameter needs a sample in `build`."""
    missing = [name for name in PARAMETER.findall(rule) if name not in ids]
    assert not missing, f"{rule}: give {missing} a sample in tests/web/everything.py"
    path = PARAMETER.sub(lambda match: str(ids[sample(rule, match[1])]), rule)
    return path + QUERIES.get(rule, "").format_map(ids)


def sample(rule: str, name: str) -> str:
    """The name under which the parameter of a rule has its id."""
    return OTHER_SAMPLE.get((rule, name), name)


def browser(app: Flask, world: World, who: str, lang: str = "en") -> Browser:
    """The browser of one of `PEOPLE`, or of a stranger."""
    app.test_client_class = Browser
    opened: Browser = app.test_client()  # type: ignore[assignment]
    opened.set_cookie("prefs", f"{lang}.latn.auto")
    if who != NOBODY:
        opened.set_cookie("device", world.cookies[who])
    return opened


def bare(app: Flask) -> Browser:
    """A client that sends exactly the cookies it is told to."""
    app.test_client_class = Browser
    return app.test_client(use_cookies=False)  # type: ignore[return-value]
