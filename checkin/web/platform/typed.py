"""What was typed about the columns and words of the file, and what of it cannot be."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from checkin.domain.errors import Problem
from checkin.domain.plausibility import parse_count
from checkin.domain.text import clean_text
from checkin.operations import platform
from checkin.operations.platform import LONGEST_HEADING, Hours, Part, Shape
from checkin.web import errors
from checkin.web.digits import num
from checkin.web.i18n import in_language
from checkin.web.platform import words

LAST_PLACE = 99
_AT_THE_END = LAST_PLACE + 1
"""Where no place was typed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One column the file may have, as it stands in the form."""

    part: Part
    is_used: bool
    place: str
    heading: str


@dataclass(frozen=True, slots=True)
class Typed:
    rows: Sequence[Row]
    hours: Hours
    words: Mapping[str, str]

    @property
    def used(self) -> list[Row]:
        return [row for row in self.rows if row.is_used]

    @property
    def shape(self) -> Shape:
        """The columns ticked, by the number beside each; those without one as they stood."""
        in_order = sorted(self.used, key=lambda row: _number(row.place) or _AT_THE_END)
        return Shape(tuple((row.part, row.heading) for row in in_order), self.hours, self.words)


def sent() -> Typed:
    form = request.form
    rows = [
        Row(
            part,
            f"use-{part}" in form,
            form.get(f"place-{part}", ""),
            form.get(f"heading-{part}", ""),
        )
        for part in _ordered(platform.chosen())
    ]
    hours = form.get("hours", "")
    return Typed(
        rows,
        Hours(hours) if hours in list(Hours) else Hours.DECIMAL,
        {code: form.get(f"word-{code}", "") for code in platform.WORDS},
    )


def of(shape: Shape, before: Sequence[Row] = ()) -> Typed:
    """As a form has it; headings of columns not ticked as they were `before`."""
    headings = {row.part: row.heading for row in before} | dict(shape.columns)
    used = shape.parts
    rows = [
        Row(part, part in used, str(place) if part in used else "", headings.get(part, ""))
        for place, part in enumerate(_ordered(shape), 1)
    ]
    return Typed(rows, shape.hours, shape.words)


def _ordered(shape: Shape) -> list[Part]:
    """The columns of the file, then those it could have."""
    return [*shape.parts, *(part for part in Part if part not in shape.parts)]


def faults(typed: Typed) -> dict[str, str]:
    """What is wrong, by the name of the field it stands beside."""
    texts = dict(_of_texts(typed))
    return {**(texts or dict(_of_twice(typed))), **dict(_of_places(typed))}


def _of_texts(typed: Typed) -> Iterator[tuple[str, str]]:
    said = {f"heading-{row.part}": row.heading for row in typed.used}
    said |= {f"word-{code}": word for code, word in typed.words.items()}
    for name, text in said.items():
        try:
            clean_text(text, LONGEST_HEADING)
        except Problem as problem:
            yield name, errors.sentence(problem)


def _of_places(typed: Typed) -> Iterator[tuple[str, str]]:
    numbers = Counter(_number(row.place) for row in typed.used)
    for row in typed.used:
        number = _number(row.place)
        if number is not None and not 0 < number <= LAST_PLACE:
            high = num(LAST_PLACE)
            said = _("Enter a number from %(low)s to %(high)s", low=num(1), high=high)
            yield f"place-{row.part}", said
        elif number is not None and numbers[number] > 1:
            yield (
                f"place-{row.part}",
                _("Another column has this place too. Number one of them otherwise"),
            )


def _number(text: str) -> int | None:
    """Nothing where none was typed, nought for what is no number."""
    try:
        return parse_count(text)
    except Problem:
        return 0


def _of_twice(typed: Typed) -> Iterator[tuple[str, str]]:
    """Also with the headings of columns that have none of their own, in either language."""
    for language in ("ar", "en"):
        with in_language(language):
            named = {row.part: _heading(row) for row in typed.used}
        numbers = Counter(map(str.casefold, named.values()))
        for part, heading in named.items():
            if numbers[heading.casefold()] > 1:
                twice = Problem("platform_heading_twice", heading=heading)
                yield f"heading-{part}", errors.sentence(twice)


def _heading(row: Row) -> str:
    return clean_text(row.heading, LONGEST_HEADING) or str(words.COLUMNS[row.part])
