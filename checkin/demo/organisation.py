"""The organisation of the demo: places, work, partners, staff and volunteers."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from random import Random
from typing import Any

from checkin.demo.facts import facts, season
from checkin.demo.names import people as names
from checkin.demo.storing import add, store
from checkin.domain.days import local_day
from checkin.domain.roles import Role
from checkin.domain.text import fold_name
from checkin.models import Membership, Person
from checkin.operations import (
    audit,
    campaigns,
    grants,
    opportunities,
    partners,
    posters,
    services,
    sites,
)
from checkin.operations import people as persons
from checkin.operations.accounts import set_password

DOMAIN = "demo.example"
PASSWORD = "zamzam-well-2026"
"""Of every member of staff in the demo; printed, because the demo is for everybody."""
CATEGORIES = {"education": "student", "scouts": "scout"}


@dataclass(frozen=True, slots=True)
class Duty:
    """An opportunity at one of its sites; `service` counts in the file of facts."""

    id: int
    site_id: int
    service: int | None
    """Empty for a course."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """The ids of everything the demo made, so that it can go on another day."""

    site_ids: list[int]
    poster_ids: list[int]
    """One on the wall of each site."""
    duties: list[Duty]
    courses: list[Duty]
    staff: dict[str, int]
    supervisors: list[int]
    """One for each site."""
    noura_id: int
    volunteers: list[int]
    """Ids of the first and the last of the others."""

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_facts(cls, told: dict[str, Any]) -> "Organisation":
        duties, courses = ([Duty(**duty) for duty in told[part]] for part in ("duties", "courses"))
        return cls(**{**told, "duties": duties, "courses": courses})

    def poster_of(self, site_id: int) -> int:
        return self.poster_ids[self.site_ids.index(site_id)]

    def supervisor_of(self, site_id: int) -> int:
        return self.supervisors[self.site_ids.index(site_id)]


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who may be planned for a service; `zeal` is how much more often than others."""

    id: int
    partner: int | None
    """Which one in the file of facts."""
    partner_id: int | None
    zeal: float

    def fits(self, service: int | None) -> bool:
        """Members do what their partner offers; whoever has no partner does anything."""
        if self.partner is None or service is None:
            return True
        return service in facts()["partners"][self.partner]["services"]


def founded_at() -> datetime:
    """Two weeks before the season; everything is made then."""
    day = season().first_on.toordinal() - 14
    return datetime.combine(season().first_on.fromordinal(day), time(6), UTC)


def found(random: Random) -> tuple[Organisation, list[Volunteer]]:
    """Make everything; inside the caller's transaction."""
    at = founded_at()
    staff = {one["key"]: _employ(one, at) for one in facts()["staff"]}
    by = staff["layla"]
    partner_ids = [
        partners.create(partners.PartnerPlan(**_named(one), kind=one["kind"]), by=by, now=at)
        for one in facts()["partners"]
    ]
    site_ids = [_open_site(one, by, at) for one in facts()["sites"]]
    duties, courses = _publish(site_ids, partner_ids, by, at)
    _appoint(staff, site_ids, partner_ids, at)
    volunteers = _enrol(random, partner_ids, by, at)
    places = [posters.Place(site_id) for site_id in site_ids]
    organisation = Organisation(
        site_ids=site_ids,
        poster_ids=[poster.id for poster in posters.make(places, by=by, now=at)],
        duties=duties,
        courses=courses,
        staff=staff,
        supervisors=[staff[one["supervisor"]] for one in facts()["sites"]],
        noura_id=volunteers[0].id,
        volunteers=[volunteers[1].id, volunteers[-1].id],
    )
    return organisation, volunteers


def _named(told: dict[str, Any]) -> dict[str, Any]:
    return {"name_ar": told["ar"], "name_en": told["en"]}


def _employ(told: dict[str, Any], at: datetime) -> int:
    profile = persons.Profile(name=told["name"], email=f"{told['key']}@{DOMAIN}")
    person_id = persons.create(profile, by=None, now=at)
    set_password(person_id, PASSWORD, by=None, now=at)
    return person_id


def _appoint(
    staff: dict[str, int], site_ids: list[int], partner_ids: list[int], at: datetime
) -> None:
    for told in facts()["staff"]:
        role = Role(told["role"])
        of_site = [
            site_id
            for site_id, site in zip(site_ids, facts()["sites"], strict=True)
            if site["supervisor"] == told["key"]
        ]
        partner_id = partner_ids[told["partner"]] if "partner" in told else None
        for site_id in of_site if role is Role.SUPERVISOR else [None]:
            grants.appoint(staff[told["key"]], role, now=at, site_id=site_id, partner_id=partner_id)


def _open_site(told: dict[str, Any], by: int, at: datetime) -> int:
    plan = sites.SitePlan(name_ar=told["ar"], name_en=told["en"])
    site_id = sites.create(plan, by=by, now=at)
    for number in range(1, told["lanes"] + 1):
        sites.add_lane(site_id, f"المسار {number}", f"Lane {number}", by=by, now=at)
    return site_id


