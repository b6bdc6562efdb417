"""Charts as plain numbers for `components/charts.html`, which draws them as SVG on the server.

Every chart has a title, a sentence that reads it, and its numbers as a table. Time runs in the
reader's direction: in Arabic the earliest stands at the right, and both ends are named in words.
Heights and places are whole thousandths of the chart, so pages need no style of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

WHOLE = 1000
LEVELS = 5
"""Shades of a heat map."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is counted: its value, and what the reader sees of it."""

    text: str
    value: int
    shown: str
    href: str | None = None
    second: int = 0
    """Of two parts, the one that stands on top of `value`."""
    cells: tuple[str, ...] = ()
    """The other cells of its row in the table."""
    links: tuple[str, ...] = ()
    """Where both parts lead by themselves, as their numbers in the table do; empty for nowhere."""

    @property
    def parts(self) -> tuple[str | None, str | None]:
        """Where each of its two parts leads."""
        below, above = self.links or (self.href, self.href)
        return below, above


@dataclass(frozen=True, slots=True)
class Chart:
    """What all charts have; `headings` are those of the table, the first for `text`."""

    title: str
    reading: str
    headings: tuple[str, ...]
    marks: Sequence[Mark]
    note: str = ""
    total: Mark | None = None
    """The last row of the table, where its rows add up."""

    @property
    def most(self) -> int:
        return max((mark.value + mark.second for mark in self.marks), default=0)


@dataclass(frozen=True, slots=True)
class Columns(Chart):
    """Columns over time or over the hours of a day, from nought to `top`."""

    top: int = 1
    top_shown: str = ""
    middle_shown: str = ""
    ends: tuple[str, ...] = ()
    """What stands below the chart, from the earliest to the latest."""
    ticks: tuple[tuple[float, str], ...] = ()
    """Names below some columns, each with how many columns stand before its place."""
    keys: tuple[str, ...] = ()
    """What the two parts of a column are, where it has two."""

    @property
    def breadth(self) -> float:
        """How much of its place a column takes, the place being 10: few are no blocks."""
        return min(8, round(len(self.marks) * 4 / 3, 2))

    def height(self, value: int) -> int:
        return part(value, self.top)


@dataclass(frozen=True, slots=True)
class Heat(Chart):
    """Hours of the week: a row for each day, a cell for each hour, darker the more there is."""

    rows: Sequence[tuple[str, Sequence[Mark]]] = ()
    ends: tuple[str, ...] = ()

    def level(self, mark: Mark) -> int:
        return -(-mark.value * LEVELS // self.most) if self.most and mark.value > 0 else 0


@dataclass(frozen=True, slots=True)
class Course(Chart):
    """What was reached over the days of a year, against going on evenly to the target."""

    top: int = 1
    top_shown: str = ""
    middle_shown: str = ""
    ends: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    points: Sequence[tuple[int, int]] = field(default_factory=tuple)
    """Days gone and what was reached by then, both of the whole."""
    target: int = 0

    @property
    def line(self) -> str:
        return _line(self.points)

    @property
    def even_points(self) -> Sequence[tuple[int, int]]:
        return (0, 0), (WHOLE, part(self.target, self.top))

    @property
    def even_line(self) -> str:
        return _line(self.even_points)


def _line(points: Sequence[tuple[int, int]]) -> str:
    """From above, as drawings measure."""
    return " ".join(f"{across},{WHOLE - up}" for across, up in points)


def part(value: int, of: int) -> int:
    """Whole thousandths; something is never nought, and less than nought is not drawn."""
    return min(max(value * WHOLE // of, 1), WHOLE) if of and value > 0 else 0


def neat(most: int, unit: int = 1) -> int:
    """The top of a scale that ends neatly and has a whole middle, in the same unit as `most`."""
    whole, scale = max(-(-most // unit), 1), 1
    while whole > 10 * scale:
        scale *= 10
    return next(step for step in (2, 4, 6, 8, 10) if step * scale >= whole) * scale * unit
