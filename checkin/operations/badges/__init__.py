"""Badges: a volunteer's own printed code, and checking in whoever hands one over."""

from checkin.operations.badges.issuing import (
    Printable,
    code_of,
    history_of,
    make,
    people_at,
    people_on,
    printables,
    reissue,
    revoke,
)
from checkin.operations.badges.reading import (
    Owner,
    Read,
    kind_at,
    own_reading,
    owner_of,
    read,
    undo,
    whose,
)

__all__ = [
    "Owner",
    "Printable",
    "Read",
    "code_of",
    "history_of",
    "kind_at",
    "make",
    "own_reading",
    "owner_of",
    "people_at",
    "people_on",
    "printables",
    "read",
    "reissue",
    "revoke",
    "undo",
    "whose",
]
