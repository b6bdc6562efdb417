"""Money in whole halalas: what minutes are worth, averages, and amounts as they are typed."""

import re

from checkin.domain.errors import Problem
from checkin.domain.text import latin_digits

HALALAS = 100
"""In a riyal."""
MOST_PER_HOUR = 10_000 * HALALAS
"""No rate is higher: 10,000 riyals an hour."""
USUAL_PER_HOUR = (7 * HALALAS, 115 * HALALAS)
"""Published Saudi figures run from 7 to 112 riyals an hour; an average outside of 7 to 115 wants
a second look."""
_AMOUNT = re.compile(
    r"(?P<riyals>[0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2})([.,](?P<halalas>[0-9]{1,2}))?"
)
"""A comma before three digits parts thousands, before one or two at the end halalas."""


def value_of(minutes: int, halalas_per_hour: int) -> int:
    """What `minutes` are worth, in halalas: minutes ÷ 60 × rate, half a halala rounded up.

    Each approval is valued and rounded for itself, then summed, so that the parts of a total add
    up to it. The rate is that of the type of volunteering on the day of work, frozen with the
    decision (decision 17).
    """
    return (minutes * halalas_per_hour + 30) // 60


def average_per_hour(value_halalas: int, valued_minutes: int) -> int | None:
    """Halalas an hour, half a halala rounded up; nothing when nothing was valued."""
    if valued_minutes == 0:
        return None
    return (2 * 60 * value_halalas + valued_minutes) // (2 * valued_minutes)


def is_unusual(halalas_per_hour: int) -> bool:
    """Whether an average an hour leaves what was ever published."""
    least, most = USUAL_PER_HOUR
    return not least <= halalas_per_hour <= most


def parse_amount(text: str) -> int:
    """Riyals as they are typed, 21.67, 21,67 or ٢١٫٦٧, in halalas.

    Raises Problem `amount_unreadable`.
    """
    match = _AMOUNT.fullmatch(latin_digits(text).strip())
    if match is None:
        raise Problem("amount_unreadable")
    riyals, halalas = match["riyals"].replace(",", ""), match["halalas"] or "0"
    return int(riyals) * HALALAS + int(halalas.ljust(2, "0"))
