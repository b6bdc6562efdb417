"""Time-based one-time passwords (RFC 6238): SHA-1, six digits, half a minute each."""

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one half minute since 1970; ValueError for a secret that is not base 32."""
    try:
        key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    except binascii.Error as fault:
        raise ValueError("a secret is base 32") from fault
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which step this code belongs to, the present or the one before; nothing when neither."""
    present = int(now.timestamp()) // STEP_SECONDS
    if not secret or len(code) != DIGITS:
        return None
    for step in (present, present - 1):
        if hmac.compare_digest(code_at(secret, step), code):
            return step
    return None


def secret_of(random_bytes: bytes) -> str:
    """The spelling that authenticator apps read."""
    return base64.b32encode(random_bytes).decode().rstrip("=")


def address(secret: str, account: str, issuer: str) -> str:
    """What an authenticator app scans."""
    label = quote(f"{issuer}:{account}")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
    )
