"""Records in plain words for staff: flags, states, evidence, reasons, decisions, requests."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from checkin.domain.evidence import Evidence, Flag
from checkin.domain.scanning import Verdict
from checkin.domain.welfare import Limit
from checkin.web.digits import num
from checkin.web.filters import duration_after, isolate

FLAGS: dict[str, Any] = {
    Flag.NO_CHECK_OUT: _l("No check-out"),
    Flag.END_CLAIMED: _l("End stated by the volunteer"),
    Flag.END_UNKNOWN: _l("The volunteer does not remember the end"),
    Flag.SHORTER: _l("Shorter than planned"),
    Flag.LONGER: _l("Longer than planned"),
    Flag.EARLY_IN: _l("Early check-in"),
    Flag.LATE_IN: _l("Late check-in"),
    Flag.MANUAL: _l("Manual, no code"),
    Flag.OFF_ROSTER: _l("Not on the roster"),
    Flag.OVERLAP: _l("Overlaps another record"),
    Flag.OUT_TWICE: _l("Checked out twice"),
    Flag.ORPHAN_OUT: _l("Check-out without a check-in"),
    Flag.MANY_BENEFICIARIES: _l("High beneficiaries"),
    Flag.FEW_BENEFICIARIES: _l("Low beneficiaries"),
    Flag.LATE_AFTER_DECISION: _l("A scan arrived after the decision"),
    Flag.SHIFT_CANCELLED: _l("The shift was cancelled"),
    Flag.NO_MINUTES: _l("No time inside the shift"),
    Flag.LONG: _l("Very long"),
    Flag.OFFLINE: _l("Recorded offline"),
    Flag.OFTEN_OFFLINE: _l("More than two shifts offline this month"),
    Flag.LATE_UPLOAD: _l("Sent more than 15 minutes later"),
    Flag.CLOCK_SKEW: _l("The phone’s clock was wrong"),
    Flag.CLOCK_JUMP: _l("The phone’s clock was changed before sending"),
    Flag.STALE: _l("Sent too late to count by itself"),
    Flag.DISPLAY_UNSYNCED: _l("The display’s clock was not checked"),
    Flag.IMPOSSIBLE_TRAVEL: _l("Two sites too close in time"),
    Flag.SHARED_DEVICE: _l("The same phone served two volunteers"),
    Flag.NEW_DEVICE: _l("New phone"),
    Flag.BURST: _l("Many check-ins within seconds"),
    Flag.FAR_AWAY: _l("Far from the site"),
    Flag.LOCATION_DENIED: _l("Location not shared"),
    Flag.PRINTED_CODE: _l("Printed code instead of the display’s"),
    Flag.FAMILY_PHONE: _l("Family phone"),
    Flag.RELIEVED: _l("Checked out by the volunteer who took over"),
    Flag.TAKEN_OVER: _l("The post was taken over"),
}
CONCERNS: dict[str, Any] = {
    Limit.MINOR_AT_NIGHT: _l("Under 18 at night"),
    Limit.LITTLE_REST: _l("Little rest"),
    Limit.LONG_DAY: _l("Long day"),
    Limit.HEAVY_TOO_LONG: _l("Long at heavy work"),
    Limit.COURSE_MISSING: _l("Course not attended"),
    Limit.COURSE_EXPIRED: _l("Course no longer valid"),
}
"""What speaks for looking after a volunteer; whole sentences are in `concern_words`."""
STATES: dict[str, tuple[str, str, Any]] = {
    "open": ("ok", "check", _l("Checked in")),
    "closed": ("note", "clock", _l("Waiting for approval")),
    "unclosed": ("note", "alert", _l("No check-out")),
    "cancelled": ("plain", "undo", _l("Taken back")),
    "proposed": ("info", "users", _l("Waiting for a second person")),
    "approved": ("ok", "check", _l("Approved")),
    "rejected": ("bad", "x", _l("Rejected")),
    "voided": ("plain", "x", _l("Set aside")),
}
"""Kind and icon of the tag, and its words."""
EVIDENCE: dict[str, tuple[str, Any]] = {
    Evidence.WITNESSED: ("eye", _l("Seen by a supervisor")),
    Evidence.LIVE: ("qr", _l("Code on the screen")),
    Evidence.TYPED: ("edit", _l("Code typed in")),
    Evidence.POSTER: ("qr", _l("Printed code")),
    Evidence.OFFLINE: ("cloud-off", _l("Recorded offline")),
    Evidence.CLAIMED: ("hand", _l("Stated, without a code")),
}
REASONS: dict[str, Any] = {
    "no_phone": _l("No phone"),
    "phone_fails": _l("Phone not working"),
    "cannot_scan": _l("Can’t scan"),
    "not_present": _l("Was not present"),
    "wrong_shift": _l("Belongs to another shift"),
    "duplicate": _l("Recorded twice"),
    "task_finished": _l("Task finished"),
    "emergency": _l("Emergency"),
    "supervisor_asked": _l("Supervisor asked"),
    "forgot": _l("Forgot to scan"),
    "seen_leaving": _l("Checked out in person"),
    "moved": _l("Moved by a supervisor"),
    "with_group": _l("Came with a group"),
    "corrected": _l("Time corrected"),
    "seen": _l("I saw when the work began and ended"),
    "agreed": _l("Agreed with the volunteer"),
    "outside_plan": _l("Worked outside the planned time"),
    "rested": _l("Has rested"),
    "easier_work": _l("Easier work today"),
    "takes_turns": _l("Takes turns with others"),
    "guardian_agrees": _l("The guardian agrees"),
    "with_own_group": _l("With own group and its leader"),
    "trained_elsewhere": _l("Trained elsewhere"),
    "with_somebody_trained": _l("Serves beside somebody trained"),
    "closed_early": _l("Closed too early"),
    "decision_wrong": _l("A decision has to be corrected"),
    "came_late": _l("Scans arrived later"),
    "objection": _l("A volunteer objects"),
    "other": _l("Other reason"),
}
ACTIONS: dict[str, Any] = {
    "approve": _l("Approved"),
    "adjust": _l("Adjusted"),
    "propose": _l("Adjustment proposed"),
    "confirm": _l("Adjustment confirmed"),
    "refuse": _l("Adjustment refused"),
    "return": _l("Asked the volunteer"),
    "reject": _l("Rejected"),
    "withdraw": _l("Decision undone"),
    "reopen": _l("Reopened"),
    "appeal": _l("Objection by the volunteer"),
    "void": _l("Set aside"),
}
SCANS: dict[str, Any] = {
    "in": _l("Check-in"),
    "out": _l("Check-out"),
    "undo": _l("Undo"),
    "forgot": _l("Does not remember the end"),
}
REQUESTS: dict[str, Any] = {
    Verdict.EARLY: _l("Before check-in opened"),
    Verdict.CLOSED: _l("After check-in closed"),
    Verdict.OTHER_SITE: _l("Expected at another site"),
    Verdict.FULL: _l("The shift is full"),
    Verdict.NO_SHIFT: _l("No shift here for this volunteer"),
    Verdict.SHIFT_CANCELLED: _l("The shift was cancelled"),
    Verdict.HELD: _l("The coordinator has to be seen first"),
    Verdict.STALE: _l("Recorded offline and sent too late to count by itself"),
}
"""Why a kept check-in waits for a supervisor."""


def reason_choices(codes: Iterable[str]) -> list[SelectChoice]:
    """Reasons to choose from in a form; whether one was chosen is for the act to say."""
    return [SelectChoice(code, REASONS[code]) for code in codes]


def reason_words(kept: str) -> str:
    """A kept reason (`code` or `code: words`) in the reader's language; own words as typed."""
    code, _colon, added = kept.partition(": ")
    if code == "other" and added:
        return added
    said = str(REASONS.get(code, kept))
    return _("%(reason)s: %(words)s", reason=said, words=added) if added else said


