"""What the platform's file looks like: its columns, their order and headings, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from checkin.database import transaction
from checkin.domain.errors import Problem
from checkin.domain.text import clean_text
from checkin.operations import audit, settings

SETTING = "platform_file"
LONGEST_HEADING = 60


class Part(StrEnum):
    """What a column of the file may hold."""

    NAME = "name"
    NAME_LATIN = "name_latin"
    MOBILE = "mobile"
    GENDER = "gender"
    OPPORTUNITY = "opportunity"
    SERVICE = "service"
    CAMPAIGN = "campaign"
    TYPE = "type"
    FIRST_ON = "first_on"
    LAST_ON = "last_on"
    HOURS = "hours"
    ATTENDANCES = "attendances"


class Hours(StrEnum):
    """How the platform takes hours."""

    DECIMAL = "decimal"
    """4.08: hundredths of an hour."""
    WHOLE = "whole"
    """4: the nearest whole hour, a half one upwards."""
    CLOCK = "clock"
    """4:05: hours and minutes."""


WORDS = ("general", "skilled", "professional", "man", "woman")
"""Types of volunteering and genders, which the platform may call otherwise than we do."""
USUAL = (
    *(Part.NAME, Part.MOBILE, Part.OPPORTUNITY, Part.FIRST_ON, Part.LAST_ON, Part.HOURS),
    Part.TYPE,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns in their order, each with its heading; an empty heading or word is ours."""

    columns: tuple[tuple[Part, str], ...] = tuple((part, "") for part in USUAL)
    hours: Hours = Hours.DECIMAL
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for part, _heading in self.columns)

    @property
    def is_usual(self) -> bool:
        return self == Shape()


def chosen() -> Shape:
    """What the organisation chose, or the usual."""
    kept = settings.kept(SETTING)
    if kept is None:
        return Shape()
    columns = tuple((Part(code), heading) for code, heading in kept["columns"])
    return Shape(columns, Hours(kept["hours"]), kept["words"])


@transaction
def choose(shape: Shape, *, by: int, now: datetime) -> None:
    """Let files look like this from now on.

    Problems: `platform_columns_missing` where nobody could be told by it or no hours are said,
    `platform_heading_twice` (fact `heading`), and those of `clean_text`.
    """
    shape = checked(shape)
    settings.keep(SETTING, _plain(shape), by, now)
    audit.note("platform.shape", "settings", None, by=by, at=now, columns=list(shape.parts))


@transaction
def choose_usual(*, by: int, now: datetime) -> None:
    settings.forget(SETTING)
    audit.note("platform.shape", "settings", None, by=by, at=now, columns=list(USUAL))


def checked(shape: Shape) -> Shape:
    """The same with its words as they are kept; Problems as in `choose`."""
    parts = set(shape.parts)
    if Part.HOURS not in parts or not parts & {Part.NAME, Part.MOBILE}:
        raise Problem("platform_columns_missing")
    columns = tuple((part, clean_text(heading, LONGEST_HEADING)) for part, heading in shape.columns)
    said = [heading for _part, heading in columns if heading]
    twice = next((heading for heading in said if said.count(heading) > 1), None)
    if twice is not None:
        raise Problem("platform_heading_twice", heading=twice)
    words = {code: clean_text(shape.words.get(code, ""), LONGEST_HEADING) for code in WORDS}
    return Shape(columns, shape.hours, {code: word for code, word in words.items() if word})


def _plain(shape: Shape) -> dict[str, Any]:
    columns = [[str(part), heading] for part, heading in shape.columns]
    return {"columns": columns, "hours": str(shape.hours), "words": dict(shape.words)}


def whole_hours(minutes: int) -> int:
    """The nearest, a half one upwards."""
    return (minutes + 30) // 60


def as_said(minutes: int, hours: Hours) -> int:
    """The minutes that are left of these when hours are written like this."""
    return whole_hours(minutes) * 60 if hours is Hours.WHOLE else minutes
