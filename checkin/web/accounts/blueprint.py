"""The blueprint that all pages about accounts share, and their sentences."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from checkin.web import errors

bp = Blueprint("accounts", __name__)

errors.sentences(
    no_mobile=_l("There is no mobile number to send messages to. Ask the coordinator to add one"),
    mobile_invalid=_l("The number is incomplete. Enter 9 digits after +966, like 50 123 4567"),
    mobile_invalid_abroad=_l(
        "The number is incomplete. Enter it with its country code, like +20 100 123 4567"
    ),
    code_wrong=_l("That code is not right"),
    code_expired=_l("That code has expired. We sent a new one"),
    code_incomplete=_l("The code has 6 digits. Enter all of them"),
    code_spent=_l("Too many tries. A new code is needed"),
    too_many=_l("Too many tries. Try again in %(duration)s"),
    resend_early=_l("You can resend in %(duration)s"),
    messages_spent=_l("Codes can’t be sent right now. Ask the supervisor to confirm"),
    busy=_l("Many people are signing in. Try again in a moment"),
    guardian_same=_l(
        "The guardian’s mobile is the same as yours. The coordinator can record the consent"
    ),
    guardian_own=_l("That is your own mobile. Enter your guardian’s"),
    not_confirmed=_l("The supervisor has not confirmed yet"),
    confirmation_refused=_l("The number did not match. Ask again, or use a code"),
    confirmation_over=_l("This request has ended. Ask again"),
    number_wrong=_l("That is not the number on the phone. One try is left"),
    sign_in_wrong=_l("The e-mail or the password is not right"),
    totp_wrong=_l("That code is not right. Enter the newest one"),
    totp_there=_l("An authenticator is set up already"),
    password_short=_l("Use at least %(shortest)s characters"),
    password_long=_l("Use at most %(longest)s characters"),
    password_common=_l("Many people would guess this password. Choose another"),
    invitation_over=_l("This invitation was used or has ended. Ask for a new one"),
    own_enrolment=_l("Another supervisor must make the code for your own phone"),
    enrolment_over=_l("This code no longer works"),
    email_missing=_l("Add an e-mail address first"),
)
