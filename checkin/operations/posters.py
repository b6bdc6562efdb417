"""Printed codes: made once for a place, re-issued with time to change paper, revoked at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from checkin.database import db, transaction
from checkin.domain.codes import new_code, new_short_code
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Opportunity, Poster, Shift, Site
from checkin.operations import audit, settings
from checkin.operations.permissions import Reach, sites_within


@dataclass(frozen=True, slots=True)
class Place:
    """What a poster is for: a whole site, or one shift there."""

    site_id: int
    shift_id: int | None = None


@dataclass(frozen=True, slots=True)
class Printable:
    """A poster with all that is printed on it; site, service and lane are loaded."""

    poster: Poster
    site: Site
    shift: Shift | None


@transaction
def make(places: Iterable[Place], *, by: int | None, now: datetime) -> list[Poster]:
    """The working poster of each place, new where there is none; asking twice makes one.

    Raises `Problem("poster_site_closed")` and `Problem("poster_shift_over")` for places where
    nobody will check in again; then nothing is made at all.
    """
    wanted = sorted(set(places), key=lambda place: (place.site_id, place.shift_id or 0))
    return [_current_or_new(place, by, now) for place in wanted]


def _current_or_new(place: Place, by: int | None, now: datetime) -> Poster:
    _lock(place, now)
    existing = db.session.scalar(select(Poster).where(_is_current(), _is_for(place)))
    return existing or _new(place, by, now)


@transaction
def reissue(poster_id: int, *, by: int | None, now: datetime) -> Poster:
    """A new poster for the same place; the old one works some days longer, while it is replaced.

    Raises `Conflict("poster_not_current")` when somebody replaced or revoked it before.
    """
    old = _stored(poster_id)
    if old.replaced_at or old.revoked_at:
        raise Conflict("poster_not_current")
    _lock(Place(old.site_id, old.shift_id), now)
    old.replaced_at = now + settings.period("poster_days")
    db.session.flush()
    fresh = _new(Place(old.site_id, old.shift_id), by, now)
    audit.note("poster.replace", "poster", old.id, by=by, at=now, replacement=fresh.id)
    return fresh


@transaction
def revoke(poster_id: int, *, by: int | None, now: datetime) -> Poster:
    """From now on this paper checks nobody in; also when it was replaced and in its last days."""
    poster = _stored(poster_id)
    if poster.revoked_at is None:
        poster.revoked_at = now
        audit.note("poster.revoke", "poster", poster.id, by=by, at=now)
    return poster


def _stored(poster_id: int) -> Poster:
    """The poster, and ours until the end: of two people only the first acts on it."""
    poster = db.session.get(Poster, poster_id, with_for_update=True)
    if poster is None:
        raise NotFound("poster")
    return poster


def _lock(place: Place, now: datetime) -> None:
    """Wait for the site, so that two people at once make one poster, and check the place."""
    site = db.session.get(Site, place.site_id, with_for_update=True)
    if site is None:
        raise NotFound("site")
    if site.closed_at is not None:
        raise Problem("poster_site_closed")
    if place.shift_id is not None:
        _check_shift(place, now)


def _check_shift(place: Place, now: datetime) -> None:
    shift = db.session.get(Shift, place.shift_id)
    if shift is None or shift.site_id != place.site_id:
        raise NotFound("shift")
    if shift.cancelled_at is not None or shift.closed_at is not None or shift.ends_at <= now:
        raise Problem("poster_shift_over")


def _new(place: Place, by: int | None, now: datetime) -> Poster:
    before = db.session.scalar(select(func.max(Poster.version)).where(_is_for(place))) or 0
    poster = Poster(
        code=new_code(),
        short_code=_free_short_code(),
        site_id=place.site_id,
        shift_id=place.shift_id,
        version=before + 1,
        created_at=now,
        created_by_id=by,
    )
    db.session.add(poster)
    db.session.flush()
    audit.note(
        *("poster.make", "poster", poster.id),
        by=by,
        at=now,
        site=place.site_id,
        shift=place.shift_id,
        version=poster.version,
    )
    return poster


def _free_short_code() -> str:
    """One no other poster has; the constraint guards against two made at the same instant."""
    while True:
        code = new_short_code()
        if not db.session.scalar(select(Poster.id).where(Poster.short_code == code)):
            return code


# --- questions -----------------------------------------------------------------------------


def poster_of(site_id: int, shift_id: int | None = None) -> Poster | None:
    """The poster to print for a site, or for one shift; nothing where none was made."""
    return db.session.scalar(select(Poster).where(_is_current(), _is_for(Place(site_id, shift_id))))


def posters_within(reach: Reach) -> Select[Poster]:
    """The posters a permission reaches; start from here, then look for the id."""
    return select(Poster).where(Poster.site_id.in_(_site_ids(reach)))


def printables(reach: Reach, poster_ids: Iterable[int]) -> list[Printable]:
    """Working posters in the order in which their ids are given, each with its place.

    Raises `NotFound` when one of them does not work any more, or is out of reach.
    """
    wanted = list(dict.fromkeys(poster_ids))
    rows = db.session.execute(
        select(Poster, Site, Shift)
        .join(Site, Site.id == Poster.site_id)
        .outerjoin(Shift, Shift.id == Poster.shift_id)
        .options(joinedload(Shift.opportunity).joinedload(Opportunity.service))
        .options(joinedload(Shift.lane))
        .where(Poster.id.in_(wanted), Poster.site_id.in_(_site_ids(reach)), _is_current())
    )
    found = {poster.id: Printable(poster, site, shift) for poster, site, shift in rows}
    if len(found) != len(wanted) or not wanted:
        raise NotFound("poster")
    return [found[poster_id] for poster_id in wanted]


def sites_with_posters(reach: Reach) -> list[tuple[Site, Poster | None]]:
    """Every open site in reach with its working poster; sites without one come first."""
    rows = db.session.execute(
        sites_within(reach)
        .add_columns(Poster)
        .outerjoin(Poster, (Poster.site_id == Site.id) & Poster.shift_id.is_(None) & _is_current())
        .where(Site.closed_at.is_(None))
        .order_by(Poster.id.is_not(None), Site.name_ar, Site.id)
    )
    return [(site, poster) for site, poster in rows]


def shifts_with_posters(
    reach: Reach, start: datetime, end: datetime, *, now: datetime
) -> list[tuple[Shift, Poster | None]]:
    """Shifts in reach that touch these instants and are not over, each with its own poster."""
    rows = db.session.execute(
        select(Shift, Poster)
        .join(Site, Site.id == Shift.site_id)
        .outerjoin(Poster, (Poster.shift_id == Shift.id) & _is_current())
        .options(joinedload(Shift.site), joinedload(Shift.lane), joinedload(Shift.opportunity))
        .where(Shift.site_id.in_(_site_ids(reach)), Site.closed_at.is_(None))
        .where(Shift.starts_at < end, Shift.ends_at > max(start, now))
        .where(Shift.cancelled_at.is_(None), Shift.closed_at.is_(None), Shift.is_draft.is_(False))
        .order_by(Shift.starts_at, Site.name_ar, Shift.id)
    )
    return [(shift, poster) for shift, poster in rows]


def history_of(poster: Poster) -> Sequence[Poster]:
    """All posters of the same place, the newest first."""
    place = Place(poster.site_id, poster.shift_id)
    return db.session.scalars(
        select(Poster).where(_is_for(place)).order_by(Poster.version.desc())
    ).all()


def _site_ids(reach: Reach) -> Select[tuple[int]]:
    return sites_within(reach).with_only_columns(Site.id)


def _is_current() -> ColumnElement[bool]:
    """The one to print: neither replaced (even where the old paper still works) nor revoked."""
    return Poster.replaced_at.is_(None) & Poster.revoked_at.is_(None)


def _is_for(place: Place) -> ColumnElement[bool]:
    return (Poster.site_id == place.site_id) & Poster.shift_id.is_not_distinct_from(place.shift_id)
