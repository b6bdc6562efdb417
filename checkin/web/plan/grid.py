"""Where each shift stands in the week's grid: a table of eight columns a day, three hours each.

A block is one day wide, so that its words fit, and holds a ruler on which its hours are drawn to
scale. A shift over midnight is one block too: it is moved across the day's border as far as the
shift goes, so that blocks of the same hours on following days stand side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from checkin.models import Lane, Shift, Site

A_DAY = timedelta(days=1)
MINUTES = 24 * 60
PARTS = 8
"""Columns of one day."""
PART = MINUTES // PARTS
WIDTH = 7 * PARTS


@dataclass(frozen=True, slots=True)
class Block:
    """One shift: columns from `start` up to `end`, and minutes on a ruler as long as the block."""

    shift: Shift
    start: int
    end: int
    begins: int
    lasts: int
    goes_on: bool
    """Ends beyond the last day shown."""
    goes_back: bool = False
    """Began before the first day shown."""

    @property
    def length(self) -> int:
        return (self.end - self.start) * PART

    @property
    def is_overnight(self) -> bool:
        return self.end % PARTS != 0 or self.goes_on or self.goes_back


@dataclass(frozen=True, slots=True)
class Cell:
    """Some columns of one line: a block, or room on a day."""

    span: int
    day: date
    block: Block | None = None
    begins_day: bool = False


@dataclass(slots=True)
class Line:
    """A line of blocks that do not meet."""

    blocks: list[Block] = field(default_factory=list)

    def takes(self, block: Block) -> bool:
        return all(block.start >= other.end or block.end <= other.start for other in self.blocks)

    def cells(self, first: date) -> Iterator[Cell]:
        """The blocks and the room between them, which is cut where a day ends."""
        at = 0
        for block in sorted(self.blocks, key=lambda block: block.start):
            yield from _room(at, block.start, first)
            border = block.start % PARTS == 0
            yield Cell(block.end - block.start, max(block.shift.work_on, first), block, border)
            at = block.end
        yield from _room(at, WIDTH, first)


@dataclass(frozen=True, slots=True)
class Row:
    """A site as a whole, or one of its lanes, with as many lines as its shifts need."""

    site: Site
    lane: Lane | None
    lines: list[list[Cell]]


def rows(
    first: date, sites: Sequence[Site], planned: Sequence[Shift]
) -> list[tuple[Site, list[Row]]]:
    """Each site with a row for itself and one for every lane with shifts."""
    by_place = {
        place: list(shifts) for place, shifts in groupby(sorted(planned, key=_place), key=_place)
    }
    table = []
    for site in sites:
        lanes = [lane for lane in site.lanes if (site.id, lane.id) in by_place]
        whole = by_place.get((site.id, 0), [])
        own = [_row(first, site, None, whole)] if whole or not lanes else []
        table.append(
            (site, own + [_row(first, site, lane, by_place[site.id, lane.id]) for lane in lanes])
        )
    return table


def _place(shift: Shift) -> tuple[int, int]:
    return shift.site_id, shift.lane_id or 0


def _row(first: date, site: Site, lane: Lane | None, planned: Sequence[Shift]) -> Row:
    lines: list[Line] = []
    blocks = [block_of(shift, first, site.zone) for shift in planned]
    for block in sorted(blocks, key=lambda one: (one.is_overnight, one.begins, one.start)):
        line = next((line for line in lines if line.takes(block)), None)
        if line is None:
            lines.append(line := Line())
        line.blocks.append(block)
    return Row(site, lane, [list(line.cells(first)) for line in lines or [Line()]])


def block_of(shift: Shift, first: date, zone: str) -> Block:
    """Where the shift stands; one that began before the week stands on its first day."""
    day = max(shift.work_on, first)
    begins, ends = (_minutes(at, day, zone) for at in (shift.starts_at, shift.ends_at))
    goes_back, begins = begins < 0, max(begins, 0)
    moved = max(0, -(-(ends - MINUTES) // PART))
    start = (day - first).days * PARTS + moved
    end = min(start + PARTS, WIDTH)
    begins, ends = begins - moved * PART, ends - moved * PART
    shown = (end - start) * PART
    return Block(shift, start, end, begins, min(ends, shown) - begins, ends > shown, goes_back)


def _minutes(at: datetime, day: date, zone: str) -> int:
    local = at.astimezone(ZoneInfo(zone))
    return (local.date() - day).days * MINUTES + local.hour * 60 + local.minute


def _room(at: int, until: int, first: date) -> Iterator[Cell]:
    while at < until:
        stop = min(until, (at // PARTS + 1) * PARTS)
        yield Cell(stop - at, first + at // PARTS * A_DAY, begins_day=at % PARTS == 0)
        at = stop
