"""The table of prayer times: calculated, with what was entered for a day in its place."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from checkin.database import AnyRow, db, transaction, upsert
from checkin.domain import prayer
from checkin.domain.days import MAKKAH, local_time
from checkin.domain.errors import Problem
from checkin.domain.places import Point, distance_m
from checkin.domain.prayer import KAABA, SAME_CITY_M, Anchor, End, Prayer, PrayerDay
from checkin.models import AuditEntry, Person, PrayerTime
from checkin.operations import audit
from checkin.operations.prayers.calculating import calculated


class Located(Protocol):
    """A site, or a row that says as much of one."""

    @property
    def zone(self) -> str: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


# --- questions -----------------------------------------------------------------------------


def of_days(first: date, last: date, site: Located | None = None) -> dict[date, PrayerDay]:
    """The prayers of each day from `first` to `last`, both included, at a site or in Makkah.

    All sites of Makkah keep one table, and so does a site whose place is not known: what was
    entered holds there. A site elsewhere has its own times, as they are calculated.
    """
    point = _point(site)
    entered = _entered(first, last) if point == KAABA else {}
    days = (first + timedelta(days=later) for later in range((last - first).days + 1))
    return {day: _with(calculated(day, point), entered.get(day, {})) for day in days}


def of_day(day: date, site: Located | None = None) -> PrayerDay:
    return of_days(day, day, site)[day]


def resolve(day: date, name: str, offset: int, site: Located | None = None) -> datetime:
    """The instant so many minutes after (or before) the prayer of that name on this day."""
    return Anchor(name, offset).on(of_day(day, site))


def span(day: date, starts: End, ends: End, site: Located) -> tuple[datetime, datetime]:
    """Both ends of a shift of this day, each a time of the site's clock or said by a prayer.

    It ends at the first such time after its start; see `domain.prayer.span`.
    """
    table = of_days(day - prayer.LOOKED_AROUND, day + prayer.LOOKED_AROUND, site)
    return prayer.span(day, starts, ends, table, site.zone)


def changes_of(day: date) -> list[AnyRow]:
    """Who entered what for the day or took it back, the latest first.

    Rows of `at`, `act`, `facts` and the `name`.
    """
    return list(
        db.session.execute(
            select(AuditEntry.at, AuditEntry.act, AuditEntry.facts, Person.name)
            .outerjoin(Person, Person.id == AuditEntry.actor_id)
            .where(AuditEntry.thing == "prayer_day", AuditEntry.thing_id == _number(day))
            .order_by(AuditEntry.id.desc())
            .limit(20)
        )
    )


def _point(site: Located | None) -> Point:
    """Where the sun is asked for: one point for the whole of Makkah."""
    if site is None or site.latitude is None or site.longitude is None:
        return KAABA
    point = (site.latitude, site.longitude)
    return KAABA if distance_m(point, KAABA) <= SAME_CITY_M else point


def _entered(first: date, last: date) -> dict[date, dict[Prayer, time]]:
    found: dict[date, dict[Prayer, time]] = {}
    p = PrayerTime
    for row in db.session.execute(
        select(p.day, p.prayer, p.begins).where(p.day.between(first, last))
    ):
        found.setdefault(row.day, {})[Prayer(row.prayer)] = row.begins
    return found


def _with(prayers: PrayerDay, entered: Mapping[Prayer, time]) -> PrayerDay:
    if not entered:
        return prayers
    begins = {one.value: by_clock(prayers.day, at) for one, at in entered.items()}
    isha = isha_after(prayers, entered.get(Prayer.MAGHRIB))
    return replace(prayers, entered=frozenset(entered), **{Prayer.ISHA.value: isha, **begins})


def isha_after(prayers: PrayerDay, maghrib: time | None) -> datetime:
    """Isha of a calculated day where nobody enters it: it stays as long after Maghrib."""
    if maghrib is None:
        return prayers.isha
    return by_clock(prayers.day, maghrib) + (prayers.isha - prayers.maghrib)


def by_clock(day: date, at: time) -> datetime:
    """The instant at which Makkah's clock shows this time."""
    return datetime.combine(day, at, ZoneInfo(MAKKAH)).astimezone(UTC)


# --- acts ----------------------------------------------------------------------------------


@transaction
def enter(day: date, begins: Mapping[Prayer, time], *, by: int, now: datetime) -> bool:
    """Keep what was entered by Makkah's clock for this day; whether anything changed.

    A time that is as calculated is not kept, so that it goes on as calculated; Isha is calculated
    from Maghrib, also from one that is entered. Problem `prayers_out_of_order` when one would not
    begin after the one before it.
    """
    before, own = of_day(day), calculated(day, KAABA)
    blank = replace(own, isha=isha_after(own, begins.get(Prayer.MAGHRIB)))
    wanted = {one: at for one, at in begins.items() if by_clock(day, at) != blank.at(one)}
    after = _with(own, wanted)
    if not after.in_order:
        raise Problem("prayers_out_of_order")
    changed = [one for one in Prayer if before.at(one) != after.at(one)]
    if not changed:
        return False
    _keep(day, wanted)
    audit.note("prayers.enter", "prayer_day", _number(day), by=by, at=now, **_said(after, changed))
    return True


@transaction
def clear(day: date, *, by: int, now: datetime) -> bool:
    """Back to what is calculated; whether anything had been entered."""
    before = of_day(day)
    if not before.entered:
        return False
    _keep(day, {})
    own = calculated(day, KAABA)
    changed = [one for one in Prayer if one in before.entered or before.at(one) != own.at(one)]
    audit.note("prayers.clear", "prayer_day", _number(day), by=by, at=now, **_said(own, changed))
    return True


def _keep(day: date, begins: Mapping[Prayer, time]) -> None:
    p = PrayerTime
    names = [one.value for one in begins]
    db.session.execute(delete(p).where(p.day == day, p.prayer.not_in(names)))
    for one, at in begins.items():
        adding = upsert(p).values(day=day, prayer=one.value, begins=at)
        keys = [p.day, p.prayer]
        db.session.execute(adding.on_conflict_do_update(index_elements=keys, set_={"begins": at}))


def _said(prayers: PrayerDay, changed: Iterable[Prayer]) -> dict[str, str]:
    """What the log keeps: the new times of those that changed, by Makkah's clock."""
    return {one.value: f"{local_time(prayers.at(one)):%H:%M}" for one in changed}


def _number(day: date) -> int:
    """The day as the audit's number of a thing: 20261122."""
    return int(f"{day:%Y%m%d}")
