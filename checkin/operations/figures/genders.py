"""Figures of men, women and those who did not say; together they are the total.

So what was changed in closed months counts here as it does there (`late.py`).
"""

from collections.abc import Mapping
from typing import NamedTuple

from checkin.operations.figures.definitions import GENDERS, Totals
from checkin.operations.figures.dimensions import Keys

UNSAID, MAN, WOMAN = 0, 1, 2
_WORDS = dict(zip((MAN, WOMAN, UNSAID), GENDERS, strict=True))


class Share(NamedTuple):
    """What people of one gender did; who was entered twice and merged counts as the one kept."""

    volunteers: int = 0
    approved_minutes: int = 0
    attendances: int = 0


def shares_of(found: Mapping[Keys, Totals]) -> dict[int, Share]:
    """Of what was counted by gender: keyed by `UNSAID`, `MAN` and `WOMAN`, always all three."""
    return {one: _share(found.get((word,), Totals())) for one, word in _WORDS.items()}


def _share(totals: Totals) -> Share:
    return Share(totals.volunteers, totals.approved_minutes, totals.attendances)
