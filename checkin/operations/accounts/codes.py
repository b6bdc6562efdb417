"""Six-digit codes that prove a mobile: ten minutes, five tries, one browser, one use."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from math import ceil

from flask import current_app
from sqlalchemy import select, update

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Problem
from checkin.domain.text import latin_digits
from checkin.models import Person, SignInCode
from checkin.operations import limits, messages
from checkin.operations.identity import living
from checkin.operations.keys import secrets_in_use
from checkin.operations.mobiles import is_abroad

CODE_LENGTH = 6
CODE_LIVES = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)
TRIES = 5
PER_QUARTER_HOUR = 3
PER_DAY = 6


def visitor_sha(visitor: str) -> str:
    """What is kept of a browser's own random id: enough to know it again, useless to a thief."""
    return hashlib.sha256(visitor.encode()).hexdigest()


@transaction
def request_code(
    mobile: str,
    *,
    visitor: str,
    address: str,
    language: str,
    now: datetime,
    template: str = "sign_in_code",
    known: bool = False,
) -> str:
    """Make a code for `mobile` and put it into the outbox; known and unknown mobiles alike.

    Abroad only a `known` number, or one that somebody here has, is sent its code, unless
    FOREIGN_NUMBERS says otherwise: texts to far countries are what thieves are paid for.
    The code before it ends. Returns what was sent, which only a demo may show. Raises Problem
    `resend_early` (fact `seconds`) within a minute of the last one, `too_many` (fact `seconds`)
    beyond the limits per number and per address, and `messages_spent`.
    """
    _count(mobile, address, now)  # first: it makes a parallel request for the same number wait
    if wait := seconds_to_resend(mobile, visitor=visitor, now=now):
        raise Problem("resend_early", seconds=wait)
    code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
    row = SignInCode(
        mobile=mobile,
        visitor=visitor_sha(visitor),
        code_mac=_macs(mobile, code)[0],
        created_at=now,
        expires_at=now + CODE_LIVES,
    )
    db.session.add(row)
    db.session.flush()
    if not (known or is_sent_to_all(mobile) or _is_somebodys(mobile)):
        return ""
    messages.queue(
        f"{template}:{row.id}",
        template,
        mobile,
        {"code": code},
        language=language,
        now=now,
        lifetime=CODE_LIVES,
    )
    return code


def is_sent_to_all(mobile: str) -> bool:
    """Whether a number like this gets its code even when nobody here has it."""
    return not is_abroad(mobile) or bool(current_app.config["FOREIGN_NUMBERS"])


def _is_somebodys(mobile: str) -> bool:
    whose = select(Person.id).where(Person.mobile == mobile, living()).limit(1)
    return db.session.scalar(whose) is not None


def _count(mobile: str, address: str, now: datetime) -> None:
    """Texts cost money and annoy; an address is a whole site's, so its limit is a setting."""
    limits.take(f"code:{mobile}", PER_QUARTER_HOUR, timedelta(minutes=15), now)
    limits.take(f"code-day:{mobile}", PER_DAY, timedelta(days=1), now)
    per_hour = current_app.config["CODES_PER_ADDRESS"]
    limits.take(f"code-from:{address}", per_hour, timedelta(hours=1), now)


def seconds_to_resend(mobile: str, *, visitor: str, now: datetime) -> int:
    """How long this browser waits before it may ask for another code; 0 when it may."""
    last = _last(mobile, visitor)
    if last is None:
        return 0
    wait: timedelta = last.created_at + RESEND_AFTER - now
    return max(ceil(wait.total_seconds()), 0)


def prove_mobile(mobile: str, typed: str, *, visitor: str, now: datetime) -> None:
    """Accept the right code once, or raise why not.

    Raises Problem `code_wrong`, `code_expired`, or `code_spent` after five wrong tries. A code of
    another browser is as wrong as any other. What is no code at all is no try: `code_incomplete`.
    """
    code = _plain(typed)
    if len(code) != CODE_LENGTH:
        raise Problem("code_incomplete")
    outcome = _try(mobile, code, visitor, now)
    if outcome is not None:
        raise Problem(outcome)


def _plain(typed: str) -> str:
    """People type codes in Arabic digits and paste them with spaces."""
    return "".join(character for character in latin_digits(typed) if character.isdecimal())


@transaction
def _try(mobile: str, code: str, visitor: str, now: datetime) -> str | None:
    """Count the try, then compare; returns the reason of a failure, so that the count is kept."""
    last = _last(mobile, visitor)
    if last is None or last.used_at is not None:
        return "code_wrong"
    if last.expires_at <= now:
        return "code_expired"
    # one conditional statement counts: five parallel guesses are five tries, whatever the order
    counted = db.session.execute(
        update(SignInCode)
        .where(SignInCode.id == last.id, SignInCode.tries < TRIES, SignInCode.used_at.is_(None))
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode.tries)
    ).first()
    if counted is None:
        return "code_spent"
    if not any(hmac.compare_digest(mac, last.code_mac) for mac in _macs(mobile, code)):
        return "code_spent" if counted.tries >= TRIES else "code_wrong"
    return None if _use(last.id, now) else "code_wrong"


def _use(code_id: int, now: datetime) -> bool:
    used = db.session.execute(
        update(SignInCode)
        .where(SignInCode.id == code_id, SignInCode.used_at.is_(None))
        .values(used_at=now)
        .returning(SignInCode.id)
    ).first()
    return used is not None


def _last(mobile: str, visitor: str) -> AnyRow | None:
    c = SignInCode
    return db.session.execute(
        select(c.id, c.code_mac, c.created_at, c.expires_at, c.used_at)
        .where(c.mobile == mobile, c.visitor == visitor_sha(visitor))
        .order_by(c.id.desc())
        .limit(1)
    ).first()


def _macs(mobile: str, code: str) -> list[str]:
    """Keyed, because a million codes are tried in a second against a plain hash; today's first."""
    text = f"sign-in-code:{mobile}:{code}".encode()
    return [hmac.new(s.encode(), text, hashlib.sha256).hexdigest() for s in secrets_in_use()]
