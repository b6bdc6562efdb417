"""Messages posted as JSON to an SMS gateway over HTTPS."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from checkin.operations.senders.sending import NotSent, Sender

TIMEOUT_SECONDS = 3
_WORTH_ANOTHER_TRY = (408, 409, 425, 429)


class _StayHere(HTTPRedirectHandler):
    """A redirect would carry the key and the code to an address nobody has set."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = build_opener(_StayHere)


def sender(settings: Mapping[str, Any]) -> Sender:
    """Posts `{"to", "text", "from", "id"}` to SENDER_URL with SENDER_TOKEN as a bearer."""
    address, token = settings["SENDER_URL"], settings["SENDER_TOKEN"]
    name = settings["SENDER_NAME"]

    def post(mobile: str, text: str, once: str) -> None:
        content = {"to": mobile, "text": text, "from": name, "id": once}
        request = Request(address, json.dumps(content, ensure_ascii=False).encode(), method="POST")
        request.add_header("Content-Type", "application/json; charset=utf-8")
        request.add_header("Idempotency-Key", once)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        _post(request)

    return post


def _post(request: Request) -> None:
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS):
            pass
    except HTTPError as refusal:
        final = refusal.code < 500 and refusal.code not in _WORTH_ANOTHER_TRY
        refusal.close()
        raise NotSent(f"gateway answered {refusal.code}", final=final) from None
    except (URLError, TimeoutError, HTTPException, OSError) as fault:
        reason = getattr(fault, "reason", fault)
        raise NotSent(f"gateway unreachable: {type(reason).__name__}") from None
