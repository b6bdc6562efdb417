"""Reasons for a second look that only the database knows: shared phones, crowds, distances.

They are asked together with what the code says, in one question, so that a scan waits for
nothing more. What follows from a volunteer's own scans alone is the fold's to say.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, distinct, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind
from checkin.domain.places import Place, Point, is_far
from checkin.models import Device, Person, Scan

SHARED_WITHIN = timedelta(hours=12)
NEW_FOR = timedelta(hours=24)
BURST_WITHIN = timedelta(seconds=10)
BURST_PEOPLE = 8
_COUNTED = 4 * BURST_PEOPLE
"""No more scans are looked at to see a crowd, however large it is."""
_FAMILY, _STRANGERS = 1, 2

_Id = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def clues(site_id: _Id, code_id: _Id, read: _Id) -> tuple[ColumnElement[Any], ...]:
    """Columns for the question about a code: its table's site and id, and what scans keep of it."""
    return (
        _others_on_this_phone().label("phone_shared_by"),
        _remembered_since().label("phone_since"),
        _others_just_now(site_id, code_id, read).label("others_just_now"),
    )


def circumstances(device_id: int | None, now: datetime) -> dict[str, Any]:
    """What the clues are asked with."""
    return {
        "device_id": device_id,
        "shared_since": now - SHARED_WITHIN,
        "burst_since": now - BURST_WITHIN,
    }


def flags_of(reading: Any, named: Any, now: datetime) -> tuple[Flag, ...]:
    """What gives reason to look twice at a volunteer's own check-in by a code."""
    if reading.kind is not Kind.IN or reading.badge_id is not None:
        return ()
    return (*_about_phone(named, now), *_about_crowd(reading, named), *_about_place(reading, named))


def evidence_of(reading: Any, named: Any, now: datetime) -> Evidence:
    """A screen's code proves less on a phone that was remembered only today.

    It may be anybody's yet; in a day it is known as one person's.
    """
    by_screen = reading.kind is Kind.IN and reading.display_id is not None
    if by_screen and reading.evidence is Evidence.LIVE and _is_new(named, now):
        return Evidence.TYPED
    evidence: Evidence = reading.evidence
    return evidence


def place_of(
    entered_by_id: int | None, evidence: str, site_id: int | None, site: Any
) -> Place | None:
    """Where a code was read, for a scan that read one there; `site` has the site's point."""
    stated = entered_by_id is not None or evidence == Evidence.CLAIMED
    return None if stated or site_id is None else Place(site_id, point_of(site))


def point_of(row: Any) -> Point | None:
    """A site's point on the map, from any row that has its columns."""
    return None if row.latitude is None else (row.latitude, row.longitude)


def _about_phone(named: Any, now: datetime) -> Iterator[Flag]:
    if named.phone_shared_by is not None:
        yield Flag.FAMILY_PHONE if named.phone_shared_by == _FAMILY else Flag.SHARED_DEVICE
    if _is_new(named, now):
        yield Flag.NEW_DEVICE


def _is_new(named: Any, now: datetime) -> bool:
    return named.phone_since is not None and now - named.phone_since < NEW_FOR


def _about_crowd(reading: Any, named: Any) -> Iterator[Flag]:
    """Only live scans come in a burst; phones that find the network again all send at once."""
    if reading.clock is None and named.others_just_now >= BURST_PEOPLE - 1:
        yield Flag.BURST


def _about_place(reading: Any, named: Any) -> Iterator[Flag]:
    """Only a printed code, which anybody may photograph, leaves open where the phone was."""
    if reading.display_id is not None:
        return
    if named.code_mode == "rotating":
        yield Flag.PRINTED_CODE
    if named.latitude is None:
        return
    if reading.distance_m is None:
        yield Flag.LOCATION_DENIED
    elif is_far(reading.distance_m, reading.accuracy_m, named.radius_m):
        yield Flag.FAR_AWAY


# --- what is asked -------------------------------------------------------------------------


def _others_on_this_phone() -> Any:
    """1 when only people with the same mobile checked in on this phone today, 2 when others did,
    nothing when nobody did."""
    mine, other = aliased(Device), aliased(Device)
    me, them = aliased(Person), aliased(Person)
    return (
        select(func.max(case((them.mobile == me.mobile, _FAMILY), else_=_STRANGERS)))
        .select_from(mine)
        .join(me, me.id == mine.person_id)
        .join(other, (other.browser_sha == mine.browser_sha) & (other.person_id != me.id))
        .join(them, them.id == other.person_id)
        .join(Scan, (Scan.volunteer_id == them.id) & (Scan.device_id == other.id))
        .where(mine.id == bindparam("device_id"), mine.person_id == bindparam("volunteer_id"))
        .where(Scan.kind == Kind.IN.value, Scan.effective_at >= bindparam("shared_since"))
        .scalar_subquery()
    )


def _remembered_since() -> Any:
    return (
        select(Device.created_at)
        .where(Device.id == bindparam("device_id"))
        .where(Device.person_id == bindparam("volunteer_id"))
        .scalar_subquery()
    )


def _others_just_now(site_id: _Id, code_id: _Id, read: _Id) -> Any:
    """How many other people checked in live by this very code within the last seconds."""
    theirs = aliased(Scan)
    lately = (
        select(theirs.volunteer_id)
        .where(theirs.site_id == site_id, theirs.received_at > bindparam("burst_since"))
        .where(getattr(theirs, read.key) == code_id, theirs.kind == Kind.IN.value)
        .where(theirs.device_at.is_(None), theirs.volunteer_id != bindparam("volunteer_id"))
        .correlate(site_id.class_)
        .limit(_COUNTED)
        .subquery()
    )
    return select(func.count(distinct(lately.c.volunteer_id))).scalar_subquery()
