"""Charts on paper: the same marks as on the page, drawn as shapes in the reader's direction."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from checkin.web.charts import LEVELS, WHOLE, Chart, Columns, Course, Heat, Mark
from checkin.web.digits import num
from checkin.web.pdf import BLACK, Colour, Paper

# All measures are millimetres.
TITLE, TEXT, SMALL, LEADING = 3.5, 2.7, 2.4, 1.4
PAD, GAP = 3.0, 1.4
PLOT, BAR, DAY = 34.0, 1.9, 4.0
"""How high a plot is, the bar of one name, and a day of the week."""
INK, TRACK, LINE, SOFT = (22, 106, 69), (229, 236, 232), (208, 213, 210), (90, 90, 90)

Say = Callable[[str], str]
"""The language of a text, by which it is shaped."""


class Frame(NamedTuple):
    """Where on a sheet a drawing stands; everything in it is measured from the reader's side."""

    paper: Paper
    lang_of: Say
    from_the_right: bool
    x: float
    y: float
    width: float

    def left(self, gone: float, wide: float = 0) -> float:
        """The left edge of what begins so far from the side where reading begins."""
        return self.x + (self.width - gone - wide if self.from_the_right else gone)

    def within(self, gone: float, wide: float, down: float = 0) -> "Frame":
        return self._replace(x=self.left(gone, wide), y=self.y + down, width=wide)

    def box(self, gone: float, down: float, wide: float, high: float, fill: Colour) -> None:
        left = self.left(gone, wide)
        self.paper.box(left, self.y + down, wide, high, fill=fill, corner=0)

    def outline(self, gone: float, down: float, wide: float, high: float) -> None:
        self.paper.box(self.left(gone, wide), self.y + down, wide, high, edge=INK, corner=0)

    def rule(self, down: float, colour: Colour = LINE, thick: float = 0.15) -> None:
        self.paper.rule(self.x, self.x + self.width, self.y + down, colour, thick)

    def way(self, reached: int, target: int, due: int, down: float) -> None:
        """How much of a target is reached; the mark stands where an even pace would be."""
        self.box(0, down, self.width, BAR, TRACK)
        if reached > 0:
            self.box(0, down, self.width * min(reached, target) / target, BAR, INK)
        if 0 < due < target:
            even = self.width * due / target
            self.path([(even, down - 0.5), (even, down + BAR + 0.5)], BLACK, 0.4)

    def path(
        self, points: Sequence[tuple[float, float]], colour: Colour, thick: float, dash: float = 0
    ) -> None:
        places = [(self.left(gone), self.y + down) for gone, down in points]
        self.paper.path(places, colour, thick, dash)

    def say(
        self,
        text: str,
        down: float,
        size: float = SMALL,
        *,
        style: str = "",
        align: str = "start",
        colour: Colour = SOFT,
    ) -> None:
        sides = {"start": "L", "end": "R", "middle": "C"}
        if self.from_the_right:
            sides = {"start": "R", "end": "L", "middle": "C"}
        self.paper.ink(colour)
        # letters begin where bars do
        edge = self.paper.edge
        place: dict[str, Any] = {"x": self.x - edge, "width": self.width + 2 * edge}
        place["align"] = sides[align]
        lang, high = self.lang_of(text), size * LEADING
        self.paper.line(text, lang, self.y + down, high, size=size, style=style, **place)
        self.paper.ink(BLACK)

    def lines(self, text: str, size: float, style: str = "") -> list[str]:
        width = self.width + 2 * self.paper.edge
        return self.paper.wrapped(text, self.lang_of(text), width, size, style)

    def width_of(self, text: str, size: float = SMALL) -> float:
        return self.paper.width_of(text, self.lang_of(text), size) + GAP


def is_wide(chart: Chart) -> bool:
    """Time goes across the whole sheet, from one end to the other."""
    return isinstance(chart, Columns) and len(chart.ends) == 2


