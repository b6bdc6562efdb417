"""The blueprint that all pages about approvals share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors, record_words

bp = Blueprint("approvals", __name__)
bp.add_app_template_filter(record_words.reason_words)

errors.sentences(
    changed=_l("This record changed on another device. Showing the latest"),
    own_record=_l("Another supervisor must approve your own record"),
    own_entry_decision=_l("You entered this record by hand. Another supervisor must decide"),
    second_person=_l("A second person must confirm the adjustment you proposed"),
    still_open=_l("This volunteer is still checked in. Check them out first"),
    overlap_undecided=_l("This record overlaps another one. Adjust or reject it"),
    decision_final=_l("This shift is closed. A coordinator can reopen the record"),
    own_decision=_l("Another coordinator must look at a decision of your own"),
    why_missing=_l("Choose a reason. With “Other reason”, say which"),
    decided_before=_l("You decided about this record before. Somebody else decides now"),
    question_open=_l("A question is waiting for the volunteer’s answer already"),
    minutes_not_passed=_l(
        "Only %(passed)s have passed since check-in opened. Hours count once they have been worked"
    ),
    minutes_invalid=_l("Enter a time from 0 to 16 hours"),
)
