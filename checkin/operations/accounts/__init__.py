"""Opening accounts: proving a mobile or a password, registering, vouching, own data."""

from checkin.operations.accounts.codes import (
    CODE_LENGTH,
    CODE_LIVES,
    RESEND_AFTER,
    prove_mobile,
    request_code,
    seconds_to_resend,
    visitor_sha,
)
from checkin.operations.accounts.forgetting import forget_passed
from checkin.operations.accounts.guardians import (
    prove_guardian,
    record_guardian_consent,
    request_guardian_code,
)
from checkin.operations.accounts.own_record import own_record
from checkin.operations.accounts.registration import (
    Candidate,
    Registration,
    people_with,
    register,
    sign_in,
)
from checkin.operations.accounts.staff import (
    Checked,
    accept_invitation,
    change_password,
    check_password,
    check_totp,
    enrol_totp,
    invite_staff,
    invited,
    new_totp_secret,
    remove_totp,
    set_password,
    staff_sign_in,
)
from checkin.operations.accounts.vouching import (
    OwnRequest,
    PendingSignIn,
    confirm_sign_in,
    own_request,
    pending_sign_ins,
    redeem_confirmation,
    request_confirmation,
)

__all__ = [
    "CODE_LENGTH",
    "CODE_LIVES",
    "RESEND_AFTER",
    "Candidate",
    "Checked",
    "OwnRequest",
    "PendingSignIn",
    "Registration",
    "accept_invitation",
    "change_password",
    "check_password",
    "check_totp",
    "confirm_sign_in",
    "enrol_totp",
    "forget_passed",
    "invite_staff",
    "invited",
    "new_totp_secret",
    "own_record",
    "own_request",
    "pending_sign_ins",
    "people_with",
    "prove_guardian",
    "prove_mobile",
    "record_guardian_consent",
    "redeem_confirmation",
    "register",
    "remove_totp",
    "request_code",
    "request_confirmation",
    "request_guardian_code",
    "seconds_to_resend",
    "set_password",
    "sign_in",
    "staff_sign_in",
    "visitor_sha",
]
