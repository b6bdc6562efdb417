"""Messages added to a file, one JSON line each: for tests and for gateways that watch a folder."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checkin.operations.senders.sending import NotSent, Sender


def sender(settings: Mapping[str, Any]) -> Sender:
    path = Path(settings["SENDER_FILE"] or "messages.jsonl")

    def add(mobile: str, text: str, once: str) -> None:
        line = json.dumps({"to": mobile, "text": text, "id": once}, ensure_ascii=False) + "\n"
        try:
            # readable by its owner only: the lines hold sign-in codes
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "ab") as out:
                out.write(line.encode())
        except OSError as fault:
            raise NotSent(f"file: {fault.strerror}") from fault

    return add
