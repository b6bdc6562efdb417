"""Keys for one purpose each, all made from the installation's secret and none equal to it.

A token made for one purpose is worth nothing for another. When the secret is changed, the old one
goes to `SECRET_KEY_FALLBACKS` for a while, so that what is out there still reads.
"""

from functools import lru_cache

from flask import current_app

from checkin.domain.rotating import hkdf

PURPOSES = frozenset({"rotating", "receipt", "badge", "enrolment", "display pin", "unlock pin"})


def key_for(purpose: str) -> bytes:
    """The 32 bytes to sign with for this purpose."""
    return keys_for(purpose)[0]


def keys_for(purpose: str) -> list[bytes]:
    """The keys to check with, today's first; ValueError for a purpose nobody has named."""
    if purpose not in PURPOSES:
        raise ValueError(f"{purpose!r} is not in keys.PURPOSES")
    return [_derived(secret, purpose) for secret in secrets_in_use()]


def secrets_in_use() -> list[str]:
    """The installation's secret, and after it those it had before."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    return hkdf(secret.encode(), f"checkin|{purpose}".encode())