class Drawing:
    """A chart in its card: title, the sentence that reads it, the drawing, and what is noted."""

    def __init__(self, chart: Chart, frame: Frame) -> None:
        self._chart = chart
        inner = frame.within(PAD, frame.width - 2 * PAD)
        self._title = inner.lines(chart.title, TITLE, "B")
        self._reading = inner.lines(chart.reading, TEXT)
        self._note = inner.lines(chart.note, SMALL)

    @property
    def height(self) -> float:
        said = len(self._title) * TITLE + len(self._reading) * TEXT + len(self._note) * SMALL
        gaps = GAP * (2 if self._note else 1)
        return 2 * PAD + said * LEADING + _height(self._chart) + gaps

    def draw(self, frame: Frame, more: float = 0) -> None:
        """So much higher than it has to be, that it ends where its neighbour does."""
        high = self.height + more
        frame.paper.box(frame.x, frame.y, frame.width, high, edge=LINE, corner=1.5)
        inner = frame.within(PAD, frame.width - 2 * PAD, PAD)
        down = _said(inner, self._title, 0, TITLE, "B", BLACK)
        down = _said(inner, self._reading, down, TEXT) + GAP
        plot = inner._replace(y=inner.y + down)
        _draw(self._chart, plot, more)
        _said(inner, self._note, down + _height(self._chart) + more + GAP, SMALL)


def _said(
    frame: Frame,
    lines: Sequence[str],
    down: float,
    size: float,
    style: str = "",
    colour: Colour = SOFT,
) -> float:
    """How far down the next thing stands."""
    for words in lines:
        frame.say(words, down, size, style=style, colour=colour)
        down += size * LEADING
    return down


def _height(chart: Chart) -> float:
    line = SMALL * LEADING
    if isinstance(chart, Heat):
        return len(chart.rows) * DAY + line
    if isinstance(chart, Columns | Course):
        if not _is_drawn(chart):
            return 0
        below = 1 + bool(chart.keys) + bool(_ticks(chart))
        return SMALL / 2 + PLOT + GAP + line * below
    return len(chart.marks) * (TEXT * LEADING + BAR + GAP)


def _is_drawn(chart: Columns | Course) -> bool:
    """One column beside nothing says no more than the sentence does."""
    return isinstance(chart, Course) or len(chart.marks) > 1


def _draw(chart: Chart, frame: Frame, more: float) -> None:
    if isinstance(chart, Heat):
        _draw_heat(chart, frame, DAY + more / len(chart.rows))
    elif isinstance(chart, Columns | Course):
        if _is_drawn(chart):
            _draw_plot(chart, frame, PLOT + more)
    else:
        _draw_bars(chart, frame, more / max(len(chart.marks), 1))


# --- columns and courses -------------------------------------------------------------------


def _draw_plot(chart: Columns | Course, frame: Frame, high: float) -> None:
    scale = (chart.top_shown, chart.middle_shown, num(0))
    beside = max(map(frame.width_of, scale))
    names, down = frame.within(0, beside - GAP), SMALL / 2
    for place, text in enumerate(scale):
        names.say(text, down + place * high / 2 - SMALL * LEADING / 2, align="end")
    plot = frame.within(beside, frame.width - beside, down)
    for place in range(3):
        plot.rule(place * high / 2)
    if isinstance(chart, Columns):
        _draw_columns(chart, plot, high)
    else:
        _draw_course(chart, plot, high)
    below = high + GAP / 2
    if ticks := _ticks(chart):
        step = plot.width / len(chart.marks)
        for place, text in ticks:
            wide = plot.width_of(text)
            plot.within(place * step - wide / 2, wide).say(text, below, align="middle")
        below += SMALL * LEADING
    _ends(plot, chart.ends, below)
    if chart.keys:
        _keys(plot, chart, below + SMALL * LEADING)


def _ticks(chart: Columns | Course) -> tuple[tuple[float, str], ...]:
    return chart.ticks if isinstance(chart, Columns) else ()


