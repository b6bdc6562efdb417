"""How many people one volunteer can serve: reading the number, and asking about an odd one."""

import re
from typing import Literal

from checkin.domain.errors import Problem
from checkin.domain.text import latin_digits

MOST_BENEFICIARIES = 100_000

Judgement = Literal["ok", "high", "low"]

_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")


def parse_count(text: str | None) -> int | None:
    """The number a person typed; None for blank, because blank is not zero.

    Arabic and Persian digits and grouped thousands (1,000) are read. Raises Problem
    `count_invalid` (fact `max`) for decimals, signs, words and numbers above 100,000.
    """
    typed = latin_digits(text or "").strip()
    if not typed:
        return None
    # A longer run of digits than the largest number needs is refused before it is converted.
    if not _WHOLE.fullmatch(typed) or len(typed) > 12:
        raise Problem("count_invalid", max=MOST_BENEFICIARIES)
    count = int(typed.replace(",", ""))
    if count > MOST_BENEFICIARIES:
        raise Problem("count_invalid", max=MOST_BENEFICIARIES)
    return count


def judge_beneficiaries(
    count: int, minutes: int, low_per_hour: int | None, high_per_hour: int | None
) -> Judgement:
    """Whether a count lies in the band that is usual for its service.

    Pushing a wheelchair serves a few people an hour, a crowd lane hundreds, so the band belongs to
    the service; a missing bound is not judged. Outside the band a person is asked once more and
    the record gets a flag; nothing is ever refused. Anything under an hour is held against a whole
    hour's upper bound and never called low: twenty people in five minutes may be one group.
    """
    if high_per_hour is not None and count * 60 > high_per_hour * max(minutes, 60):
        return "high"
    if low_per_hour is not None and minutes >= 60 and count * 60 < low_per_hour * minutes:
        return "low"
    return "ok"
