"""Everything held about one person, for that person, as plain values ready for JSON."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select

from checkin.database import db
from checkin.domain.errors import NotFound
from checkin.models import (
    Assignment,
    Attendance,
    AuditEntry,
    Badge,
    Decision,
    Device,
    Enrolment,
    Grant,
    Group,
    GroupMember,
    Message,
    Opportunity,
    Partner,
    Person,
    Remark,
    Scan,
    Shift,
    SignInRequest,
    Site,
)
from checkin.operations.identity import living, rows_of

AnySelect = Select[*tuple[Any, ...]]
"""A question whose columns are named in it."""
FORMAT = 2
"""Raised when a name here changes its meaning."""
MOST_ACTS = 2000
"""Whoever did more than this finds what they did in a file of its own."""
_BATCH = 1000


def own_record(person_id: int, now: datetime) -> dict[str, Any]:
    """All that is kept about a person: who they are, what they did, what was decided, sent, noted.

    With `acts_apart` they did so much that `own_acts` tells it. Secrets that guard the account
    (hashes, cookies, codes) are left out; other people appear by number only. Raises `NotFound`.
    """
    profile = _profile(person_id)
    acts = _rows(_acts(person_id).limit(MOST_ACTS + 1))
    is_much = len(acts) > MOST_ACTS
    return {
        "format": FORMAT,
        "made_at": _plain(now),
        "profile": profile,
        "roles": _rows(_roles(person_id)),
        "assignments": _rows(_assignments(person_id)),
        "attendances": _attendances(person_id),
        "scans": _rows(_scans(person_id)),
        "groups": _rows(_groups(person_id)),
        "devices": _rows(_devices(person_id)),
        "badges": _rows(_badges(person_id)),
        "phone_codes": _rows(_phone_codes(person_id)),
        "messages": _messages(profile),
        "sign_in_requests": _rows(_requests(profile["mobile"])),
        "log": _rows(_log(person_id)),
        "acts": [] if is_much else acts,
        "acts_apart": is_much,
    }


def own_acts(person_id: int) -> Iterator[dict[str, Any]]:
    """Everything this person ever did here, the first act first, read a part at a time."""
    last = 0
    while rows := _rows(_acts(person_id).where(AuditEntry.id > last).limit(_BATCH)):
        last = rows[-1]["id"]
        yield from rows


def _profile(person_id: int) -> dict[str, Any]:
    p = Person
    query = (
        select(
            *(p.id, p.name, p.mobile, p.email, p.category, p.gender, p.team_name),
            *(Partner.name_ar.label("partner_ar"), Partner.name_en.label("partner_en")),
            *(p.is_minor, p.guardian_mobile, p.guardian_consented_at, p.consented_at),
            p.news_wanted_at,
            *(p.mobile_proved_at, p.password_changed_at, p.suspended_at, p.created_at),
            p.totp_secret.is_not(None).label("has_authenticator"),
        )
        .outerjoin(Partner, Partner.id == p.partner_id)
        .where(p.id == person_id, living())
    )
    rows = _rows(query)
    if not rows:
        raise NotFound("person")
    return rows[0]


def _roles(person_id: int) -> AnySelect:
    g = Grant
    return (
        select(
            g.role,
            g.from_at,
            g.until_at,
            Site.name_ar.label("site_ar"),
            Site.name_en.label("site_en"),
        )
        .outerjoin(Site, Site.id == g.site_id)
        .where(g.person_id == person_id)
        .order_by(g.id)
    )


def _work() -> tuple[Any, ...]:
    """What says which shift a row is about."""
    return (
        *(Opportunity.name_ar.label("opportunity_ar"), Opportunity.name_en.label("opportunity_en")),
        *(Site.name_ar.label("site_ar"), Site.name_en.label("site_en")),
        *(Shift.starts_at, Shift.ends_at),
    )


def _assignments(person_id: int) -> AnySelect:
    return (
        select(Assignment.how, Assignment.is_lead, Assignment.created_at, *_work())
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .join(Site, Site.id == Shift.site_id)
        .where(Assignment.person_id.in_(rows_of(person_id)), Shift.is_draft.is_(False))
        .order_by(Shift.starts_at)
    )


def _attendances(person_id: int) -> list[dict[str, Any]]:
    a = Attendance
    attendances = _rows(
        select(
            *(a.id, a.work_on, a.state, a.stints, a.in_at, a.out_at, a.credited_minutes),
            *(a.proposed_out_at, a.proposed_minutes, a.beneficiaries, a.evidence, a.flags),
            *(a.approved_minutes, a.approved_beneficiaries, *_work()),
        )
        .join(Shift, Shift.id == a.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .join(Site, Site.id == a.site_id)
        .where(a.volunteer_id.in_(rows_of(person_id)))
        .order_by(a.work_on, a.id)
    )
    decisions: dict[int, list[dict[str, Any]]] = {one["id"]: [] for one in attendances}
    for decision in _rows(_decisions(person_id)):
        decisions.setdefault(decision.pop("attendance_id"), []).append(decision)
    remarks: dict[int, list[dict[str, Any]]] = {one["id"]: [] for one in attendances}
    for remark in _rows(_remarks(person_id)):
        remarks.setdefault(remark.pop("attendance_id"), []).append(remark)
    return [
        {**one, "decisions": decisions[one["id"]], "remarks": remarks[one["id"]]}
        for one in attendances
    ]


def _decisions(person_id: int) -> AnySelect:
    d = Decision
    return (
        select(
            *(d.attendance_id, d.seq, d.action, d.minutes_before, d.minutes_after),
            *(d.beneficiaries_before, d.beneficiaries_after, d.reason, d.decided_by_id, d.at),
        )
        .where(d.subject_id.in_(rows_of(person_id)))
        .order_by(d.attendance_id, d.seq)
    )


def _remarks(person_id: int) -> AnySelect:
    r = Remark
    return (
        select(r.attendance_id, r.kind, r.words, r.written_by_id, r.at, r.asks_at)
        .join(Attendance, Attendance.id == r.attendance_id)
        .where(Attendance.volunteer_id.in_(rows_of(person_id)))
        .order_by(r.attendance_id, r.id)
    )


def _scans(person_id: int) -> AnySelect:
    s = Scan
    return (
        select(
            *(s.scan_uid, s.kind, s.carrier, s.evidence, s.site_id, s.shift_id, s.device_id),
            *(s.effective_at, s.received_at, s.beneficiaries, s.undoes, s.entered_by_id),
            *(s.reason, s.joined, s.verdict, s.attendance_id),
        )
        .where(s.volunteer_id.in_(rows_of(person_id)))
        .order_by(s.id)
    )


def _groups(person_id: int) -> AnySelect:
    """Those led, and those in which this person was named."""
    g, m, own = Group, GroupMember, rows_of(person_id)
    named = and_(m.group_id == g.id, m.person_id.in_(own))
    return (
        select(
            *(g.leader_id.in_(own).label("led"), g.headcount, g.arrived_at, g.left_at),
            *(m.created_at.label("named_at"), m.named_by_id, *_work()),
        )
        .join(Shift, Shift.id == g.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .join(Site, Site.id == Shift.site_id)
        .outerjoin(m, named)
        .where(or_(g.leader_id.in_(own), m.person_id.is_not(None)))
        .order_by(g.arrived_at, g.id)
    )


def _devices(person_id: int) -> AnySelect:
    d = Device
    kept = select(d.id, d.kind, d.label, d.created_at, d.seen_on, d.expires_at, d.revoked_at)
    return kept.where(d.person_id == person_id).order_by(d.id)


def _badges(person_id: int) -> AnySelect:
    b = Badge
    return select(b.version, b.created_at, b.revoked_at).where(b.person_id == person_id)


def _phone_codes(person_id: int) -> AnySelect:
    e = Enrolment
    return select(e.created_at, e.expires_at, e.used_at).where(e.person_id == person_id)


def _messages(profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was sent to one's own mobile; what a guardian gets is the guardian's."""
    m = Message
    kept = select(m.template, m.language, m.facts, m.created_at, m.sent_at, m.failed_at)
    rows = _rows(kept.where(m.mobile == profile["mobile"]).order_by(m.id))
    for row in rows:
        row["facts"] = {name: fact for name, fact in row["facts"].items() if name != "code"}
    return rows


def _requests(mobile: str | None) -> AnySelect:
    r = SignInRequest
    kept = select(r.site_id, r.created_at, r.confirmed_at, r.refused_at, r.used_at)
    return kept.where(r.mobile == mobile).order_by(r.id)


def _log(person_id: int) -> AnySelect:
    """What was done about this person, by whomever."""
    e = AuditEntry
    kept = select(e.at, e.act, e.thing, e.thing_id, e.actor_id, e.facts)
    about = (e.thing == "person", e.thing_id.in_(rows_of(person_id)))
    return kept.where(*about).order_by(e.id)


def _acts(person_id: int) -> AnySelect:
    """What this person did."""
    e = AuditEntry
    kept = select(e.id, e.at, e.act, e.thing, e.thing_id, e.facts)
    return kept.where(e.actor_id.in_(rows_of(person_id))).order_by(e.id)


def _rows(query: AnySelect) -> list[dict[str, Any]]:
    rows = db.session.execute(query).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
