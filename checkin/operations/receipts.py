"""Receipts: our signed word about a time or a scan, kept by phones and shown to us again.

A time receipt proves that a phone heard from us no earlier than it says, so a scan made while the
phone held it is no older. A scan receipt proves that we kept a scan with this very content. Both
begin with a letter for their kind, then the time in milliseconds, then 128 bits of HMAC-SHA-256.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from checkin.domain.codes import ALPHABET, CODE_LENGTH, decode, encode
from checkin.operations.keys import key_for, keys_for

_TIME, _SCAN, _PERSON = "T", "S", "P"
_TIME_LENGTH = 9
_LENGTH = 1 + _TIME_LENGTH + CODE_LENGTH
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def of_time(now: datetime) -> str:
    """Our signed time, for a phone to keep."""
    return _signed(_TIME, now)


def read_time(receipt: str | None, now: datetime) -> datetime | None:
    """The time a receipt proves, never in the future; nothing for one that is not ours."""
    at = _read(receipt, _TIME)
    return min(at, now) if at else None


def of_scan(uid: str, payload_sha: str, received_at: datetime) -> str:
    """Our signed word that this scan was kept when it says."""
    return _signed(_SCAN, received_at, uid, payload_sha)


def read_scan(receipt: str | None, uid: str, payload_sha: str) -> datetime | None:
    """When we kept this scan, by its receipt; nothing when it is not about this content."""
    return _read(receipt, _SCAN, uid, payload_sha)


def reference_of(person_id: int) -> str:
    """A name for a person that says nothing: a phone tells by it whose scans it keeps."""
    return _mac(key_for("receipt"), _PERSON, str(person_id))


def is_reference_of(reference: str, person_id: int) -> bool:
    """Whether a phone means this person, also by a name from before the key was changed."""
    names = [_mac(key, _PERSON, str(person_id)) for key in keys_for("receipt")]
    return any(hmac.compare_digest(name.encode(), reference.encode()) for name in names)


def number_of(uid: str) -> str:
    """The four digits under which a supervisor asks for a scan that waits on a phone.

    The phone shows the same ones, made from the scan's id alone, before anything was sent.
    """
    digest = hashlib.sha256(uid.lower().encode()).digest()
    return f"{int.from_bytes(digest) % 10_000:04}"


def _signed(kind: str, at: datetime, *facts: str) -> str:
    time = encode((at - _EPOCH) // _MILLISECOND, _TIME_LENGTH)
    return f"{kind}{time}{_mac(key_for('receipt'), kind, time, *facts)}"


def _read(receipt: str | None, kind: str, *facts: str) -> datetime | None:
    if not receipt or len(receipt) != _LENGTH or receipt[0] != kind:
        return None
    time, mac = receipt[1 : 1 + _TIME_LENGTH], receipt[1 + _TIME_LENGTH :]
    if not set(receipt) <= set(ALPHABET):
        return None
    made = [_mac(key, kind, time, *facts) for key in keys_for("receipt")]
    if not any(hmac.compare_digest(one, mac) for one in made):
        return None
    return _EPOCH + decode(time) * _MILLISECOND


def _mac(key: bytes, kind: str, *facts: str) -> str:
    """128 bits over labelled facts, each with its length before it: no two lists look alike."""
    parts = [fact.encode() for fact in facts]
    message = f"vc1|{kind}|".encode() + b"".join(bytes([len(part)]) + part for part in parts)
    digest = hmac.digest(key, message, hashlib.sha256)
    return encode(int.from_bytes(digest[:16]), CODE_LENGTH)
