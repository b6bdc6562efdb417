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
    cannot_move,
    kind_at,
    open_at,
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
    "cannot_move",
    "code_of",
    "history_of",
    "kind_at",
    "make",
    "open_at",
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
