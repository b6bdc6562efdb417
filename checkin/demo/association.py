"""The neighbourhood centres' association in the record: years of scans, decided and sealed.

It is added to the administration's demo, whose places run today. Everything of one centre is
written together, so that its rows lie side by side; a whole centre is kept or nothing of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from checkin.database import db, take_time, transaction
from checkin.demo import bulk
from checkin.demo.bulk import Bulk, as_json, moment
from checkin.demo.facts import facts
from checkin.demo.names import people as names
from checkin.demo.neighbourhoods import Call, Pool, Scale, Session, Stay, calls_of, told
from checkin.demo.organisation import Organisation
from checkin.demo.storing import add, store
from checkin.demo.worth import LossesOfBoth, Worth, per_hour
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind, ScanFact, ShiftFact, fold
from checkin.domain.roles import Role
from checkin.domain.text import fold_name
from checkin.models import (
    Assignment,
    Attendance,
    AuditEntry,
    AuditSeal,
    Decision,
    Membership,
    Opportunity,
    Person,
    Scan,
    Shift,
    Team,
)
from checkin.operations import audit, campaigns, grants, posters, rates, services, sites
from checkin.operations.attendance import Reading
from checkin.operations.attendance.plans import Plan
from checkin.operations.attendance.refolding import values_of

Progress = Callable[[int], None]
"""Told how many attendances are kept now."""
DECIDED_AFTER, CLOSED_AFTER = timedelta(hours=14), timedelta(hours=16)
AHEAD_DAYS, AHEAD_SIZE = 14, 14
"""How far shifts are planned, and how many are expected on each."""
SEALED_AT_ONCE = 5000
AT_ONCE = 4000
"""Attendances whose rows are gathered before they are written."""
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Centre:
    """A neighbourhood centre with what its shifts need."""

    site_id: int
    poster_id: int
    supervisor_id: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What is there before the first shift: centres, services, campaigns and volunteers."""

    centres: list[Centre]
    service_ids: list[int]
    campaign_ids: list[int]
    partners: dict[int, int | None]
    """By volunteer, in the order of the centres' pools."""
    by: int


