"""Looking after volunteers: what speaks for a rest, and letting somebody serve all the same.

Nothing is kept by a scan: concerns follow from the attendances when they are shown, so a record
that was put right has none. An allowance is a remark that names the limits it is about.
"""

from checkin.operations.welfare.allowing import OTHER, REASONS, allow, reasons_for
from checkin.operations.welfare.concerns import (
    Allowance,
    Concern,
    Named,
    ahead,
    ahead_of,
    concerns,
    foreseen,
    unallowed,
)

__all__ = [
    "OTHER",
    "REASONS",
    "Allowance",
    "Concern",
    "Named",
    "ahead",
    "ahead_of",
    "allow",
    "concerns",
    "foreseen",
    "reasons_for",
    "unallowed",
]
