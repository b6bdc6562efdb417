"""Deciding about attendances: exceptions one by one, the matching rest at once."""

from checkin.operations.approvals.asking import ask
from checkin.operations.approvals.deciding import (
    Result,
    adjust,
    approve,
    approve_many,
    confirm,
    refuse,
    reject,
    reopen,
    void,
    withdraw,
    withdraw_many,
)
from checkin.operations.approvals.doubts import NOT_SEEN, OTHER_SITE, Reason
from checkin.operations.approvals.reasons import ADJUST_REASONS, REJECT_REASONS, written
from checkin.operations.approvals.sheet import (
    ANSWERED,
    APPEALED,
    Batch,
    Record,
    Sheet,
    Waiting,
    batch_of,
    decisions_of,
    record_of,
    scans_of,
    sheet_of,
    waiting_shifts,
)
from checkin.operations.approvals.times import Worked, worked

__all__ = [
    "ADJUST_REASONS",
    "ANSWERED",
    "APPEALED",
    "NOT_SEEN",
    "OTHER_SITE",
    "REJECT_REASONS",
    "Batch",
    "Reason",
    "Record",
    "Result",
    "Sheet",
    "Waiting",
    "Worked",
    "adjust",
    "approve",
    "approve_many",
    "ask",
    "batch_of",
    "confirm",
    "decisions_of",
    "record_of",
    "refuse",
    "reject",
    "reopen",
    "scans_of",
    "sheet_of",
    "void",
    "waiting_shifts",
    "withdraw",
    "withdraw_many",
    "worked",
    "written",
]
