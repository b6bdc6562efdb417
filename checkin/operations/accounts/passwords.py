"""Passwords of staff: what is good enough, how they are kept, how much work a check may cost."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from checkin.domain.errors import Problem

SHORTEST = 12
LONGEST = 128
"""Longer ones are refused before any work is spent on them."""

# OWASP's and ASVS's minimum for argon2id: 19 MiB, two passes, one lane; 23 ms on a small server.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(2)
WAIT_SECONDS = 2.0

_POPULAR = """
    password passwort passw0rd qwerty qwertyuiop qwertyuiopasdf asdfghjkl zxcvbnm azerty letmein
    welcome admin administrator administration changeme secret default master superman batman
    football baseball sunshine princess dragon monkey shadow michael jordan iloveyou trustno
    whatever starwars computer internet server manager supervisor coordinator volunteer
    volunteers checkin haram masjid alharam masjidalharam grandmosque makkah mecca madinah saudi
    saudiarabia riyadh jeddah allah bismillah mohammed muhammad mohammad ahmed abdullah ramadan
    islam muslim kingdom المسجد المسجدالحرام الحرام مكة متطوع متطوعين
"""
_COMMON = frozenset(_POPULAR.split())
"""What remains of popular passwords without the digits and signs people add to them."""
_DISGUISES = str.maketrans("0134578@$!", "oieastbasi")
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def check_strength(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Length and novelty, no rules about signs and capitals (they make people predictable).

    `about` holds words that are easy to guess for this person: name, e-mail. Raises Problem
    `password_short` (fact `shortest`), `password_long` (fact `longest`), `password_common`.
    """
    if len(password) < SHORTEST:
        raise Problem("password_short", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise Problem("password_long", longest=LONGEST)
    if _is_common(password, about):
        raise Problem("password_common")


def _is_common(password: str, about: tuple[str, ...]) -> bool:
    plain = password.casefold()
    if re.fullmatch(r"(.{1,6}?)\1+.{0,5}", plain, re.DOTALL):
        return True  # abcabcabcabc
    if any(plain[:8] in row or plain[:8] in row[::-1] for row in _ROWS):
        return True  # 123456789abc
    easy = _COMMON | {part for text in about for part in re.split(r"[\W\d_]+", text.casefold())}
    worn = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    bare = {_bare(plain), _bare(worn.translate(_DISGUISES))}
    return bool(bare & easy) or not any(bare)


def _bare(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text)


def hashed(password: str) -> str:
    with _one_of_few():
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the one; as much work for an unknown account as for a known one.

    Raises Problem `busy` when too many are being checked at once.
    """
    if len(password) > LONGEST:
        return False
    with _one_of_few():
        try:
            right = _hasher.verify(kept or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the cost has been raised since this hash was made."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Each hash takes 19 MiB: a crowd at the door must not take all memory."""
    if not _at_once.acquire(timeout=WAIT_SECONDS):
        raise Problem("busy")
    try:
        yield
    finally:
        _at_once.release()
