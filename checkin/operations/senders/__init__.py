"""Ways to bring a message to a mobile: one small module each, chosen by the setting SENDER."""

from collections.abc import Callable, Mapping
from typing import Any

from checkin.operations.senders import console, file, http_json
from checkin.operations.senders.sending import NotSent, Sender

__all__ = ["NotSent", "Sender", "chosen"]

_KINDS: dict[str, Callable[[Mapping[str, Any]], Sender]] = {
    "console": console.sender,
    "file": file.sender,
    "http": http_json.sender,
}


def chosen(settings: Mapping[str, Any]) -> Sender:
    """The sender that the settings name; KeyError for one that does not exist."""
    return _KINDS[settings["SENDER"]](settings)
