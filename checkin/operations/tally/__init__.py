"""A lane's shared count of people served: tapping it, and sharing it among those who were there."""

from checkin.operations.tally.reading import (
    LastTap,
    Seen,
    amount_of,
    counts_by_lane,
    lane_within,
    seen,
)
from checkin.operations.tally.sharing import Share, hold_lane, settle, share_of, shares, taps_of
from checkin.operations.tally.tapping import (
    Counted,
    Tap,
    check_usual,
    lead_reach,
    tap,
    undo_uid,
    why_not,
)

__all__ = [
    "Counted",
    "LastTap",
    "Seen",
    "Share",
    "Tap",
    "amount_of",
    "check_usual",
    "counts_by_lane",
    "hold_lane",
    "lane_within",
    "lead_reach",
    "seen",
    "settle",
    "share_of",
    "shares",
    "tap",
    "taps_of",
    "undo_uid",
    "why_not",
]
