"""Checking in and out: every carrier of a code ends at `record_scan`."""

from checkin.operations.attendance.recording import (
    Answer,
    Reading,
    derived_uid,
    lock_volunteer,
    record_scan,
)
from checkin.operations.attendance.situation import Unsettled, look, unsettled_of

__all__ = [
    "Answer",
    "Reading",
    "Unsettled",
    "derived_uid",
    "lock_volunteer",
    "look",
    "record_scan",
    "unsettled_of",
]
