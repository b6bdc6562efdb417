"""What every sender does, and how it says that it could not."""

from typing import Protocol


class NotSent(Exception):
    """The message did not leave; `final` when trying again cannot help.

    The reason is kept beside the message, so it never holds the text, the number or a key.
    """

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Sender(Protocol):
    def __call__(self, mobile: str, text: str, once: str) -> None:
        """Send `text`; `once` lets a gateway drop a repetition. Raises `NotSent`."""
