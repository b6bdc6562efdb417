"""What is kept, and what is possible, for a time that nobody chooses: how long, and why."""

from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from checkin.domain import clocks, hours
from checkin.operations import accounts, merging
from checkin.operations.approvals.appealing import APPEAL_WITHIN
from checkin.operations.floor import REQUEST_KEPT
from checkin.web.words import counted

FOR_GOOD = None
FIXED = (
    (_l("Scans, hours and decisions"), FOR_GOOD, _l("They prove what counted.")),
    (_l("The audit log"), FOR_GOOD, _l("Each entry is sealed to the one before it.")),
    (
        _l("Taking merged entries apart"),
        merging.UNDO_WITHIN,
        _l("What was moved is remembered that long; then only who became whom."),
    ),
    (
        _l("Codes and requests to sign in, once they are over"),
        accounts.KEPT_FOR,
        _l("To see what went wrong when somebody calls."),
    ),
    (
        _l("Scans a phone saved without a network"),
        clocks.KEPT_FOR,
        _l("Later ones are kept too, and a supervisor decides."),
    ),
    (
        _l("Requests to be checked in"),
        REQUEST_KEPT,
        _l("Supervisors see them that long. The scan itself stays."),
    ),
    (
        _l("Taking back one’s own scan"),
        hours.UNDO_WITHIN,
        _l("After that a supervisor corrects it."),
    ),
    (
        _l("Closing a forgotten check-out, after the shift’s end"),
        hours.AUTO_CLOSE_AFTER,
        _l("Nothing counts until the volunteer or a supervisor says when it ended."),
    ),
    (
        _l("Objecting to a decision"),
        APPEAL_WITHIN,
        _l("While those who were there remember the shift."),
    ),
)


def fixed_times() -> list[tuple[str, str, str]]:
    """What, for how long, and the reason."""
    session = timedelta(hours=current_app.config["STAFF_HOURS"])
    last = (_("Staff stay signed in"), session, _("Whoever runs the server sets it."))
    return [(str(what), _said(length), str(why)) for what, length, why in (*FIXED, last)]


def _said(length: timedelta | None) -> str:
    if length is FOR_GOOD:
        return _("For good")
    if length.days:
        return counted("days", length.days)
    minutes = length.seconds // 60
    return counted("minutes", minutes) if minutes % 60 else counted("hours", minutes // 60)
