"""The facts the demo is built from, as `facts.json` has them."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Season(NamedTuple):
    """A past season: its days, the ones that were busiest, and what it must add up to."""

    first_on: date
    last_on: date
    busy: tuple[date, date]
    minutes: int
    beneficiaries: int
    course_attendances: int
    volunteers: int


@cache
def facts() -> dict[str, Any]:
    """Everything in the file."""
    read: dict[str, Any] = json.loads(Path(__file__).with_name("facts.json").read_text("utf-8"))
    return read


def season() -> Season:
    told = facts()["season"]
    first_busy, last_busy = map(date.fromisoformat, told["busy"])
    return Season(
        date.fromisoformat(told["first_on"]),
        date.fromisoformat(told["last_on"]),
        (first_busy, last_busy),
        told["hours"] * 60,
        told["beneficiaries"],
        told["course_attendances"],
        told["volunteers"],
    )
