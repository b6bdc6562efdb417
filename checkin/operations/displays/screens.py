"""The life of a screen: made for a site, paired or opened here, seen, left, stopped."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, ask, db, transaction
from checkin.domain.codes import new_short_code, read_short_code
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.domain.text import clean_text, latin_digits
from checkin.models import Display, Scan, Shift, Site
from checkin.operations import audit, limits
from checkin.operations.keys import key_for, keys_for
from checkin.operations.permissions import Reach, shifts_within

PAIRING_LIVES = timedelta(minutes=10)
PAIRINGS_PER_ADDRESS = 20
PIN_LENGTH = 4
PIN_TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)
RECENT = timedelta(minutes=2)
"""How old the last scan may be to be worth announcing."""
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen that was made or opened, and what only its own browser may know."""

    display: Display
    secret: str
    """The pairing code to type there, or the credential to keep there."""


@transaction
def create(site_id: int, name: str, *, by: int, now: datetime) -> Screen:
    """A screen that will stand somewhere by itself, with the code that pairs it once.

    Raises `Problem("display_site_closed")`.
    """
    display = _new(_open_site(site_id), clean_text(name, LONGEST_NAME), by, now)
    return Screen(display, _pairing_code(display, now))


@transaction
def renew_pairing(display_id: int, *, by: int, now: datetime) -> Screen:
    """Another code, for a screen whose first one was too old, or whose browser forgot itself.

    What was paired before goes on until the new code is used. Raises `Conflict` when the screen
    was stopped meanwhile.
    """
    display = _stored(display_id)
    if display.revoked_at is not None:
        raise Conflict("display_revoked")
    audit.note("display.renew", "display", display.id, by=by, at=now)
    return Screen(display, _pairing_code(display, now))


def pair(typed: str, *, address: str, now: datetime) -> Screen:
    """Make the browser in which this code was typed that screen, once.

    Raises Problem `too_many` for an address that guesses, `pairing_unknown` for a code that never
    was, was used, or is older than ten minutes: all look the same from outside.
    """
    # a try stays counted when it fails
    limits.take(f"display.pair:{address}", PAIRINGS_PER_ADDRESS, TRIES_WITHIN, now)
    return _pair(read_short_code(typed), now)


@transaction
def _pair(code: str | None, now: datetime) -> Screen:
    display = db.session.scalar(
        select(Display)
        .where(Display.pairing_sha == _sha(code or ""), Display.pairing_expires_at > now)
        .where(Display.revoked_at.is_(None))
        .with_for_update()
    )
    if display is None:
        raise Problem("pairing_unknown")
    display.pin_mac = None
    audit.note("display.pair", "display", display.id, by=None, at=now, site=display.site_id)
    return Screen(display, _admit(display, now))


@transaction
def open_here(site_id: int, pin: str, *, by: int, now: datetime) -> Screen:
    """Show the code of a site in this very browser; leaving the page takes the PIN.

    Somebody who opens one again gets the same screen back, so the list stays short. Raises
    Problem `pin_invalid` unless `pin` is four digits, `display_site_closed`.
    """
    digits = _read_pin(pin)
    site = _open_site(site_id)
    display = _left_before(site.id, by) or _new(site, "", by, now)
    display.pin_mac = _pin_mac(key_for("display pin"), display.id, digits)
    audit.note("display.open", "display", display.id, by=by, at=now, site=site.id)
    return Screen(display, _admit(display, now))


def leave(display_id: int, pin: str, *, now: datetime) -> None:
    """End the screen in the browser that opened it, when the PIN is right.

    Nobody opens its codes from now on; a phone that read one without a network uploads it all the
    same. Raises Problem `pin_wrong`, or `too_many` after five tries in a quarter of an hour.
    """
    limits.take(f"display.pin:{display_id}", PIN_TRIES, TRIES_WITHIN, now)
    _leave(display_id, pin, now)
    limits.forgive(f"display.pin:{display_id}")


@transaction
def _leave(display_id: int, pin: str, now: datetime) -> None:
    display = _stored(display_id)
    digits = latin_digits(pin).strip()
    known = [_pin_mac(key, display.id, digits) for key in keys_for("display pin")]
    if not any(hmac.compare_digest(display.pin_mac or "", mac) for mac in known):
        raise Problem("pin_wrong")
    display.credential_sha = display.pin_mac = None
    display.epoch += 1  # whoever copied its keys of today has nothing
    audit.note("display.leave", "display", display.id, by=display.created_by_id, at=now)


@transaction
def revoke(display_id: int, *, by: int, now: datetime) -> None:
    """This screen is lost: its credential and every code it shows are worth nothing from now."""
    display = _stored(display_id)
    if display.revoked_at is not None:
        return
    display.revoked_at = now
    display.epoch += 1
    display.credential_sha = display.pin_mac = None
    display.pairing_sha = display.pairing_expires_at = None
    audit.note("display.revoke", "display", display.id, by=by, at=now)


