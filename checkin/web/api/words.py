"""What a verdict means to whoever sent the scan: to the volunteer, or to who read or entered it."""

from typing import Any

from flask_babel import lazy_gettext as _l

from checkin.domain.scanning import Verdict
from checkin.web.record_words import REQUESTS

TO_VOLUNTEER: dict[Verdict, Any] = {
    Verdict.CHECKED_IN: _l("You’re checked in"),
    Verdict.CHECKED_OUT: _l("You’re checked out"),
    Verdict.ALREADY_IN: _l("You’re already checked in"),
    Verdict.OPEN_ELSEWHERE: _l("You’re still checked in elsewhere"),
    Verdict.OTHER_SITE: _l("This is a different site"),
    Verdict.EARLY: _l("It’s too early"),
    Verdict.CLOSED: _l("Check-in has closed"),
    Verdict.FULL: _l("This shift is full"),
    Verdict.WALK_IN: _l("You can join an open shift at this site"),
    Verdict.NO_SHIFT: _l("You have no shift today"),
    Verdict.SHIFT_CANCELLED: _l("This shift was cancelled"),
    Verdict.HELD: _l("Check-in isn’t available for your account. Please see the coordinator"),
    Verdict.OLD_POSTER: _l("This poster is out of date. Scan the new one or see the supervisor"),
    Verdict.EXPIRED: _l("This code has expired"),
    Verdict.STALE: _l("Sent too late to count by itself. Please see the supervisor"),
    Verdict.UNDONE: _l("It was taken back"),
    Verdict.NOT_UNDONE: _l("It can’t be undone any more. The supervisor can correct it"),
    Verdict.ORPHAN_OUT: _l("Your check-out is kept, but no check-in is known"),
    Verdict.LATE_AFTER_DECISION: _l(
        "The supervisor has already decided about this shift. Your scan is kept"
    ),
}
TO_SUPERVISOR: dict[Verdict, Any] = {
    **TO_VOLUNTEER,
    **REQUESTS,
    Verdict.CHECKED_IN: _l("Checked in"),
    Verdict.CHECKED_OUT: _l("Checked out"),
    Verdict.ALREADY_IN: _l("Already checked in"),
    Verdict.OPEN_ELSEWHERE: _l("Still checked in elsewhere"),
    Verdict.WALK_IN: _l("Not on the roster"),
    Verdict.NOT_UNDONE: _l("It is too late to undo. Correct the record when approving"),
    Verdict.ORPHAN_OUT: _l("Check-out without a check-in"),
    Verdict.LATE_AFTER_DECISION: _l("A scan arrived after the decision"),
}

MISSING = _l("This person, shift or site is not within reach")
"""What was named does not exist, or not for whoever asks."""


def about(verdict: Verdict, *, own: bool) -> str:
    """One sentence; the whole story stands on the receipt's page."""
    words = TO_VOLUNTEER if own else TO_SUPERVISOR
    return str(words.get(verdict, words[Verdict.NO_SHIFT]))
