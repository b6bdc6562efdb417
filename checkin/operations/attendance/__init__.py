"""Checking in and out: every carrier of a code ends at `record_scan`."""

from checkin.operations.attendance.recording import (
    Answer,
    Reading,
    derived_uid,
    lock_volunteer,
    record_scan,
)
from checkin.operations.attendance.refolding import refold
from checkin.operations.attendance.situation import Unsettled, look, unsettled_of
from checkin.operations.attendance.sweep import close_forgotten

__all__ = [
    "Answer",
    "Reading",
    "Unsettled",
    "close_forgotten",
    "derived_uid",
    "lock_volunteer",
    "look",
    "record_scan",
    "refold",
    "unsettled_of",
]