def _publish(
    site_ids: list[int], partner_ids: list[int], by: int, at: datetime
) -> tuple[list[Duty], list[Duty]]:
    """An opportunity for each service, planned at its sites, and one for each course."""
    campaign_ids = [
        campaigns.create(campaigns.CampaignPlan(**_named(one)), by=by, now=at)
        for one in facts()["campaigns"]
    ]
    courses = _courses(site_ids, partner_ids, by, at)
    duties: list[Duty] = []
    for number, told in enumerate(facts()["services"]):
        plan = services.ServicePlan(
            **_named(told),
            counted_by=told["counted_by"],
            low_per_hour=told["low"],
            high_per_hour=told["high"],
            longest_minutes=told.get("longest"),
        )
        service_id = services.create(plan, by=by, now=at)
        campaign_id = campaign_ids[told["campaign"]] if "campaign" in told else None
        course_id = courses[told["requires"]].id if "requires" in told else None
        call = _call(told, service_id, campaign_id, course_id)
        call_id = opportunities.create(call, by=by, now=at)
        duties += [Duty(call_id, site_ids[site], number) for site in told["sites"]]
    return duties, courses


def _call(
    told: dict[str, Any], service_id: int, campaign_id: int | None, course_id: int | None
) -> opportunities.OpportunityPlan:
    """Open to whoever comes, an hour before the start: the demo is for trying it."""
    return opportunities.OpportunityPlan(
        kind="service",
        name_ar=told["ar"],
        name_en=told["en"],
        service_id=service_id,
        campaign_id=campaign_id,
        walk_ins=True,
        is_open=True,
        opens_minutes=60,
        requires_id=course_id,
    )


def _courses(site_ids: list[int], partner_ids: list[int], by: int, at: datetime) -> list[Duty]:
    site_id = site_ids[facts()["course_site"]]
    partner_id = partner_ids[facts()["course_partner"]]
    plans = [
        opportunities.OpportunityPlan(
            kind="course",
            name_ar=told["ar"],
            name_en=told["en"],
            partner_id=partner_id,
            valid_days=told.get("valid"),
        )
        for told in facts()["courses"]
    ]
    return [Duty(opportunities.create(plan, by=by, now=at), site_id, None) for plan in plans]


# --- volunteers ----------------------------------------------------------------------------


def _enrol(random: Random, partner_ids: list[int], by: int, at: datetime) -> list[Volunteer]:
    """Noura first, then as many as the season had, with one audit line for the whole list."""
    rows = [_noura(partner_ids, by, at)]
    taken = {row["name"] for row in rows} | {one["name"] for one in facts()["staff"]}
    fresh = (one for one in names(random) if one[0] not in taken)
    members = [facts()["volunteer"]["partner"]]
    for number, (name, gender) in enumerate(islice(fresh, season().volunteers - 1), 1):
        members.append(_partner_for(random))
        mobile = f"+9665000{number:05}"
        rows.append(_person(name, gender, mobile, members[-1], partner_ids, by, at))
    ids = store(Person, rows)
    audit.note("person.import", "person", None, by=by, at=at, people=len(ids))
    zeal = [3.0, *(random.choice((0.4, 0.7, 1, 1, 1.5, 4)) for _ in ids[1:])]
    of_partner = [row["partner_id"] for row in rows]
    add(Membership, _members(ids, of_partner, local_day(at)))
    return [Volunteer(*one) for one in zip(ids, members, of_partner, zeal, strict=True)]


def _members(ids: list[int], of_partner: list[int | None], from_on: date) -> list[dict[str, Any]]:
    return [
        {"person_id": one, "partner_id": partner_id, "from_on": from_on}
        for one, partner_id in zip(ids, of_partner, strict=True)
        if partner_id is not None
    ]


def _partner_for(random: Random) -> int | None:
    """Two in three come with a partner that does more than teach."""
    sending = [number for number, one in enumerate(facts()["partners"]) if one["services"]]
    return random.choice(sending) if random.random() < 0.66 else None


def _noura(partner_ids: list[int], by: int, at: datetime) -> dict[str, Any]:
    told = facts()["volunteer"]
    return _person(told["name"], "woman", told["mobile"], told["partner"], partner_ids, by, at)


def _person(
    name: str,
    gender: str,
    mobile: str,
    partner: int | None,
    partner_ids: list[int],
    by: int,
    at: datetime,
) -> dict[str, Any]:
    kind = "" if partner is None else facts()["partners"][partner]["kind"]
    return {
        "name": name,
        "name_folded": fold_name(name),
        "mobile": mobile,
        "gender": gender,
        "category": CATEGORIES.get(kind, "volunteer" if partner is None else "partner"),
        "partner_id": None if partner is None else partner_ids[partner],
        "consented_at": at,
        "created_at": at,
        "created_by_id": by,
    }
