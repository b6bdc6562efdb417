"""The signed session in a cookie: Flask's own, without what it would do anew at every request."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimedSerializer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

SHORT = 1000
"""Bytes. Compressing fewer saves some thirty, and costs more than all else about a session."""


class Signer(URLSafeTimedSerializer):
    """Compresses only what is long; reads either."""

    def dump_payload(self, obj: Any) -> bytes:
        plain = TimedSerializer.dump_payload(self, obj)
        return base64_encode(plain) if len(plain) < SHORT else super().dump_payload(obj)


class Sessions(SecureCookieSessionInterface):
    """Signed as Flask signs them, by a signer that is made once for the keys."""

    def get_signing_serializer(self, app: Flask) -> Signer:
        return _signer((*app.config["SECRET_KEY_FALLBACKS"], app.secret_key))


@lru_cache
def _signer(keys: tuple[str | bytes, ...]) -> Signer:
    return Signer(
        list(keys),  # the last one signs
        salt=Sessions.salt,
        serializer=Sessions.serializer,
        signer_kwargs={
            "key_derivation": Sessions.key_derivation,
            "digest_method": Sessions.digest_method,
        },
    )


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
