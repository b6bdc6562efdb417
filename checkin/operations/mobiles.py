"""Telephone numbers as they are kept: E.164, whatever spelling a person typed."""

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from checkin.domain.errors import Problem
from checkin.domain.text import latin_digits

HOME = "SA"
LONGEST_TYPED = 40
_HOME_CODE = "+966"
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_MEANT = frozenset("0123456789+")


def normal_mobile(text: str, foreign: bool = False) -> str:
    """+966551234567 from 0551234567, 551234567, 966…, 00966…, ٠٥٥…, with or without spaces.

    Numbers of other countries only with `foreign`, and then with their country code. Raises
    Problem `mobile_invalid` for anything that is no mobile number.
    """
    number = _parsed(text)
    if number is None or phonenumbers.number_type(number) not in _MOBILE:
        raise Problem("mobile_invalid")
    if not foreign and phonenumbers.region_code_for_number(number) != HOME:
        raise Problem("mobile_invalid")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_abroad(mobile: str) -> bool:
    """Whether a number that is kept belongs to another country."""
    return not mobile.startswith(_HOME_CODE)


def normal_phone(text: str) -> str:
    """Any telephone number, a desk's too; Problem `phone_invalid` for what is none."""
    number = _parsed(text)
    if number is None:
        raise Problem("phone_invalid")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _parsed(text: str) -> PhoneNumber | None:
    """The number when it exists; letters are refused, which the library would dial as digits."""
    typed = latin_digits(text)
    if len(typed) > LONGEST_TYPED or any(character.isalpha() for character in typed):
        return None
    digits = "".join(character for character in typed if character in _MEANT)
    if digits.endswith("+"):  # pasted out of Arabic text, where the plus stands on the other side
        digits = "+" + digits.removesuffix("+")
    try:
        number = phonenumbers.parse(digits, HOME)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
