"""A small town with everything in it, and for every page an address or a way to walk there."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import MethodNotAllowed, NotFound

from checkin.database import db
from checkin.domain import totp
from checkin.domain.fold import Kind
from checkin.models import (
    Attendance,
    Campaign,
    Lane,
    Membership,
    Opportunity,
    Person,
    Poster,
    Shift,
)
from checkin.operations import (
    accounts,
    approvals,
    badges,
    displays,
    groups,
    months,
    reports,
    tally,
    targets,
)
from checkin.operations.approvals import appealing, asking, sampling
from checkin.operations.attendance import relief
from checkin.operations.attendance.arrival import take_back
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.permissions import Reach
from checkin.web import clock
from tests import factories
from tests.browser.visitors import Visitor
from tests.cast import Cast

PASSWORD = "four calm walks at dawn"
HOUR = timedelta(hours=1)
NOT_PAGES = {"pages.healthz", "pages.readyz", "posters.pdf", "accounts.own_data",
             "accounts.own_acts", "tablets.today",
             "api.me", "api.tally_now", "api.openapi", "api.present", "api.time",
             "badges.pdf", "offline.worker", "offline.manifest", "floor.code",
             "plan.opportunities", "settings.logo",
             "displays.keys", "displays.last", "displays.time", "openings.calendar",
             "exports.file", "exports.progress", "platform.list_progress",
             "imports.progress", "imports.corrections_csv", "imports.corrections_xlsx"}  # fmt: skip
"""What answers a GET with something nobody looks at in a browser."""


@dataclass(frozen=True)
class Stop:
    """One page: whose it is, where it stands, and how to walk there when no address leads."""

    endpoint: str
    who: str
    address: str
    walk: Callable[[Visitor], None] | None = None

    def reach(self, visitor: Visitor) -> None:
        visitor.open(self.address)
        if self.walk:
            self.walk(visitor)
        shown = endpoint_at(urlsplit(visitor.page.url).path)
        assert shown == self.endpoint, f"{self} leads to {shown}"

    def __str__(self) -> str:
        return f"{self.who} at {self.endpoint} ({self.address})"


def endpoint_at(path: str) -> str:
    """The view behind an address, also behind one that only a form leads to; none is empty."""
    addresses = current_app.url_map.bind("localhost")
    try:
        return str(addresses.match(path)[0])
    except MethodNotAllowed:
        return str(addresses.match(path, method="POST")[0])
    except NotFound:
        return ""


@dataclass
class Town:
    """The cast, further people by name, and the pages."""

    people: dict[str, Person]
    stops: list[Stop] = field(default_factory=list)

    def stops_of(self, *who: str) -> list[Stop]:
        return [stop for stop in self.stops if stop.who in who]

    @property
    def volunteers(self) -> list[str]:
        return [name for name in self.people if name not in STAFF]


STAFF = ("salem", "layla", "majed", "faisal")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def build_town(cast: Cast, now: datetime) -> Town:
    town = Town({name: getattr(cast, name) for name in ("noura", *STAFF)})
    yesterday = factories.shift(now, cast.mataf, starts=-20 * 60, minutes=240)
    _decided_people(town, cast, yesterday, now)
    _people_of_today(town, cast, now)
    for name in ("salem", "majed"):
        accounts.set_password(town.people[name].id, PASSWORD, by=None, now=now)
    accounts.enrol_totp(
        cast.majed.id, SECRET, totp.code_at(SECRET, int(now.timestamp()) // 30), now=now
    )
    open_id = factories.check_in(cast.noura, cast.poster, now - HOUR).attendance_id
    town.stops += [
        *_stops_of_strangers(cast, now),
        *_stops_of_volunteers(town, cast, open_id),
        *_stops_before_screens(cast, now),
        *_stops_of_supervisors(town, cast, yesterday, open_id),
        *_stops_of_coordinators(town, cast, now),
    ]
    return town


# --- people --------------------------------------------------------------------------------


ENDS = (
    *("approved", "rejected", "voided", "proposed", "closed", "unclosed", "cancelled"),
    *("asked", "answered", "appealed"),
)


def _decided_people(town: Town, cast: Cast, shift: Shift, now: datetime) -> None:
    """One volunteer of yesterday for every end an attendance can come to."""
    by, starts, ends = cast.salem.id, shift.starts_at, shift.ends_at
    for state in ENDS:
        who = town.people[state] = factories.person(now, f"متطوع {state}")
        factories.assign(now - 24 * HOUR, who, shift)
        came = factories.check_in(who, _poster_of(cast, shift), starts)
        row = db.session.get_one(Attendance, came.attendance_id)
        if state == "cancelled":
            take_back(row, Kind.IN, uid="5" * 32, device_id=None, now=starts + HOUR / 20)
        elif state != "unclosed":
            factories.check_out(who, shift, ends, beneficiaries=40)
        db.session.refresh(row)
        known = {"by": by, "now": now}
        if state == "approved":
            # drawn by chance, for a coordinator to look at
            shown = [(row.id, row.row_version)]
            approvals.approve_many(shown, lot=lambda _below: 0, **known)
        elif state == "rejected":
            approvals.reject(row.id, row.row_version, reason="other", words="لم يحضر", **known)
        elif state == "voided":
            approvals.void(row.id, row.row_version, words="سجل تجريبي", **known)
        elif state == "proposed":
            more = {"minutes": 600, "beneficiaries": 40, "reason": "other", "words": "ورديتان"}
            approvals.adjust(row.id, row.row_version, **more, **known)
        elif state in ("asked", "answered", "appealed"):
            _talked_about(state, row, known)
    close_forgotten(now)


def _talked_about(state: str, row: Attendance, known: dict[str, Any]) -> None:
    """A question that waits, one that was answered, and an objection."""
    own = known | {"by": row.volunteer_id}
    if state == "appealed":
        approvals.reject(row.id, row.row_version, reason="duplicate", **known)
        db.session.refresh(row)
        appealing.appeal(row.id, row.row_version, words="حضرت مرة واحدة", **own)
        return
    asking.ask(row.id, row.row_version, words="كم كان عدد المستفيدين؟", **known)
    if state == "answered":
        asking.answer(row.id, "أربعون تقريبًا", "7" * 32, **own)


def _poster_of(cast: Cast, shift: Shift) -> Poster:
    found = db.session.scalar(db.select(Poster).where(Poster.shift_id == shift.id))
    made = shift.starts_at - HOUR
    return found or factories.alter(factories.poster(made, cast.mataf, shift), created_at=made)


def _people_of_today(town: Town, cast: Cast, now: datetime) -> None:
    """Those who still have to come, and those whom some page asks something."""
    town.people["awaited"] = factories.person(now, "منى خالد السلمي")
    factories.assign(now - HOUR, town.people["awaited"], cast.shift)
    town.people["passer_by"] = factories.person(now, "عابر بلا فترة")
    town.people["minor"] = factories.person(
        now, "فتى صغير", is_minor=True, guardian_mobile="+966555000111", guardian_consented_at=None
    )
    factories.person(now, "أخ بنفس الرقم", mobile="+966555000222")
    factories.person(now, "أخت بنفس الرقم", mobile="+966555000222")


def _change_of_shifts(town: Town, cast: Cast, now: datetime) -> str:
    """A post that changes hands: one goes on, one takes over, one has left, so it is said."""
    lane = factories.keep(Lane(site_id=cast.squares.id, name_ar="مسار 3", name_en="Lane 3"))
    ending = factories.shift(now, cast.squares, starts=-240, minutes=245, lane_id=lane.id)
    coming = factories.shift(now, cast.squares, starts=5, minutes=240, lane_id=lane.id)
    poster = factories.poster(now, cast.squares)
    for name in ("going_on", "relieved", "relieving"):
        who = town.people[name] = factories.person(now, f"متطوع {name}")
        if name != "relieving":
            factories.assign(now - 24 * HOUR, who, ending)
            factories.check_in(who, poster, now - 4 * HOUR)
        if name != "relieved":
            factories.assign(now - 24 * HOUR, who, coming)
    factories.check_in(town.people["relieving"], poster, now)
    own = db.session.get_one(Attendance, _receipt_of(town, "relieving"))
    left = _receipt_of(town, "relieved")
    relief.relieve(own, left, uid="6" * 32, device_id=None, now=now)
    return f"/S/{poster.code}"


def _receipt_of(town: Town, state: str) -> int:
    query = db.select(Attendance.id).where(Attendance.volunteer_id == town.people[state].id)
    found = db.session.scalar(query)
    assert found is not None
    return found


# --- walks ---------------------------------------------------------------------------------


def ask_code(mobile: str) -> Callable[[Visitor], None]:
    def walk(visitor: Visitor) -> None:
        visitor.fill(mobile=mobile)
        _enter(visitor)

    return walk


def prove(mobile: str) -> Callable[[Visitor], None]:
    def walk(visitor: Visitor) -> None:
        ask_code(mobile)(visitor)
        shown = re.search(r"\b\d{6}\b", visitor.page.locator(".strip").first.inner_text())
        assert shown
        visitor.fill(code=shown[0])
        _enter(visitor)

    return walk


def ask_supervisor(mobile: str) -> Callable[[Visitor], None]:
    def walk(visitor: Visitor) -> None:
        ask_code(mobile)(visitor)
        with visitor.page.expect_navigation():
            visitor.page.locator("form[action$='/sign-in/confirmation'] button").click()

    return walk


def unfold(part: str) -> Callable[[Visitor], None]:
    """Open what is folded away on the page."""

    def act(visitor: Visitor) -> None:
        visitor.page.locator(f"{part} > summary").click()

    return act


def type_in(**fields: str) -> Callable[[Visitor], None]:
    """Fill a form and send it."""

    def walk(visitor: Visitor) -> None:
        visitor.fill(**fields)
        with visitor.page.expect_navigation():
            visitor.page.locator(f"form:has([name={next(iter(fields))}]) .actions button").click()

    return walk


def as_display(cast: Cast, address: str) -> Callable[[Visitor], None]:
    """With the cookie of a screen at the Mataf, which Salem opens for it."""

    def walk(visitor: Visitor) -> None:
        screen = displays.open_here(cast.mataf.id, "4815", by=cast.salem.id, now=clock.now())
        place = {"domain": "127.0.0.1", "path": "/display"}
        cookie = {"name": "display", "value": screen.secret, **place}
        visitor.page.context.add_cookies([cookie])
        visitor.open(address)

    return walk


def before_screen(site_id: int) -> Callable[[Visitor], None]:
    """With a phone's camera on what the screen of a site shows now."""

    def walk(visitor: Visitor) -> None:
        visitor.open(f"/R/{shown_at(site_id, clock.now()).token}")

    return walk