@transaction
def seen(display_id: int, drift_ms: int, *, now: datetime) -> None:
    """A screen has just asked for the time: how far its clock was off, in milliseconds."""
    most = 2**31 - 1
    kept = {"seen_at": now, "drift_ms": max(-most, min(drift_ms, most))}
    db.session.execute(update(Display).where(Display.id == display_id).values(**kept))


# --- questions -----------------------------------------------------------------------------


def recognise(credential: str) -> Display | None:
    """The screen a browser's credential belongs to, with its site."""
    return db.session.scalar(
        select(Display)
        .where(Display.credential_sha == _sha(credential), Display.revoked_at.is_(None))
        .options(joinedload(Display.site))
    )


_LAST = (
    select(Scan.effective_at, Scan.kind)
    .where(Scan.site_id == bindparam("site_id"), Scan.received_at > bindparam("since"))
    .where(Scan.verdict.in_((Verdict.CHECKED_IN, Verdict.CHECKED_OUT)))
    .where(Scan.kind.in_((Kind.IN, Kind.OUT)))
    .order_by(Scan.received_at.desc())
    .limit(1)
)


def last_scan_at(site_id: int, now: datetime) -> AnyRow | None:
    """`effective_at` and `kind` of the latest scan here that counted; who it was is not asked."""
    return ask(_LAST, {"site_id": site_id, "since": now - RECENT}).first()


def displays_within(site_ids: Iterable[int]) -> list[Display]:
    """The screens of these sites that were neither stopped nor left, with site.

    Those at work first; after them those that stand somewhere and wait to be paired.
    """
    return list(
        db.session.scalars(
            select(Display)
            .where(Display.site_id.in_(list(site_ids)), Display.revoked_at.is_(None))
            .where(or_(Display.credential_sha.is_not(None), Display.name != ""))
            .options(joinedload(Display.site))
            .order_by(Display.credential_sha.is_(None), Display.site_id, Display.id)
        )
    )


def display_within(display_id: int, site_ids: Iterable[int]) -> Display | None:
    """One screen of these sites with its site, also when it was stopped meanwhile."""
    return db.session.scalar(
        select(Display)
        .where(Display.id == display_id, Display.site_id.in_(list(site_ids)))
        .options(joinedload(Display.site))
    )


def sites_within(reach: Reach) -> Select[Site]:
    """Open sites at which a permission holds, also where only one shift is led."""
    led = shifts_within(Reach(shift_ids=reach.shift_ids)).with_only_columns(Shift.site_id)
    wanted = select(Site).where(Site.closed_at.is_(None)).order_by(Site.name_ar, Site.id)
    if reach.everywhere:
        return wanted
    return wanted.where(or_(Site.id.in_(reach.site_ids), Site.id.in_(led)))


# --- parts ---------------------------------------------------------------------------------


def _open_site(site_id: int) -> Site:
    """The site, ours until the end, so that two people at once make one screen each in turn."""
    site = db.session.get(Site, site_id, with_for_update=True)
    if site is None:
        raise NotFound("site")
    if site.closed_at is not None:
        raise Problem("display_site_closed")
    return site


def _stored(display_id: int) -> Display:
    display = db.session.get(Display, display_id, with_for_update=True, populate_existing=True)
    if display is None:
        raise NotFound("display")
    return display


def _new(site: Site, name: str, by: int, now: datetime) -> Display:
    display = Display(
        number=_free_number(), site_id=site.id, name=name, created_at=now, created_by_id=by
    )
    db.session.add(display)
    db.session.flush()
    audit.note("display.make", "display", display.id, by=by, at=now, site=site.id)
    return display


def _free_number() -> str:
    """One no other screen has; the constraint guards against two made at the same instant."""
    while True:
        number = new_short_code()
        if not db.session.scalar(select(func.count()).where(Display.number == number)):
            return number


def _left_before(site_id: int, by: int) -> Display | None:
    return db.session.scalar(
        select(Display)
        .where(Display.site_id == site_id, Display.created_by_id == by, Display.name == "")
        .where(Display.credential_sha.is_(None), Display.revoked_at.is_(None))
        .order_by(Display.id)
        .limit(1)
    )


def _pairing_code(display: Display, now: datetime) -> str:
    code = new_short_code()
    display.pairing_sha, display.pairing_expires_at = _sha(code), now + PAIRING_LIVES
    return code


def _admit(display: Display, now: datetime) -> str:
    """The credential of this browser alone; whatever knew the screen before knows it no more."""
    if display.credential_sha is not None:
        display.epoch += 1  # the browser before holds keys of today
    credential = secrets.token_urlsafe(32)
    display.credential_sha = _sha(credential)
    display.pairing_sha = display.pairing_expires_at = None
    display.paired_at = display.seen_at = now
    return credential


def _read_pin(pin: str) -> str:
    digits = latin_digits(pin).strip()
    if len(digits) != PIN_LENGTH or not (digits.isascii() and digits.isdecimal()):
        raise Problem("pin_invalid")
    return digits


def _pin_mac(key: bytes, display_id: int, digits: str) -> str:
    return hmac.new(key, f"{display_id}:{digits}".encode(), hashlib.sha256).hexdigest()


def _sha(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
