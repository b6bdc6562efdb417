"""Codes on paper and on screens: Crockford's base 32, made at random and read forgivingly.

The alphabet leaves out I, L, O and U, so that a code survives being read aloud, typed and printed;
all its characters are in the small "alphanumeric" set of a QR code.
"""

import re
import secrets
from collections.abc import Callable

from checkin.domain.text import latin_digits

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
SHORT_CODE_LENGTH = 6

RandomBits = Callable[[int], int]

_MISTAKEN = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_WORD = re.compile(f"[{ALPHABET}]*")


def new_code(random_bits: RandomBits = secrets.randbits) -> str:
    """26 characters that carry 128 random bits: nobody can guess a code that exists."""
    return encode(random_bits(128), CODE_LENGTH)


def new_short_code(random_bits: RandomBits = secrets.randbits) -> str:
    """6 characters to type when a camera fails: 30 bits, unique only by a database constraint."""
    return encode(random_bits(5 * SHORT_CODE_LENGTH), SHORT_CODE_LENGTH)


def read_code(text: str) -> str | None:
    """The code as it is stored, or None when `text` cannot be one.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1; Arabic digits are digits.
    26 characters could hold 130 bits, so a first character above 7 is no code of ours.
    """
    code = _read(text, CODE_LENGTH)
    return code if code and code[0] <= "7" else None


def read_short_code(text: str) -> str | None:
    """The typed code as it is stored, or None; as forgiving as `read_code`."""
    return read_typed(text, SHORT_CODE_LENGTH)


def read_typed(text: str, length: int) -> str | None:
    """A code of another length that somebody typed, or None."""
    return _read(text, length)


def encode(number: int, length: int) -> str:
    """`number` in `length` characters, most significant first, padded with zeros."""
    if not 0 <= number < 32**length:
        raise ValueError(f"{number} does not fit {length} characters")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def decode(code: str) -> int:
    """The number of a code that was read before; ValueError for anything else."""
    number = 0
    for character in code:
        number = number << 5 | ALPHABET.index(character)
    return number


def _read(text: str, length: int) -> str | None:
    code = _SEPARATORS.sub("", latin_digits(text)).upper().translate(_MISTAKEN)
    return code if len(code) == length and _WORD.fullmatch(code) else None
