"""A lane's shared count of people served: tapping it, and sharing it among those who were there."""

from checkin.operations.tally.sharing import Share, hold_lane, settle, share_of, shares
from checkin.operations.tally.tapping import (
    Counted,
    Tap,
    last_taps,
    lead_reach,
    tap,
    taps_of,
    undo_uid,
)

__all__ = [
    "Counted",
    "Share",
    "Tap",
    "hold_lane",
    "last_taps",
    "lead_reach",
    "settle",
    "share_of",
    "shares",
    "tap",
    "taps_of",
    "undo_uid",
]