def write(
    organisation: Organisation, scale: Scale, now: datetime, random: Random, progress: Progress
) -> None:
    """Everything of the association until yesterday, and what is planned from tomorrow on."""
    ground = _prepare(organisation, scale, random)
    today = now.astimezone(UTC).date()
    calls = calls_of(scale, today - timedelta(days=2), random)
    losses = LossesOfBoth([one for call in calls for one in call.shifts], scale, random)
    worth = _set_rates(organisation, scale, losses.turns_on)
    chain = _Chain()
    share = -(-len(ground.partners) // scale.centres)
    everybody = list(ground.partners)
    for number, centre in enumerate(ground.centres):
        pool = Pool(everybody[number * share : (number + 1) * share], random)
        own = [call for call in calls if call.centre == number]
        _Years(ground, centre, pool, losses, worth, random, chain).write(own, progress)
        _plan_ahead(ground, centre, pool, own, today, random, chain)
    if losses.surplus:
        raise ValueError(f"{losses.surplus} minutes are left over")


# --- what is there first -------------------------------------------------------------------


@transaction
def _prepare(organisation: Organisation, scale: Scale, random: Random) -> Ground:
    at = datetime.combine(scale.first_on - timedelta(days=14), time(6), UTC)
    by = organisation.staff["layla"]
    centres = _open_centres(organisation, scale, by, at)
    service_ids = [_service(one, by, at) for one in facts()["association"]["services"]]
    campaign_ids = [
        campaigns.create(
            campaigns.CampaignPlan(name_ar=one["ar"], name_en=one["en"]), by=by, now=at
        )
        for one in facts()["association"]["campaigns"]
    ]
    first, last = organisation.volunteers
    there = select(Person.id, Person.partner_id).where(
        (Person.id == organisation.noura_id) | Person.id.between(first, last)
    )
    partners = {row.id: row.partner_id for row in db.session.execute(there.order_by(Person.id))}
    partners |= _enrol(
        scale,
        scale.volunteers - len(partners),
        sorted(set(partners.values()) - {None}),
        by,
        at,
        random,
    )
    return Ground(centres, service_ids, campaign_ids, partners, by)


def _open_centres(organisation: Organisation, scale: Scale, by: int, at: datetime) -> list[Centre]:
    supervisors = list(dict.fromkeys(organisation.supervisors))
    centres = []
    for number, one in enumerate(facts()["association"]["centres"][: scale.centres]):
        site_id = sites.create(sites.SitePlan(name_ar=one["ar"], name_en=one["en"]), by=by, now=at)
        supervisor_id = supervisors[number % len(supervisors)]
        grants.appoint(supervisor_id, Role.SUPERVISOR, now=at, site_id=site_id)
        (poster,) = posters.make([posters.Place(site_id)], by=by, now=at)
        centres.append(Centre(site_id, poster.id, supervisor_id))
    return centres


def _service(one: dict[str, Any], by: int, at: datetime) -> int:
    plan = services.ServicePlan(
        name_ar=one["ar"],
        name_en=one["en"],
        counted_by=one["counted_by"],
        low_per_hour=one["low"],
        high_per_hour=one["high"],
    )
    return services.create(plan, by=by, now=at)


@transaction
def _set_rates(organisation: Organisation, scale: Scale, turns_on: date) -> Worth:
    """The administrator's, each a fortnight before it holds."""
    by, ids = organisation.staff["majed"], []
    told = zip((scale.first_on, turns_on), per_hour(), facts()["association"]["rates"], strict=True)
    for from_on, halalas, rate in told:
        plan = rates.RatePlan("general", from_on, halalas, rate["source"])
        at = datetime.combine(from_on - timedelta(days=14), time(6), UTC)
        ids.append(rates.set_rate(plan, by=by, now=at))
    return Worth(turns_on, (ids[0], ids[1]))


def _enrol(
    scale: Scale, count: int, partner_ids: Sequence[int], by: int, at: datetime, random: Random
) -> dict[int, int | None]:
    """As many new volunteers; one in four belongs to a partner, one in three to a team."""
    teams = _found_teams(scale)
    taken = set(db.session.scalars(select(Person.name)))
    fresh = (one for one in names(random) if one[0] not in taken)
    share = -(-count // scale.centres)
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "name_folded": fold_name(name),
            "mobile": f"+96655{number:07}",
            "gender": gender,
            "birth_year": random.randint(1958, 2006),
            "category": "volunteer",
            "partner_id": random.choice(partner_ids) if random.random() < 0.25 else None,
            "team_id": teams[number // share] if random.random() < 0.33 else None,
            "leads_team": False,
            "consented_at": at,
            "created_at": at,
            "created_by_id": by,
        }
        for number, (name, gender) in enumerate(islice(fresh, count))
    ]
    for team_id in teams:
        leader = next((row for row in rows if row["team_id"] == team_id), None)
        if leader is not None:
            leader["leads_team"] = True
    for row in rows:
        if row["partner_id"] is not None:
            row["category"] = "partner"
    first = bulk.next_id(Person)
    ids = store(Person, rows)
    assert ids == list(range(first, first + len(rows)))
    of_partner = {one: row["partner_id"] for one, row in zip(ids, rows, strict=True)}
    members = [
        {"person_id": one, "partner_id": partner_id, "from_on": scale.first_on}
        for one, partner_id in of_partner.items()
        if partner_id is not None
    ]
    add(Membership, members)
    audit.note("person.import", "person", None, by=by, at=at, people=len(ids))
    return of_partner


def _found_teams(scale: Scale) -> list[int]:
    """One team in each neighbourhood."""
    rows = [
        {
            "name_ar": one["ar"].replace("مركز", "فريق"),
            "name_en": one["en"].replace("neighbourhood centre", "neighbourhood team"),
            "neighbourhood": one["ar"].removeprefix("مركز حي "),
        }
        for one in facts()["association"]["centres"][: scale.centres]
    ]
    return store(Team, rows)


# --- one centre's years --------------------------------------------------------------------


class _Chain:
    """The audit log's chain, longer by a link for each line we write."""

    def __init__(self) -> None:
        while audit.seal(SEALED_AT_ONCE):
            pass
        last = db.session.execute(
            select(AuditSeal.n, AuditSeal.hash).order_by(AuditSeal.n.desc()).limit(1)
        ).one()
        self._n, self._hash = last
        self.entries = Bulk(AuditEntry)
        self.seals = Bulk(AuditSeal)
        self._id = bulk.next_id(AuditEntry)

    def add(
        self, at: datetime, actor_id: int | None, act: str, thing: str, thing_id: int, **told: Any
    ) -> None:
        entry: Any = SimpleNamespace(
            id=self._id,
            at=at,
            actor_id=actor_id,
            act=act,
            thing=thing,
            thing_id=thing_id,
            facts=told,
        )
        self._n, self._hash = self._n + 1, audit.link(self._hash, entry)
        row = (self._id, moment(at), actor_id, act, thing, thing_id, as_json(told))
        self.entries.rows.append(row)
        self.seals.rows.append((self._n, self._id, self._hash))
        self._id += 1

    def write(self) -> None:
        """Write the lines and their links, inside the caller's transaction."""
        bulk.many(self.entries, self.seals)
        bulk.give_on(AuditEntry)


_SCAN = (
    *("volunteer_id", "scan_uid", "payload_sha", "kind", "carrier", "evidence", "site_id"),
    *("shift_id", "poster_id", "effective_at", "received_at", "beneficiaries", "verdict"),
    "attendance_id",
)
_ATTENDANCE = tuple(column.name for column in Attendance.__table__.columns)
_DECISION = (
    *("attendance_id", "seq", "action", "minutes_before", "minutes_after", "beneficiaries_before"),
    *("beneficiaries_after", "reason", "decided_by_id", "subject_id", "at"),
    *("rate_id", "value_halalas"),
)
_ASSIGNMENT = ("shift_id", "person_id", "how", "created_at", "created_by_id")


class _Years:
    """Writes the shifts of one centre, and all that stands behind their attendances."""

    def __init__(
        self,
        ground: Ground,
        centre: Centre,
        pool: Pool,
        losses: LossesOfBoth,
        worth: Worth,
        random: Random,
        chain: _Chain,
    ) -> None:
        self._ground, self._centre, self._pool = ground, centre, pool
        self._losses, self._worth = losses, worth
        self._random, self._chain = random, chain
        self._attendances = Bulk(Attendance, *_ATTENDANCE)
        self._scans = Bulk(Scan, *_SCAN)
        self._decisions = Bulk(Decision, *_DECISION)
        self._assignments = Bulk(Assignment, *_ASSIGNMENT)

    @transaction
    def write(self, calls: Sequence[Call], progress: Progress) -> None:
        take_time(db.session.connection())
        self._next_id = bulk.next_id(Attendance)
        ids = self._publish(calls)
        shifts = sorted(
            (shift for call in calls for shift in call.shifts), key=lambda one: one.starts_at
        )
        shift_ids = store(Shift, [self._shift_row(one, ids[one.call.number]) for one in shifts])
        done = 0
        for shift, shift_id in zip(shifts, shift_ids, strict=True):
            self._hold(shift, shift_id)
            done += shift.size
            if len(self._attendances.rows) >= AT_ONCE:
                self._flush()
                progress(done)
                done = 0
        self._flush()
        bulk.give_on(Attendance)
        progress(done)

    def _flush(self) -> None:
        bulk.many(self._attendances, self._scans, self._decisions, self._assignments)
        self._chain.write()

    def _publish(self, calls: Sequence[Call]) -> dict[int, int]:
        """The calls' ids by their numbers."""
        rows = [self._call_row(call) for call in calls]
        ids = dict(zip((call.number for call in calls), store(Opportunity, rows), strict=True))
        for call in calls:
            at = rows[0]["created_at"]
            self._chain.add(
                at, self._ground.by, "opportunity.create", "opportunity", ids[call.number]
            )
        return ids

    def _call_row(self, call: Call) -> dict[str, Any]:
        first = call.shifts[0].starts_at
        campaign = self._ground.campaign_ids[0] if call.number % 4 == 0 else None
        if (first.month, first.day) in ((12, 4), (12, 5), (12, 6)):
            campaign = self._ground.campaign_ids[1]
        return {
            "kind": "service",
            "name_ar": _name(call, "ar"),
            "name_en": _name(call, "en"),
            "service_id": self._ground.service_ids[call.service],
            "campaign_id": campaign,
            "is_open": True,
            "walk_ins": True,
            "created_at": first - timedelta(days=10),
        }

    def _shift_row(self, shift: Session, call_id: int) -> dict[str, Any]:
        return {
            "opportunity_id": call_id,
            "site_id": self._centre.site_id,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
            "work_on": shift.work_on,
            "seats": shift.size + 5,
            "closed_at": shift.ends_at + CLOSED_AFTER,
            "closed_by_id": self._centre.supervisor_id,
        }

    def _hold(self, shift: Session, shift_id: int) -> None:
        """Who came to one shift, from the roster to the decision."""
        planned_at = shift.starts_at - timedelta(days=3)
        by = self._ground.by
        self._chain.add(
            planned_at, by, "shift.create", "shift", shift_id, site=self._centre.site_id
        )
        said = moment(planned_at)
        for volunteer_id in self._pool.take(shift):
            self._assignments.rows.append((shift_id, volunteer_id, "roster", said, by))
            self._attend(shift, shift_id, self._losses.next(shift, volunteer_id))

    def _attend(self, shift: Session, shift_id: int, stay: Stay) -> None:
        attendance_id = self._next_id
        self._next_id += 1
        stints = self._stints(shift, stay)
        served = self._served(shift, stay)
        scans = list(self._scanned(shift_id, stay.volunteer, stints, served))
        if stay.kind in ("forgot", "paused"):
            row = self._folded(shift, shift_id, scans)
        else:
            row = self._plain(shift, stay, stints[0], served)
        approved = shift.minutes - stay.lost
        if stay.kind == "paused":
            approved = row["credited_minutes"]
        rate_id, halalas = self._worth.of(shift.work_on, approved)
        row |= {"rate_id": rate_id, "value_halalas": halalas}
        row |= dict.fromkeys(("low_halalas", "high_halalas"))  # those rates have no range
        decided_at = shift.ends_at + DECIDED_AFTER
        for scan in scans:
            self._keep_scan(scan, attendance_id, stay.volunteer)
        if stay.kind == "forgot":
            self._chain.add(
                *(shift.ends_at + timedelta(hours=1), None, "attendance.unclosed", "attendance"),
                attendance_id,
                volunteer=stay.volunteer,
                shift=shift_id,
            )
        self._keep_decision(shift, stay, attendance_id, row, approved, decided_at)
        row |= {
            "id": attendance_id,
            "volunteer_id": stay.volunteer,
            "shift_id": shift_id,
            "site_id": self._centre.site_id,
            "partner_id": self._ground.partners[stay.volunteer],
            "work_on": shift.work_on.isoformat(),
            "state": "approved",
            "approved_minutes": approved,
            "approved_beneficiaries": row["beneficiaries"],
            "row_version": len(scans) + (2 if stay.kind == "forgot" else 1),
            "updated_at": moment(decided_at),
        }
        self._attendances.rows.append(tuple(row[name] for name in _ATTENDANCE))

    # --- what was scanned ------------------------------------------------------------------

    def _stints(self, shift: Session, stay: Stay) -> list[tuple[datetime, datetime | None]]:
        """What is lost is lost to the minute: some seconds never make another one of it."""
        some = self._random.randrange
        begin = shift.starts_at - some(60, 840) * SECOND
        end = shift.ends_at + some(720) * SECOND
        if stay.kind == "forgot":
            return [(begin, None)]
        if stay.kind == "paused":
            leaves = shift.starts_at + (shift.minutes // 2) * MINUTE + some(240) * SECOND
            return [(begin, leaves), (leaves + stay.lost * MINUTE, end)]
        if stay.lost and stay.kind == "late":
            return [(shift.starts_at + stay.lost * MINUTE - some(30) * SECOND, end)]
        if stay.lost:
            return [(begin, shift.ends_at - stay.lost * MINUTE + some(30) * SECOND)]
        return [(begin, end)]

    def _served(self, shift: Session, stay: Stay) -> int | None:
        service = told(shift)
        if service["counted_by"] != "volunteer" or stay.kind == "forgot":
            return None
        minutes = shift.minutes - stay.lost
        return int(service["usual"] * minutes / 60 * self._random.uniform(0.8, 1.2))

    def _scanned(
        self,
        shift_id: int,
        volunteer_id: int,
        stints: Sequence[tuple[datetime, datetime | None]],
        served: int | None,
    ) -> Iterator[ScanFact]:
        for number, (begin, end) in enumerate(stints, 1):
            yield self._scan(Kind.IN, shift_id, begin, None)
            if end is not None:
                yield self._scan(Kind.OUT, shift_id, end, served if number == len(stints) else None)

    def _scan(self, kind: Kind, shift_id: int, at: datetime, served: int | None) -> ScanFact:
        bits = f"{self._random.getrandbits(128):032x}"
        uid = f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}"
        return ScanFact(uid, kind, shift_id, at, at, Evidence.POSTER, served)

    def _keep_scan(self, scan: ScanFact, attendance_id: int, volunteer_id: int) -> None:
        coming = scan.kind is Kind.IN
        verdict = "checked_in" if coming else "checked_out"
        at = moment(scan.at)
        shift_id = None if coming else scan.shift_id
        sha = _sha(scan.kind, self._centre.poster_id, shift_id, scan.beneficiaries)
        self._scans.rows.append(
            (
                *(volunteer_id, scan.uid, sha, scan.kind.value, "poster", "poster"),
                *(self._centre.site_id, scan.shift_id, self._centre.poster_id, at, at),
                *(scan.beneficiaries, verdict, attendance_id),
            )
        )
        self._chain.add(
            *(scan.at, volunteer_id, f"scan.{scan.kind.value}", "attendance", attendance_id),
            verdict=verdict,
            volunteer=volunteer_id,
            shift=scan.shift_id,
            uid=scan.uid,
        )

    # --- what that makes of the attendance ---------------------------------------------------

    def _plain(
        self,
        shift: Session,
        stay: Stay,
        stint: tuple[datetime, datetime | None],
        served: int | None,
    ) -> dict[str, Any]:
        """What the fold says about one whole stint that matches the plan."""
        begin, end = stint
        assert end is not None
        out_at = moment(end)
        return {
            "stints": as_json([[begin.isoformat(), end.isoformat()]]),
            "in_at": moment(begin),
            "out_at": out_at,
            "until_at": out_at,
            "credited_minutes": shift.minutes - stay.lost,
            "proposed_out_at": None,
            "proposed_minutes": None,
            "beneficiaries": served,
            "evidence": "poster",
            "flags": "[]",
            "entered_by_id": None,
        }

    def _folded(self, shift: Session, shift_id: int, scans: Sequence[ScanFact]) -> dict[str, Any]:
        """The same by the fold itself, for what is not so plain."""
        service = told(shift)
        fact = ShiftFact(shift_id, shift.starts_at, shift.ends_at)
        after = shift.ends_at + DECIDED_AFTER
        plan = Plan(fact, self._centre.site_id, shift.work_on, service["low"], service["high"])
        values = values_of(fold(scans, {shift_id: fact}, after)[shift_id], plan, after)
        for name in ("in_at", "out_at", "until_at", "proposed_out_at"):
            values[name] = None if values[name] is None else moment(values[name])
        return values | {name: as_json(values[name]) for name in ("stints", "flags")}

    def _keep_decision(
        self,
        shift: Session,
        stay: Stay,
        attendance_id: int,
        row: dict[str, Any],
        approved: int,
        at: datetime,
    ) -> None:
        forgot = stay.kind == "forgot"
        before = row["proposed_minutes"] if forgot else row["credited_minutes"]
        action, reason = ("adjust", "seen") if forgot else ("approve", "")
        served, by = row["beneficiaries"], self._centre.supervisor_id
        self._decisions.rows.append(
            (
                *(attendance_id, 1, action, before, approved, served, served, reason),
                *(by, stay.volunteer, moment(at), row["rate_id"], row["value_halalas"]),
            )
        )
        self._chain.add(
            *(at, by, f"attendance.{action}", "attendance", attendance_id),
            decision=1,
            before=before,
            after=approved,
            beneficiaries=served,
            halalas=row["value_halalas"],
        )


@lru_cache(200_000)
def _sha(kind: Kind, poster_id: int, shift_id: int | None, served: int | None) -> str:
    """What names the content of a scan; the same for all who scanned the same."""
    reading = Reading(
        uid="",
        kind=kind,
        volunteer_id=0,
        poster_id=poster_id,
        shift_id=shift_id,
        beneficiaries=served,
    )
    return reading.payload_sha


# --- what is planned -----------------------------------------------------------------------


@transaction
def _plan_ahead(
    ground: Ground,
    centre: Centre,
    pool: Pool,
    calls: Sequence[Call],
    today: date,
    random: Random,
    chain: _Chain,
) -> None:
    """Two shifts a day at the centre, from tomorrow on, with some expected on each."""
    take_time(db.session.connection())
    names_of = [_name(call, "ar") for call in calls[-8:]]
    call_ids = list(
        db.session.scalars(select(Opportunity.id).where(Opportunity.name_ar.in_(names_of)))
    )
    sessions = [
        _session(calls[-1], today + timedelta(days=ahead), hour)
        for ahead in range(1, AHEAD_DAYS + 1)
        for hour in (8, 16)
    ]
    rows = [
        {
            "opportunity_id": random.choice(call_ids),
            "site_id": centre.site_id,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "work_on": one.work_on,
            "seats": one.size + 6,
        }
        for one in sessions
    ]
    at = sessions[0].starts_at - timedelta(days=2)
    assigned = []
    for shift_id, one in zip(store(Shift, rows), sessions, strict=True):
        chain.add(at, ground.by, "shift.create", "shift", shift_id, site=centre.site_id)
        for volunteer_id in pool.take(one):
            assigned.append(
                {
                    "shift_id": shift_id,
                    "person_id": volunteer_id,
                    "created_at": at,
                    "created_by_id": ground.by,
                }
            )
    add(Assignment, assigned)
    chain.write()


def _name(call: Call, language: str) -> str:
    association = facts()["association"]
    service, place = association["services"][call.service], association["centres"][call.centre]
    return f"{service[language]} – {place[language]} – {call.number + 1}"


def _session(call: Call, day: date, hour: int) -> Session:
    begin = datetime.combine(day, time(hour), UTC) - timedelta(hours=3)
    return Session(call, begin, 240, day, AHEAD_SIZE)