def _draw_columns(chart: Columns, plot: Frame, whole: float) -> None:
    step = plot.width / len(chart.marks)
    for number, mark in enumerate(chart.marks):
        high, above = (whole * chart.height(one) / WHOLE for one in (mark.value, mark.second))
        wide = step * chart.breadth / 10
        gone = number * step + (step - wide) / 2
        if high:
            plot.box(gone, whole - high, wide, high, INK)
        if above:
            plot.outline(gone, whole - high - above, wide, above)


def _draw_course(chart: Course, plot: Frame, whole: float) -> None:
    def places(points: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
        return [(plot.width * x / WHOLE, whole * (WHOLE - y) / WHOLE) for x, y in points]

    plot.path(places(chart.even_points), SOFT, 0.35, dash=1.2)
    plot.path(places(chart.points), INK, 0.7)


def _ends(plot: Frame, ends: Sequence[str], down: float) -> None:
    """What stands below, from one side to the other as evenly as the words."""
    for number, text in enumerate(ends):
        wide = plot.width_of(text)
        part = number / max(len(ends) - 1, 1)
        align = "start" if not part else "end" if part == 1 else "middle"
        gone = min(max(plot.width * part - wide / 2, 0), plot.width - wide)
        plot.within(gone, wide).say(text, down, align=align)


def _keys(plot: Frame, chart: Columns | Course, down: float) -> None:
    gone, middle = 0.0, down + SMALL * LEADING / 2
    for number, text in enumerate(chart.keys):
        if isinstance(chart, Course):
            colour, dash = (SOFT, 1.2) if number else (INK, 0)
            plot.path([(gone, middle), (gone + 6, middle)], colour, 0.6, dash=dash)
            gone += 7
        else:
            if number:
                plot.outline(gone, middle - 1, 2, 2)
            else:
                plot.box(gone, middle - 1, 2, 2, INK)
            gone += 3
        wide = plot.width_of(text) + GAP
        plot.within(gone, wide).say(text, down)
        gone += wide + GAP


# --- bars, and hours of the week -----------------------------------------------------------


def _draw_bars(chart: Chart, frame: Frame, more: float) -> None:
    """With more room broad ones, and further from each other."""
    down, high = 0.0, BAR + min(more / 2, BAR)
    for mark in chart.marks:
        _draw_bar(mark, chart.most, frame, down, high)
        down += TEXT * LEADING + BAR + GAP + more


def _draw_bar(mark: Mark, most: int, frame: Frame, down: float, high: float) -> None:
    amount = frame.width_of(mark.shown, TEXT) + GAP
    frame.within(0, frame.width - amount).say(mark.text, down, TEXT, colour=BLACK)
    there = frame.within(frame.width - amount, amount)
    there.say(mark.shown, down, TEXT, style="B", align="end", colour=BLACK)
    below = down + TEXT * LEADING
    if mark.value > 0:
        frame.box(0, below, frame.width, high, TRACK)
        frame.box(0, below, frame.width * mark.value / most, high, INK)


def _draw_heat(chart: Heat, frame: Frame, high: float) -> None:
    beside = max(frame.width_of(name) for name, _marks in chart.rows)
    week = frame.within(beside, frame.width - beside)
    for day, (name, marks) in enumerate(chart.rows):
        frame.within(0, beside).say(name, day * high + (high - SMALL * LEADING) / 2)
        step = week.width / len(marks)
        for hour, mark in enumerate(marks):
            shade = _shade(chart.level(mark))
            week.box(hour * step, day * high + 0.2, step * 0.94, high - 0.4, shade)
    _ends(week, chart.ends, len(chart.rows) * high)


def _shade(level: int) -> Colour:
    """From the paper's track to full ink."""
    part = level / LEVELS
    red, green, blue = (
        round(pale + (ink - pale) * part) for pale, ink in zip(TRACK, INK, strict=True)
    )
    return red, green, blue
