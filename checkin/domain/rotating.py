"""The rotating code of a screen: a new one each half minute, made and checked with one day's key.

A token is 39 characters: the root key's id (1), the screen's number (6), the half minute (6) and
128 bits of HMAC-SHA-256 (26). The screen holds the keys of today and tomorrow only, so it shows
codes all day without a network and knows nothing about any other day. Days here are UTC days, so
that screen and server agree without a time zone. Fields of a message are text with one byte of
length before each: no two lists of fields give the same bytes. `tests/domain/rotating_vectors.json`
holds examples that the screen's script must reproduce.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from checkin.domain.codes import ALPHABET, CODE_LENGTH, decode, encode

PERIOD = timedelta(seconds=30)
TYPED_PERIOD = timedelta(seconds=60)
TOKEN_LENGTH = 39

_WINDOW_LENGTH = 6
_MAC_BYTES = 16
_DIGEST_BYTES = hashlib.sha256().digest_size
_TOKEN = re.compile(f"[{ALPHABET}{ALPHABET.lower()}]{{{TOKEN_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says about itself; nothing of it is true before `verify`."""

    key_id: str
    number: str
    window: int
    mac: str


def hkdf(secret: bytes, info: bytes, salt: bytes = b"", length: int = _DIGEST_BYTES) -> bytes:
    """Keys for one purpose each from one secret: HKDF-SHA-256, RFC 5869."""
    extracted = hmac.digest(salt or bytes(_DIGEST_BYTES), secret, hashlib.sha256)
    block, key = b"", b""
    for count in range(1, -(-length // _DIGEST_BYTES) + 1):
        block = hmac.digest(extracted, block + info + bytes([count]), hashlib.sha256)
        key += block
    return key[:length]


def key_id(root: bytes) -> str:
    """One character that says which root a token was made with; not unique, only a hint."""
    return ALPHABET[hmac.digest(root, b"vc1|I|", hashlib.sha256)[0] & 31]


def key_of_day(root: bytes, number: str, site_id: int, epoch: int, day: date) -> bytes:
    """The 32 bytes one screen may know on one UTC day; a higher `epoch` makes them useless."""
    return hkdf(root, _message("vc1|K|", number, site_id, epoch, f"{day:%Y%m%d}"))


def token(key_id: str, key: bytes, number: str, site_id: int, epoch: int, window: int) -> str:
    """The token a screen shows during `window`, made with the key of that window's day."""
    mac = _mac(key, number, site_id, epoch, window)
    return f"{key_id}{number}{encode(window, _WINDOW_LENGTH)}{mac}"


def read_token(text: str) -> Token | None:
    """The parts of a token, upper or lower case; None when `text` is none. Nobody types these."""
    if not _TOKEN.fullmatch(text):
        return None
    code = text.upper()
    number, window, mac = code[1:7], decode(code[7:13]), code[13:]
    return Token(code[0], number, window, mac)


def verify(token: Token, key: bytes, site_id: int, epoch: int) -> bool:
    """Whether this token was made with `key`, for this site and epoch."""
    expected = _mac(key, token.number, site_id, epoch, token.window)
    return hmac.compare_digest(expected, token.mac)


def window_of(at: datetime) -> int:
    """The half minute, counted since 1970, in which `at` lies."""
    return int(at.timestamp()) // int(PERIOD.total_seconds())


def bounds(window: int) -> tuple[datetime, datetime]:
    """When a window begins and ends; its end is the next one's beginning."""
    start = datetime(1970, 1, 1, tzinfo=UTC) + window * PERIOD
    return start, start + PERIOD


def day_of(window: int) -> date:
    """The UTC day whose key makes this window's token."""
    return bounds(window)[0].date()


def accepted(window: int, touched_at: datetime) -> bool:
    """Whether a code of `window` counts as seen at `touched_at`.

    The window before is for a slow phone, the one after for a screen whose clock is ahead.
    """
    return abs(window - window_of(touched_at)) <= 1


def minute_of(at: datetime) -> int:
    """The minute, counted since 1970, whose six digits a screen shows at `at`."""
    return int(at.timestamp()) // int(TYPED_PERIOD.total_seconds())


def six_digits(key: bytes, number: str, site_id: int, epoch: int, minute: int) -> str:
    """What a screen shows beside its picture for typing; 48 bits make every digit as likely."""
    digest = hmac.digest(key, _message("vc1|N|", number, site_id, epoch, minute), hashlib.sha256)
    return f"{int.from_bytes(digest[:6]) % 1_000_000:06}"


def _mac(key: bytes, number: str, site_id: int, epoch: int, window: int) -> str:
    digest = hmac.digest(key, _message("vc1|R|", number, site_id, epoch, window), hashlib.sha256)
    return encode(int.from_bytes(digest[:_MAC_BYTES]), CODE_LENGTH)


def _message(label: str, *fields: str | int) -> bytes:
    texts = [str(field).encode() for field in fields]
    return label.encode() + b"".join(bytes([len(text)]) + text for text in texts)
