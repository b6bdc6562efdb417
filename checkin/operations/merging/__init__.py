"""People entered twice: found, compared, merged, taken apart again within thirty days."""

from checkin.operations.merging.candidates import (
    Pair,
    Reason,
    Standing,
    beside,
    page_of,
    standings,
    twin_of,
)
from checkin.operations.merging.comparing import Comparison, Overlap, compare
from checkin.operations.merging.fields import FIELDS
from checkin.operations.merging.joining import UNDO_WITHIN, merge, merges_of, set_apart
from checkin.operations.merging.undoing import forget_passed, undo

__all__ = [
    "FIELDS",
    "UNDO_WITHIN",
    "Comparison",
    "Overlap",
    "Pair",
    "Reason",
    "Standing",
    "beside",
    "compare",
    "forget_passed",
    "merge",
    "merges_of",
    "page_of",
    "set_apart",
    "standings",
    "twin_of",
    "undo",
]
