"""Messages printed in the terminal: for trying things out, refused in production."""

import sys
from collections.abc import Mapping
from typing import Any

from checkin.operations.senders.sending import Sender


def sender(settings: Mapping[str, Any]) -> Sender:
    return _show


def _show(mobile: str, text: str, once: str) -> None:
    sys.stdout.write(f"--- SMS to {mobile}\n{text}\n---\n")
    sys.stdout.flush()