def type_digits(site_id: int) -> Callable[[Visitor], None]:
    def walk(visitor: Visitor) -> None:
        type_in(digits=shown_at(site_id, clock.now()).digits)(visitor)

    return walk


def shown_at(site_id: int, at: datetime) -> displays.Live:
    live = displays.live_at(site_id, at)
    assert live is not None, "a screen is at work there"
    return live


def _enter(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


# --- pages ---------------------------------------------------------------------------------


def _stops_of_strangers(cast: Cast, now: datetime) -> list[Stop]:
    token = accounts.invite_staff(cast.salem.id, by=None, now=now)
    old = factories.poster(now, cast.squares, revoked_at=now - HOUR)
    scan = f"/S/{cast.poster.code}"
    rows = [
        ("pages.home", "/"),
        ("scan.find", "/codes"),
        ("pages.help", "/help"),
        ("pages.privacy", "/privacy"),
        ("offline.show", "/offline"),
        ("scan.show", scan),
        ("scan.show", f"/S/{old.code}"),
        ("badges.handed", "/B/00000000000000000000000000"),
        ("accounts.enrolment", f"/E/{_enrolment(cast.majed, cast.layla, now)[1]}"),
        ("accounts.enrolment", "/E/00000000000000000000000000"),
        ("accounts.typed_enrolment", "/enrolment"),
        ("accounts.typed_enrolment", "/enrolment", type_in(code="7K3QX9ZB")),
        ("scan.show", "/S/00000000000000000000000000"),
        ("", "/no-such-page"),
        ("accounts.volunteer_sign_in", "/sign-in"),
        ("accounts.volunteer_sign_in", "/sign-in?foreign=1"),
        ("accounts.staff_sign_in", "/staff/sign-in"),
        ("accounts.invitation", f"/staff/invitations/{token}"),
        ("accounts.invitation", "/staff/invitations/worn-out"),
        ("accounts.volunteer_sign_in", "/sign-in", type_in(mobile="12")),
        ("accounts.code", scan, ask_code("0555000333")),
        ("accounts.confirmation", scan, ask_supervisor("0555000444")),
        ("accounts.registration", "/sign-in", prove("0555000555")),
        ("accounts.name", "/sign-in", prove("0555000222")),
        (
            "accounts.staff_code",
            "/staff/sign-in",
            type_in(email="majed@example.org", password=PASSWORD),
        ),
    ]
    return [Stop(row[0], "stranger", *row[1:]) for row in rows]


def _openings(cast: Cast, now: datetime) -> tuple[Opportunity, Shift, Shift]:
    """A call for women, after a course: one shift with places, and one Noura waits for."""
    names = {"name_ar": "مرافقة كبار السن", "name_en": "Walking with the elderly"}
    course = factories.opportunity(now, "course", name_ar="الإسعافات الأولية", name_en="First aid")
    rules = {"gender": "woman", "minimum_age": 20, "requires_id": course.id, "is_open": True}
    call = factories.opportunity(now, about_ar="نرافق كبار السن.", about_en="", **names, **rules)
    coming = factories.shift(now, cast.squares, call, starts=40 * 60)
    full = factories.shift(now, cast.mataf, call, starts=64 * 60, seats=1)
    factories.assign(now, factories.person(now, "متطوعة سبقت"), full)
    factories.assign(now, cast.noura, full, how="waiting")
    return call, coming, full


def _stops_of_volunteers(town: Town, cast: Cast, open_id: int) -> list[Stop]:
    scan = f"/S/{cast.poster.code}"
    call, coming, full = _openings(cast, clock.now())
    changing = _change_of_shifts(town, cast, cast.shift.starts_at + HOUR)
    receipts = [name for name in town.people if name in RECEIPTS]
    objection = f"/attendances/{_receipt_of(town, 'rejected')}"
    return [
        Stop("hours.index", "noura", "/hours"),
        Stop("teams.own", "noura", "/team"),
        Stop("hours.index", "approved", "/hours"),
        Stop("hours.index", "awaited", "/hours"),
        Stop("hours.index", "asked", "/hours"),
        Stop("openings.index", "noura", "/openings"),
        Stop("openings.show", "noura", f"/openings/{call.id}"),
        Stop("openings.join", "noura", f"/openings/shifts/{coming.id}/place"),
        Stop("openings.leave", "noura", f"/openings/shifts/{full.id}/departure"),
        Stop("openings.subscription", "noura", "/calendar"),
        Stop("accounts.show", "noura", "/account"),
        Stop("accounts.guardian", "minor", "/account/guardian"),
        Stop("accounts.guardian_mobile", "minor", "/account/guardian/mobile"),
        Stop("attendances.show", "noura", f"/attendances/{open_id}"),
        Stop("attendances.show", "noura", f"/attendances/{open_id}?again=1"),
        *[Stop("attendances.show", w, f"/attendances/{_receipt_of(town, w)}") for w in receipts],
        Stop("attendances.show", "rejected", objection, unfold("#appeal")),
        Stop("scan.show", "noura", scan),
        Stop("scan.show", "noura", scan, type_in(beneficiaries="9000")),
        Stop("scan.show", "awaited", scan),
        Stop("scan.show", "passer_by", scan),
        Stop("scan.show", "minor", scan),
        Stop("scan.show", "unclosed", scan),
        Stop("scan.show", "going_on", changing),
    ]


def _stops_before_screens(cast: Cast, now: datetime) -> list[Stop]:
    """Noura has been in for an hour, so her pages are about leaving."""
    site_id = cast.squares.id
    displays.open_here(site_id, "4815", by=cast.huda.id, now=now)
    old = f"/R/{shown_at(site_id, now - HOUR).token}"
    return [
        Stop("scan.show_rotating", "stranger", old),
        Stop("scan.show_rotating", "stranger", "/help", before_screen(site_id)),
        Stop("scan.show_rotating", "noura", "/help", before_screen(site_id)),
        Stop("scan.show_rotating", "passer_by", "/help", before_screen(site_id)),
        Stop("scan.locate", "passer_by", "/typed-code/site"),
        Stop("scan.locate", "noura", "/typed-code/site", type_in(digits="1234")),
        Stop("scan.find", "noura", "/codes", type_in(code="1234")),
        Stop("scan.show_typed", "noura", "/typed-code/site", type_digits(site_id)),
    ]


RECEIPTS = (*ENDS, "relieved", "relieving")


def _tapped(cast: Cast, now: datetime) -> Shift:
    """A lane that Salem counts at, with a tap that was taken back."""
    lane = factories.lane_shift(now, cast.mataf)
    uid, reach = "7" * 32, Reach(everywhere=True)
    for name, amount in ((uid, 10), (tally.undo_uid(uid), -10), ("8" * 32, 5)):
        tally.tap(tally.Tap(name, lane.id, amount), by=cast.salem.id, reach=reach, now=now)
    return lane


def _untrained(town: Town, cast: Cast, now: datetime) -> int:
    """Somebody who serves where a course comes first."""
    who = town.people["untrained"] = factories.person(now, "متطوع دون دورة")
    course = factories.opportunity(now, "course", name_ar="الإسعافات الأولية")
    of = factories.opportunity(now, requires_id=course.id)
    shift = factories.shift(now, cast.mataf, of, starts=-30)
    factories.assign(now - 24 * HOUR, who, shift)
    return factories.check_in(who, _poster_of(cast, shift), now).attendance_id


def _stops_of_supervisors(town: Town, cast: Cast, shift: Shift, open_id: int) -> list[Stop]:
    floor = f"/floor/{cast.mataf.id}"
    badge = f"/B/{_badge_of(town.people['noura'], shift.starts_at)}"
    now = cast.shift.starts_at + HOUR
    enrolment, code = _enrolment(town.people["awaited"], cast.salem, now)
    untrained = _untrained(town, cast, now)
    reviewed = ("closed", "unclosed", "proposed", "approved", "voided", "answered", "appealed")
    return [
        Stop("floor.index", "layla", "/floor"),
        Stop("groups.new", "salem", f"{floor}/groups/new?q=نورة"),
        Stop("groups.show", "salem", f"{floor}/groups/{(group := _group(cast, now))}?q=منى"),
        Stop("groups.own", "noura", f"/groups/{group}"),
        Stop("presence.roll_call", "salem", f"{floor}/roll-call"),
        Stop("presence.head_count", "salem", f"{floor}/head-count"),
        Stop("presence.spot_check", "salem", f"{floor}/spot-check"),
        Stop("presence.evacuation", "salem", f"{floor}/evacuation"),
        Stop("tally.show", "salem", f"{floor}/tally/{_tapped(cast, now).id}"),
        Stop("floor.everywhere", "layla", "/floor/all"),
        Stop("floor.show", "salem", floor),
        Stop("floor.show", "salem", f"{floor}?show=awaited"),
        Stop("floor.show", "salem", f"/floor/{cast.mataf.id}?q=nobody"),
        Stop("floor.new", "salem", f"{floor}/check-ins/new?q=منى"),
        Stop("floor.person", "salem", f"{floor}/attendances/{open_id}"),
        Stop("welfare.show", "salem", f"/attendances/{open_id}/concerns"),
        Stop("welfare.show", "salem", f"/attendances/{untrained}/concerns"),
        Stop("attendances.show", "untrained", f"/attendances/{untrained}"),
        *[
            Stop("floor.person", "salem", f"{floor}/attendances/{_receipt_of(town, one)}")
            for one in ("closed", "unclosed", "approved")
        ],
        Stop("floor.close", "salem", f"/shifts/{cast.shift.id}/closing"),
        Stop("floor.close", "salem", f"/shifts/{shift.id}/closing"),
        Stop("scanner.index", "layla", "/scanner"),
        Stop("scanner.show", "salem", f"/sites/{cast.mataf.id}/scanner"),
        Stop("badges.handed", "salem", badge),
        Stop("badges.handed", "salem", badge, type_in(beneficiaries="many")),
        Stop("badges.handed", "salem", "/B/00000000000000000000000000"),
        Stop("badges.index", "salem", "/badges"),
        Stop("accounts.show_enrolment", "salem", f"/enrolments/{enrolment}"),
        Stop("accounts.enrolment", "salem", f"/E/{code}"),
        Stop("approvals.index", "salem", "/approvals"),
        Stop("approvals.show", "salem", f"/shifts/{shift.id}/approvals?list=1"),
        *[
            Stop("approvals.review", "salem", f"/attendances/{_receipt_of(town, one)}/review")
            for one in reviewed
        ],
        Stop("accounts.show", "salem", "/account"),
        Stop("accounts.password", "salem", "/account/password"),
        Stop("accounts.authenticator", "salem", "/staff/authenticator"),
        Stop("lock.pin", "salem", "/account/pin"),
        Stop("figures.index", "salem", "/figures"),
        *_stops_at_displays(cast, floor),
        # the last one: behind it stands a locked tablet
        Stop("lock.show", "salem", "/account", lock_it),
    ]


def _group(cast: Cast, now: datetime) -> int:
    """Forty came with Noura; one of them is named, another waits for the guardian."""
    body = factories.partner("كشافة مكة المكرمة", "Makkah Scouts", "scouts").id
    arrival = groups.Arrival("7" * 32, cast.shift.id, cast.noura.id, 40, partner_id=body)
    group_id = groups.arrive(arrival, by=cast.salem.id, now=now)
    young = "+966500000002"
    named = [
        groups.Named(name="أنس طارق البقمي", mobile="+966500000001"),
        groups.Named(name="ريان حسن الفهمي", mobile=young, guardian_mobile="+966500000003"),
    ]
    groups.name_members(group_id, named, by=cast.noura.id, now=now)
    return group_id


def lock_it(visitor: Visitor) -> None:
    """The page that a locked tablet shows where it cannot keep the one below."""
    visitor.page.locator("[data-lock-now] button").click()
    visitor.page.get_by_role("dialog").wait_for()
    visitor.page.wait_for_load_state("networkidle")
    visitor.open("/unlock?next=/account")


def _stops_at_displays(cast: Cast, floor: str) -> list[Stop]:
    screen = displays.create(cast.mataf.id, "عند الباب", by=cast.salem.id, now=cast.shift.starts_at)
    return [
        Stop("displays.index", "salem", "/displays"),
        Stop("displays.revocation", "salem", f"/displays/{screen.display.id}/revocation"),
        Stop("displays.open", "salem", f"/sites/{cast.mataf.id}/display"),
        Stop("displays.pair", "salem", "/display/pair"),
        Stop("displays.show", "salem", "/help", as_display(cast, "/display")),
        Stop("displays.leave", "salem", "/help", as_display(cast, "/display/leave")),
        # now with the live code
        Stop("floor.show", "salem", floor),
    ]


def _enrolment(who: Person, by: Person, now: datetime) -> tuple[int, str]:
    """A code for a new phone that outlives a slow walk through the town."""
    made = accounts.make_enrolment(who.id, by=by.id, now=now)
    factories.alter(made, expires_at=now + HOUR)
    return made.id, accounts.enrolment_code(made) or ""


def _membership_of(who: Person) -> int:
    return db.session.scalars(db.select(Membership.id).filter_by(person_id=who.id)).one()


def _unread_years(cast: Cast, now: datetime) -> str:
    """A file of earlier years whose headings say nothing."""
    return factories.past_file(now, cast.layla, "س,ص\n2019,600\n")


def _closed_month(cast: Cast, now: datetime) -> str:
    months.close(date(2026, 9, 1), by=cast.layla.id, now=now)
    return "/months/2026-09/reopening"


def _badge_of(who: Person, now: datetime) -> str:
    return badges.code_of(badges.make([who.id], by=None, now=now)[0]) or ""


def _platform_lists(now: datetime, cast: Cast) -> tuple[str, str]:
    """One that was compared, and one whose columns nobody has named."""
    unnamed = "من,كم\nنورة سعد القحطاني,1\n"
    made = factories.platform_list
    ids = made(now, cast.layla), made(now, cast.layla, unnamed)
    return f"/figures/platform/lists/{ids[0]}", f"/figures/platform/lists/{ids[1]}"


def _goal(cast: Cast, now: datetime) -> int:
    """A target of this year, far from reached."""
    plan = targets.TargetPlan(figure="hours", period=str(now.year), amount=3650)
    return targets.put(plan, by=cast.layla.id, now=now)


def _report(cast: Cast, now: datetime) -> int:
    """One that the coordinator keeps under a long name."""
    naming = reports.Naming("ساعات الرجال والنساء في فرق الأحياء، كل شهر من هذا العام", True)
    return reports.keep(naming, "by=team&then=gender", by=cast.layla.id, now=now)


def _stops_of_coordinators(town: Town, cast: Cast, now: datetime) -> list[Stop]:
    service = factories.service("السقيا")
    call = factories.opportunity(now, service_id=service.id)
    campaign = factories.keep(Campaign(name_ar="برًّا بمكة", name_en="Kindness in Makkah"))
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 3", name_en="Lane 3"))
    approved = _receipt_of(town, "approved")
    site, shift, poster = f"/sites/{cast.mataf.id}", f"/shifts/{cast.shift.id}", cast.poster.id
    person, report, goal = f"/people/{cast.noura.id}", _report(cast, now), _goal(cast, now)
    team = f"/teams/{factories.team(leader=cast.noura).id}"
    partner, desk = f"/partners/{cast.university.id}", f"/desk/{cast.university.id}"
    template = factories.template(call.id)
    course = factories.opportunity(now, "course", name_ar="سلامة الزوار", name_en="Safety")
    factories.assign(now, cast.noura, factories.shift(now, cast.mataf, course, starts=96 * 60))
    night = factories.shift(now, cast.squares, call, starts=8 * 60, minutes=480, is_draft=True)
    factories.assign(now, cast.noura, night)
    twin = factories.person(now, "نورة القحطاني", mobile=cast.noura.mobile, birth_year=2004)
    listed = factories.people_import(now, cast.layla)
    unnamed = factories.people_import(now, cast.layla, "الاسم,؟,الجوال\nنورة,1,0551112229\n")
    rows = [
        ("sites.index", "/sites"),
        ("sites.new", "/sites/new"),
        ("sites.new", "/sites/new", type_in(name_ar="")),
        ("sites.show", site),
        ("sites.edit", f"{site}/details"),
        ("sites.lane", f"{site}/lanes/{lane.id}"),
        ("sites.supervisors", f"{site}/supervisors?q=سالم"),
        ("services.index", "/services"),
        ("services.new", "/services/new"),
        ("services.edit", f"/services/{service.id}"),
        ("campaigns.index", "/campaigns"),
        ("campaigns.new", "/campaigns/new"),
        ("campaigns.show", f"/campaigns/{campaign.id}"),
        ("campaigns.edit", f"/campaigns/{campaign.id}/details"),
        ("partners.index", "/partners"),
        ("partners.new", "/partners/new"),
        ("partners.show", partner),
        ("partners.edit", f"{partner}/details"),
        ("partners.find_member", f"{partner}/members?q=سالم"),
        ("partners.add_member", f"{partner}/members/{cast.salem.id}"),
        ("partners.end_member", f"{partner}/memberships/{_membership_of(cast.noura)}/ending"),
        ("desk.index", "/desk"),
        ("desk.show", desk),
        ("desk.members", f"{desk}/members"),
        ("desk.member", f"{desk}/members/{cast.noura.id}"),
        ("desk.attendances", f"{desk}/attendances?of=waiting"),
        ("opportunities.index", "/opportunities"),
        ("opportunities.new", "/opportunities/new"),
        ("opportunities.register", f"/opportunities/{course.id}/register"),
        ("opportunities.show", f"/opportunities/{cast.shift.opportunity_id}"),
        ("opportunities.edit", f"/opportunities/{call.id}/details"),
        ("plan.index", "/plan"),
        ("plan.drafts", "/plan/drafts"),
        ("plan.add", "/plan/additions"),
        ("plan.template_list", "/plan/templates"),
        ("plan.new_template", "/plan/templates/new"),
        ("plan.template", f"/plan/templates/{template.id}"),
        ("plan.place", f"/plan{shift}/place"),
        ("prayers.index", "/prayer-times?month=2026-11"),
        ("prayers.edit", "/prayer-times/2026-11-22"),
        ("shifts.index", "/shifts"),
        ("shifts.new", "/shifts/new"),
        ("shifts.show", shift),
        ("roster.draft", shift, type_in(people="نورة\nشخص جديد 0551234567\n12")),
        ("shifts.edit", f"{shift}/details"),
        ("shifts.cancel", f"{shift}/cancellation"),
        ("roster.invite", f"{shift}/invitations"),
        ("people.index", "/people?q=نورة"),
        ("people.new", "/people/new"),
        ("teams.index", "/teams"),
        ("teams.new", "/teams/new"),
        ("teams.show", team),
        ("teams.edit", f"{team}/details"),
        ("teams.find_member", f"{team}/members?q=سالم"),
        ("people.show", person),
        ("people.edit", f"{person}/details"),
        ("people.suspend", f"{person}/suspension"),
        ("imports.index", "/imports"),
        ("imports.index", f"/imports?shift={cast.shift.id}"),
        ("imports.columns", f"/imports/{unnamed}/columns"),
        ("imports.show", f"/imports/{listed}"),
        ("imports.new_partner", f"/imports/{listed}/names/0/partner"),
        ("access.index", "/access"),
        ("audit.index", "/audit?kind=access"),
        ("settings.show", "/settings"),
        ("outbox.index", "/outbox"),
        ("outbox.index", "/outbox?state=failed"),
        ("message_texts.index", "/messages"),
        ("message_texts.edit", "/messages/shift_tomorrow"),
        ("merging.index", "/people/duplicates"),
        ("merging.choose", f"{person}/merges?q=نورة"),
        ("merging.new", f"{person}/merges/{twin.id}"),
        ("badges.index", "/badges"),
        ("badges.show", f"{person}/badge"),
        ("badges.show", f"/people/{cast.majed.id}/badge"),
        ("badges.replacement", f"{person}/badge/replacement"),
        ("badges.revocation", f"{person}/badge/revocation"),
        ("badges.sheets", f"/badges/sheets?person={cast.noura.id}"),
        ("posters.index", "/posters"),
        ("posters.show", f"/posters/{poster}"),
        ("posters.replacement", f"/posters/{poster}/replacement"),
        ("posters.revocation", f"/posters/{poster}/revocation"),
        ("posters.sheets", f"/posters/sheets?poster={poster}"),
        ("rates.index", "/rates"),
        ("months.index", "/months"),
        ("months.closure", "/months/2026-10/closure"),
        ("months.reopen", _closed_month(cast, now)),
        ("past.removal", f"/figures/past/{factories.past_line(now, cast.layla)}/removal"),
        ("past.index", "/figures/past"),
        ("figures.index", "/figures?past=1"),
        ("past.new", "/figures/past/new"),
        ("past.new_line", "/figures/past/lines/new"),
        ("past.show", f"/figures/past/files/{factories.past_file(now, cast.layla)}"),
        ("past.columns", f"/figures/past/files/{_unread_years(cast, now)}/columns"),
        ("figures.index", "/figures"),
        ("figures.index", "/figures?period=2026"),
        ("figures.sheet", "/figures/sheet?period=2026"),
        ("figures.report_sheet", "/figures/reports/sheet?by=site&then=month"),
        ("figures.reports_index", "/figures/reports"),
        ("figures.reports_index", "/figures/reports?by=site&then=month"),
        ("figures.reports_index", "/figures/reports?by=site&from=2026-11-22&until=2026-11-01"),
        ("figures.new_report", "/figures/reports/new?by=team&then=gender"),
        ("figures.edit_report", f"/figures/reports/{report}"),
        ("figures.remove_report", f"/figures/reports/{report}/removal"),
        ("figures.targets_index", "/figures/targets"),
        ("figures.new_target", "/figures/targets/new"),
        ("figures.edit_target", f"/figures/targets/{goal}"),
        ("figures.remove_target", f"/figures/targets/{goal}/removal"),
        ("figures.attendances", "/figures/attendances"),
        ("figures.people", "/figures/people"),
        ("platform.index", "/figures/platform?period=2026"),
        ("platform.index", "/figures/platform?period=1440h"),
        ("platform.missing", "/figures/platform/missing?what=name&period=2026"),
        ("platform.columns", "/figures/platform/columns"),
        ("platform.lists", "/figures/platform/lists"),
        ("platform.show_list", f"{(listed := _platform_lists(now, cast))[0]}"),
        ("platform.show_list", f"{listed[0]}?show=there"),
        ("platform.list_columns", f"{listed[1]}/columns"),
        ("exports.index", "/exports"),
        ("exports.show", f"/exports/{factories.export(now, cast.layla)}"),
        ("figures.attendance", f"/figures/attendances/{approved}"),
        ("approvals.index", "/approvals"),
        ("approvals.report", "/approvals/patterns"),
        ("approvals.samples", "/samples"),
        ("approvals.sample", f"/samples/{sampling.waiting()[0].id}"),
    ]
    own = [("rates.index", "/rates"), ("rates.revaluation", "/rates/revaluation")]
    return [
        *(Stop(row[0], "layla", *row[1:]) for row in rows),
        *(Stop(*one[:1], "majed", *one[1:]) for one in own),
    ]
