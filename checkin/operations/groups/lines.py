"""Many names at once, as they are pasted: one person a line, with the mobile behind the name."""

import re
from dataclasses import dataclass

from checkin.domain.errors import Problem
from checkin.domain.text import clean_name, latin_digits
from checkin.operations.groups.naming import Named
from checkin.operations.mobiles import normal_mobile

LONGEST_LIST = 100_000
"""Characters of a list; a thousand lines have room in it."""
_NUMBERED = re.compile(r"^\s*[0-9]{1,3}\s*[.)-]\s+")
_MARKS = re.compile(r"[,،;؛\t|]+")
_NUMBER = re.compile(r"[+(]?[0-9][0-9 ()+.-]{6,}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something: its number on the page, what was typed, and what it means."""

    number: int
    text: str
    meant: Named | Problem


def read_lines(text: str) -> list[Line]:
    """The lines of a list; blank ones say nothing. Problem `list_too_long`."""
    if len(text) > LONGEST_LIST:
        raise Problem("list_too_long")
    lines = enumerate(text.splitlines(), 1)
    return [Line(number, line.strip(), _read(line)) for number, line in lines if line.strip()]


def _read(line: str) -> Named | Problem:
    """«3. Noura Saad, 0551234567» in its parts, and of somebody under 18 the guardian's mobile
    behind it; commas of either script, tabs or other marks stand between the numbers."""
    plain = _NUMBERED.sub("", _MARKS.sub(" ; ", latin_digits(line)))
    numbers = _NUMBER.findall(plain)
    try:
        name = clean_name(_NUMBER.sub(" ", plain).replace(";", " "))
        if not numbers:
            raise Problem("member_mobile_missing")
        if len(numbers) > 2:
            raise Problem("mobiles_many")
        mobile, *guardian = [normal_mobile(number, foreign=True) for number in numbers]
    except Problem as problem:
        return Problem("member_name_missing") if problem.code == "name_missing" else problem
    return Named(name=name, mobile=mobile, guardian_mobile=guardian[0] if guardian else None)
