"""The floor: who is at a site now, who is expected, who has left, who waits for a supervisor."""

from checkin.operations.floor.arrivals import delivered, entry_by, is_receipt_number
from checkin.operations.floor.boards import Board, Line, Presence, board, mark_of
from checkin.operations.floor.marks import REACHES_BACK, mark_at
from checkin.operations.floor.places import (
    Stage,
    opens_at,
    people_now,
    shifts_among,
    shifts_at,
    sites_of,
    stage_of,
)
from checkin.operations.floor.requests import REQUEST_KEPT, decline, requests_at

__all__ = [
    "REACHES_BACK",
    "REQUEST_KEPT",
    "Board",
    "Line",
    "Presence",
    "Stage",
    "board",
    "decline",
    "delivered",
    "entry_by",
    "is_receipt_number",
    "mark_at",
    "mark_of",
    "opens_at",
    "people_now",
    "requests_at",
    "shifts_among",
    "shifts_at",
    "sites_of",
    "stage_of",
]
