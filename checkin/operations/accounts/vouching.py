"""Signing in without a code: the supervisor sees the person and taps the number they show."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Person, SignInRequest
from checkin.operations import audit, limits
from checkin.operations.accounts.codes import visitor_sha
from checkin.operations.identity import living
from checkin.operations.permissions import reach_of, roles_of

LIVES = timedelta(minutes=10)
TRIES = 2
NUMBERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """One person waiting, as the supervisor sees it: three numbers, one of them on the phone.

    `names` holds the people known by this mobile: none for a newcomer, several in a family.
    """

    id: int
    site_id: int
    names: tuple[str, ...]
    last3: str
    numbers: tuple[int, ...]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """The same as the volunteer's phone sees it: one number, and what became of it."""

    number: int
    state: str
    """waiting, confirmed or refused"""
    expires_at: datetime


@transaction
def request_confirmation(
    mobile: str, *, site_id: int, visitor: str, address: str, now: datetime
) -> None:
    """Ask the supervisor of a site; asking again while one waits changes nothing.

    Raises Problem `too_many` (fact `seconds`).
    """
    waiting = db.session.scalar(
        _own(visitor, now).where(SignInRequest.mobile == mobile, SignInRequest.site_id == site_id)
    )
    if waiting is not None and waiting.refused_at is None:
        return
    limits.take(f"vouch:{mobile}", 5, timedelta(minutes=15), now)
    limits.take(f"vouch-from:{address}", 60, timedelta(hours=1), now)
    db.session.add(
        SignInRequest(
            mobile=mobile,
            site_id=site_id,
            visitor=visitor_sha(visitor),
            match_number=10 + secrets.randbelow(90),
            created_at=now,
            expires_at=now + LIVES,
        )
    )


def own_request(visitor: str, now: datetime) -> OwnRequest | None:
    """This browser's request while it lives; nothing when there is none, or it is used."""
    request = db.session.scalar(_own(visitor, now))
    if request is None:
        return None
    state = "waiting"
    if request.confirmed_at:
        state = "confirmed"
    elif request.refused_at:
        state = "refused"
    return OwnRequest(request.match_number, state, request.expires_at)


def _own(visitor: str, now: datetime) -> Select[SignInRequest]:
    return (
        select(SignInRequest)
        .where(SignInRequest.visitor == visitor_sha(visitor), SignInRequest.used_at.is_(None))
        .where(SignInRequest.expires_at > now)
        .order_by(SignInRequest.id.desc())
        .limit(1)
    )


@transaction
def redeem_confirmation(visitor: str, now: datetime) -> str:
    """Use a confirmation once; the mobile it vouches for.

    Raises Problem `not_confirmed` while the supervisor has not tapped, `confirmation_refused`
    after a wrong number, `confirmation_over` when there is nothing to wait for.
    """
    request = db.session.scalar(_own(visitor, now))
    if request is None:
        raise Problem("confirmation_over")
    if request.refused_at is not None:
        raise Problem("confirmation_refused")
    used = db.session.execute(
        update(SignInRequest)
        .where(SignInRequest.id == request.id, SignInRequest.used_at.is_(None))
        .where(SignInRequest.confirmed_at.is_not(None))
        .values(used_at=now)
        .returning(SignInRequest.mobile)
    ).first()
    if used is None:
        raise Problem("not_confirmed")
    return str(used.mobile)


# --- the supervisor's side -----------------------------------------------------------------


def pending_sign_ins(site_ids: Collection[int], now: datetime) -> list[PendingSignIn]:
    """Who waits at these sites to be vouched for, the longest waiting first."""
    requests = db.session.scalars(
        _pending(now).where(SignInRequest.site_id.in_(site_ids)).order_by(SignInRequest.id)
    ).all()
    names = _names({one.mobile for one in requests})
    return [
        PendingSignIn(
            id=one.id,
            site_id=one.site_id,
            names=tuple(names[one.mobile]),
            last3=one.mobile[-3:],
            numbers=_numbers(one),
            created_at=one.created_at,
            expires_at=one.expires_at,
        )
        for one in requests
    ]


def _pending(now: datetime) -> Select[SignInRequest]:
    return select(SignInRequest).where(
        SignInRequest.confirmed_at.is_(None),
        SignInRequest.refused_at.is_(None),
        SignInRequest.expires_at > now,
    )


def _names(mobiles: Collection[str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    people = select(Person.mobile, Person.name).where(Person.mobile.in_(mobiles), living())
    for mobile, name in db.session.execute(people.order_by(Person.id)):
        names[str(mobile)].append(name)
    return names


def _numbers(request: SignInRequest) -> tuple[int, ...]:
    """The right number among others, always the same ones: fresh ones would give it away."""
    seed = hashlib.sha256(f"{request.visitor}:{request.id}".encode()).digest()
    others = dict.fromkeys(10 + byte % 90 for byte in seed)
    others.pop(request.match_number, None)
    shown = [*list(others)[: NUMBERS_SHOWN - 1], request.match_number]
    return tuple(sorted(shown))


def confirm_sign_in(request_id: int, number: int, *, by: int, now: datetime) -> None:
    """The supervisor taps the number the person in front of them shows.

    Raises `NotFound` outside `by`'s own sites, Problem `number_wrong` (one more try),
    `confirmation_refused` at the second wrong number, `Conflict("confirmation_over")` when it is
    too late or another supervisor was faster.
    """
    outcome = _confirm(request_id, number, by, now)
    if outcome == "confirmation_over":
        raise Conflict(outcome)
    if outcome is not None:
        raise Problem(outcome)


@transaction
def _confirm(request_id: int, number: int, by: int, now: datetime) -> str | None:
    """Returns the reason of a failure, so that a wrong tap is counted and kept."""
    reach = reach_of(roles_of(by, now), Permission.CONFIRM_SIGN_IN)
    request = db.session.scalar(
        select(SignInRequest).where(SignInRequest.id == request_id).with_for_update()
    )
    if request is None or not (reach.everywhere or request.site_id in reach.site_ids):
        raise NotFound("sign_in_request")
    if request.confirmed_at or request.refused_at or request.expires_at <= now:
        return "confirmation_over"
    request.tries += 1
    right = number == request.match_number
    if right:
        request.confirmed_at, request.confirmed_by_id = now, by
    elif request.tries >= TRIES:
        request.refused_at = now
    audit.note(
        "account.vouch",
        "sign_in_request",
        request.id,
        by=by,
        at=now,
        right=right,
        tries=request.tries,
    )
    if right:
        return None
    return "confirmation_refused" if request.refused_at else "number_wrong"
