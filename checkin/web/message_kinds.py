"""What each message to mobiles is about, for staff."""

from flask_babel import lazy_gettext as _l

from checkin.operations import messages, reminders
from checkin.operations.approvals import telling as decided
from checkin.operations.openings import reminding, telling

KINDS = {
    "sign_in_code": _l("Sign-in code"),
    "guardian_code": _l("Code for a guardian"),
    "new_phone": _l("A new phone was signed in"),
    "shift_invitation": _l("Expected at a shift"),
    telling.SEAT_GIVEN: _l("A place became free"),
    telling.TAKEN_OFF: _l("Taken off a shift"),
    telling.MOVED: _l("Shift changed"),
    telling.CANCELLED: _l("Shift cancelled"),
    telling.RESTORED: _l("Shift takes place after all"),
    reminding.EVENING: _l("Shift tomorrow"),
    reminding.SOON: _l("Shift begins soon"),
    "check_in_opens": _l("Check-in is open"),
    reminders.TEMPLATE: _l("Still checked in"),
    decided.APPROVED: _l("Hours approved"),
    decided.ASKED: _l("Question about an attendance"),
    decided.REJECTED: _l("Attendance rejected"),
    decided.ANSWERED: _l("Objection decided"),
    messages.TEST: _l("Test message"),
}
"""In the order in which they are shown."""