def about_scan(scan: Any) -> list[str]:
    """What came with one scan besides its code: who saw it, how far, how wrong a clock, and why
    it asks for a second look."""
    return [*_seen(scan), *(str(FLAGS[flag]) for flag in scan.flags if flag not in _IN_NUMBERS)]


_IN_NUMBERS = (Flag.CLOCK_SKEW, Flag.FAR_AWAY)
"""Reasons that are said with their number."""


def _seen(scan: Any) -> Iterator[str]:
    if scan.seen_by:
        yield _("Seen by %(name)s", name=isolate(scan.seen_by))
    if scan.distance_m is not None:
        yield _("%(metres)s m from the site", metres=num(scan.distance_m))
    if Flag.CLOCK_SKEW in scan.flags:
        yield _clock_words(scan)


def _clock_words(scan: Any) -> str:
    """By how much a phone's clock was wrong when it sent; it may have been set right since."""
    if scan.device_sent_at is None:
        return str(FLAGS[Flag.CLOCK_SKEW])
    wrong = scan.received_at - scan.device_sent_at
    by = duration_after(round(abs(wrong.total_seconds()) / 60))
    if wrong.total_seconds() > 0:
        return _("The phone’s clock was %(duration)s slow", duration=by)
    return _("The phone’s clock was %(duration)s fast", duration=by)
