"""Tables on sheets of A4: the head, rows under headings on each sheet, totals and method."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select

from checkin.domain.errors import Problem
from checkin.domain.money import HALALAS
from checkin.operations.exporting import Book, Cell, Column, Figure, Kind, Table
from checkin.web import clock
from checkin.web.charts import Chart
from checkin.web.digits import clock_hours, in_digits, num
from checkin.web.exports.drawings import Drawing, Frame, is_wide
from checkin.web.filters import isolate
from checkin.web.pdf import BLACK, GREY, Colour, Paper

# All measures are millimetres on a sheet of A4.
SIDE, TOP, FOOT = 16.0, 14.0, 12.0
SHORT, LONG = 210.0, 297.0
UPRIGHT, WIDEST = 132, 196
"""Characters of all columns that fit an upright sheet, and one on its side."""
SMALL, TEXT, HEADING, TITLE = 2.7, 3.1, 4.2, 6.2
SIZES, NARROW = (TEXT, 2.8, 2.5), 0.33
"""Letters of a table that is to fit an upright sheet, and the part of them that one of a column of
words takes there at least."""
LEADING = 1.4
PAD, APART, SHORTEST = 1.2, 3.0, 75.0
GREEN, PALE, SOFT = (20, 87, 58), (236, 243, 239), (90, 90, 90)
LAST = 2
"""Rows of a table that its total takes with it."""
CARDS = 4
"""Figures beside each other at the head."""
CARD, WAY, SMALLER = 14.2, 3.0, 2.45
"""How high a card is without its notes, a way to a target in it, and the letters of its notes."""
GAP = 3.0
"""Between cards, and between charts."""
NARROWEST = 80.0
"""What a chart needs to be read."""
ALIKE, STRETCH = 0.25, 24.0
"""The part by which charts beside each other may differ in height, and by how much they grow."""
_NUMBERS = (
    *(Kind.NUMBER, Kind.ID, Kind.MONEY, Kind.PERCENT),
    *(Kind.MINUTES, Kind.CLOCK, Kind.DECIMAL_HOURS),
)


class _Row(NamedTuple):
    """What a row says, and whether it is the sum of those that follow."""

    texts: Sequence[str]
    is_sum: bool

    @property
    def style(self) -> str:
        return "B" if self.is_sum else ""


class Sheets(Paper):
    """The sheets: where on them the next thing stands, in the reader's direction."""

    def __init__(self, book: Book, pad: float = PAD) -> None:
        """`pad` stands above and below what a row says."""
        if any(_width(table) > WIDEST for table in book.tables):
            raise Problem("export_too_wide")
        super().__init__(book.title, clock.now(), lang=book.language)
        self._book, self._lang, self._pad = book, book.language, pad
        self._start, self._end = ("R", "L") if book.from_the_right else ("L", "R")
        self._room = SHORT - 2 * SIDE
        self._on_its_side = not all(map(self._upright, book.tables))
        self._width, self._height = (LONG, SHORT) if self._on_its_side else (SHORT, LONG)
        self._room = self._width - 2 * SIDE
        self._table: Table | None = None
        self._turn()

    # --- the head ---------------------------------------------------------------------------

    def head(self) -> None:
        book, head = self._book, self._book.head
        taken = self._logo()
        self._say(head.organisation, TEXT, "B", inset=taken)
        self._say(book.title, TITLE, "B", inset=taken)
        self.ink(SOFT)
        self._say(head.about, TEXT, inset=taken)
        self._say(head.compared, SMALL, inset=taken)
        self._say(head.taken, SMALL, inset=taken)
        self.ink(BLACK)
        self._y = max(self._y, TOP + 18 if taken else 0) + 2
        self.rule(SIDE, self._width - SIDE, self._y, GREEN, 0.8)
        self._y += 4
        self._figures()

    def _logo(self) -> float:
        """At the end of the lines; how much of them it takes."""
        png, size = self._book.head.logo, self._book.head.logo_size
        if png is None:
            return 0
        width, height = size[0] * (scale := min(36 / size[0], 18 / size[1])), size[1] * scale
        left = SIDE if self._end == "L" else self._width - SIDE - width
        self.picture(png, x=left, y=TOP, width=width, height=height)
        return width + 4

    def _say(self, text: str, size: float, style: str = "", inset: float = 0) -> None:
        """Lines across the sheet, as many as it takes."""
        if not text:
            return
        left = SIDE + (inset if self._end == "L" else 0)
        place: dict[str, Any] = {"x": left, "width": self._room - inset, "align": self._start}
        for words in self._lines(text, self._room - inset, size, style):
            self._need(size * LEADING)
            self.line(
                words,
                _lang(words, self._lang),
                self._y,
                size * LEADING,
                size=size,
                style=style,
                **place,
            )
            self._y += size * LEADING

    def _figures(self) -> None:
        """Name, amount, way to the target and notes of what stands out, some beside each other."""
        width = (self._room - (CARDS - 1) * GAP) / CARDS
        for row in _in_rows(self._book.head.figures):
            wides = [many * (width + GAP) - GAP for _figure, many in row]
            notes = [
                self._notes(one, wide - 2) for (one, _many), wide in zip(row, wides, strict=True)
            ]
            high = max(
                _card_height(one, lines) for (one, _many), lines in zip(row, notes, strict=True)
            )
            self._need(high + GAP)
            gone = 0.0
            for (figure, _many), wide, lines in zip(row, wides, notes, strict=True):
                place = self._frame(wide, gone)
                self.box(place.x, self._y, wide, high, fill=PALE, corner=1.5)
                self._card(figure, lines, place.within(2, wide - 4))
                gone += wide + GAP
            self._y += high + GAP

    def _notes(self, figure: Figure, width: float) -> list[str]:
        return [
            line
            for note in filter(None, figure.notes)
            for line in self.wrapped(note, _lang(note, self._lang), width, SMALLER)
        ]

    def _card(self, figure: Figure, notes: Sequence[str], place: Frame) -> None:
        place.say(figure.name, 1.2, SMALL)
        if any(map(str.isdigit, figure.amount)):
            place.say(figure.amount, 5.2, TITLE, style="B", colour=BLACK)
        else:
            # words are no figure: where one would stand, and not as loud
            place.say(figure.amount, 6.8, HEADING)
        down = CARD
        if figure.way is not None:
            place.way(*figure.way, down)
            down += WAY
        for line in notes:
            place.say(line, down, SMALLER)
            down += SMALLER * LEADING

    def _frame(self, width: float, gone: float = 0) -> Frame:
        """So wide a part of the sheet, from the reader's side on, at the height reached."""
        whole = Frame(
            self,
            lambda text: _lang(text, self._lang),
            self._start == "R",
            SIDE,
            self._y,
            self._room,
        )
        return whole.within(gone, width)

    # --- charts -----------------------------------------------------------------------------

    def charts(self) -> None:
        """Row after row; a sheet that has no room for the next takes one that fits, and what is
        left of it goes to its charts."""
        waiting = list(self._chart_rows(self._book.head.charts))
        while waiting:
            here, left = self._fitting(waiting)
            waiting = [row for row in waiting if row not in here]
            more = min(left / len(here), STRETCH) if here and waiting else 0
            for row in here:
                self._chart_row(row, more)
            if waiting:
                self._turn()

    def _chart_rows(self, charts: Sequence[Chart]) -> Iterator[list[Chart]]:
        """As many beside each other as have room: those that follow, if about as high, else those
        that are; what is wide takes the sheet."""
        left = list(charts)
        while left:
            row = [left.pop(0)]
            while not is_wide(row[0]) and len(row) < self._room // NARROWEST:
                others = [chart for chart in left if not is_wide(chart)]
                if not others:
                    break
                row.append(min(others, key=partial(self._apart, row[0])))
                left.remove(row[-1])
            yield row

    def _apart(self, one: Chart, other: Chart) -> float:
        """By how much two charts differ in height, where that is much."""
        highs = [self._drawings([chart] * 2)[0].height for chart in (one, other)]
        apart = max(highs) - min(highs)
        return apart if apart > max(highs) * ALIKE else 0

    def _drawings(self, row: Sequence[Chart]) -> list[Drawing]:
        """Together they are as wide as the sheet."""
        frame = self._frame((self._room + GAP) / len(row) - GAP)
        return [Drawing(chart, frame) for chart in row]

    def _row_high(self, row: Sequence[Chart]) -> float:
        return max(drawing.height for drawing in self._drawings(row)) + GAP

    def _fitting(self, waiting: Sequence[list[Chart]]) -> tuple[list[list[Chart]], float]:
        """The rows for this sheet, and what they leave of it; at its top always one."""
        here, left = [], self._left
        for row in waiting:
            high = self._row_high(row)
            if high - GAP <= left or (self._y == TOP and not here):
                here.append(row)
                left -= high
        return here, max(left, 0)

    def _chart_row(self, row: Sequence[Chart], more: float) -> None:
        high, step = self._row_high(row) - GAP + more, (self._room + GAP) / len(row)
        for place, drawing in enumerate(self._drawings(row)):
            at = self._frame(step - GAP, place * step)
            drawing.draw(at, high - drawing.height)
        self._y += high + GAP

    def targets(self) -> None:
        table = self._book.head.targets
        if table is None:
            return
        self.begin_table(table)
        for cells in map(table.cells, table.rows):
            self.row(cells)
        self.end_table()
        self._y += 5

    def _line(self, text: str, y: float, size: float, **place: Any) -> None:
        self.line(text, _lang(text, self._lang), y, size * LEADING, size=size, **place)

    # --- a table ----------------------------------------------------------------------------

    def begin_table(self, table: Table) -> None:
        self._table = table
        columns = [table.columns[place] for place in table.shown]
        per = self._room / sum(column.width for column in columns)
        usual = TEXT, [column.width * per for column in columns]
        self._size, widths = usual if self._on_its_side else self._upright(table) or usual
        self._columns = list(self._placed(columns, widths))
        self._held: list[_Row] = []
        self._is_begun = False

    def _upright(self, table: Table) -> tuple[float, list[float]] | None:
        """The size of letters and the widths of columns on an upright sheet, if it is wide enough:
        numbers take what they need, and words what is left."""
        columns, per = [table.columns[place] for place in table.shown], self._room / _width(table)
        if _width(table) <= UPRIGHT:
            return TEXT, [column.width * per for column in columns]
        if isinstance(table.rows, Select):
            return None
        longest = [max(texts, key=len) for texts in zip(*self._texts_of(table), strict=True)]
        for size in SIZES:
            wants = [
                self._wanted(column, text, size)
                for column, text in zip(columns, longest, strict=True)
            ]
            words = sum(column.width for column in columns if column.kind not in _NUMBERS)
            if words and (left := self._room - sum(wants)) >= 0:
                return size, [
                    want if column.kind in _NUMBERS else want + left * column.width / words
                    for column, want in zip(columns, wants, strict=True)
                ]
        return None

    def _texts_of(self, table: Table) -> Iterator[list[str]]:
        """All that stands in a table whose rows are known."""
        yield self._sums(table)
        for row in (*map(table.cells, table.rows), *table.more):
            yield _texts(table, row)

    def _wanted(self, column: Column, longest: str, size: float) -> float:
        """Millimetres that a column takes at least."""
        if column.kind not in _NUMBERS:
            return column.width * size * NARROW
        words = [(longest, size), *((word, _small(size)) for word in column.heading.split())]
        wides = (self.width_of(word, _lang(word, self._lang), high, "B") for word, high in words)
        return max(wides) + 2 * self.edge + 0.1

    def _placed(
        self, columns: Sequence[Column], widths: Sequence[float]
    ) -> Iterator[tuple[Column, float, float]]:
        """Each column with its left edge and width, from the reader's side on."""
        gone, before = 0.0, None
        for column, width in zip(columns, widths, strict=True):
            left = self._width - SIDE - gone - width if self._start == "R" else SIDE + gone
            # words that begin where a number ends keep away from it
            away = APART if self._start == "L" and _follows_number(before, column) else 0
            yield column, left + away, width - away
            gone, before = gone + width, column

    def _headings(self) -> None:
        """On each sheet; below them everything is said anew."""
        self._said = [""] * len(self._columns)
        self._cells(self._named, "B", size=_small(self._size), fill=PALE)
        self.rule(SIDE, self._width - SIDE, self._y, GREEN, 0.4)

    @property
    def _named(self) -> list[str]:
        return [column.heading for column, *_edges in self._columns]

    def row(self, cells: Sequence[Cell]) -> None:
        """Drawn when it is known what follows: see `_together`."""
        assert self._table is not None
        is_sum = self._table.is_sum is not None and self._table.is_sum(cells)
        texts = _texts(self._table, cells)
        self._held.append(_Row(texts, is_sum))
        while (many := self._together()) <= len(self._held) - LAST:
            self._rows(many)

    def _together(self) -> int:
        """How many of the rows held stay on one sheet: a sum with the first of its own, and below
        the headings two."""
        many = 1 if self._is_begun else 2
        while many <= len(self._held) and self._held[many - 1].is_sum:
            many += 1
        return many

    def _rows(self, many: int, total: Sequence[str] = ()) -> None:
        """On a new sheet where this one has no room for all of them, and for the total if given."""
        rows, self._held = self._held[:many], self._held[many:]
        below = sum(self._high(row.texts, row.style) for row in rows)
        below += self._high(total, "B") if total else 0
        if not self._is_begun:
            self._begin(below)
        elif not self._has_room(below):
            self._turn()
            self._headings()
        for row in rows:
            self._row(row)

    def _begin(self, below: float) -> None:
        """The title and the headings, with so much below them."""
        assert self._table is not None
        self._is_begun = True
        below += self._high(self._named, "B", _small(self._size))
        title = self._table.title
        # a report's only table is what the sheet is called by
        if title and title != self._book.title:
            self._need(below + HEADING * LEADING + 4)
            self._y += 3 if self._y > TOP else 0
            self._say(title, HEADING, "B")
            self._y += 1
        self._need(below)
        self._headings()

    def _row(self, row: "_Row") -> None:
        if not self._has_room(self._high(row.texts, row.style)):
            self._turn()
            self._headings()
        shown = [
            "" if column.is_said_once and text == above else text
            for text, above, (column, *_edges) in zip(
                row.texts, self._said, self._columns, strict=True
            )
        ]
        self._cells(shown, row.style)
        self._said = row.texts
        self.rule(SIDE, self._width - SIDE, self._y, GREY, 0.1)

    def end_table(self) -> None:
        """With the totals, which take the last rows with them."""
        table = self._table
        if table is None:
            return
        total = self._sums(table) if table.sums else []
        while (many := self._together()) <= len(self._held) - LAST:
            self._rows(many)
        self._rows(len(self._held), total)
        if total:
            self.rule(SIDE, self._width - SIDE, self._y, GREEN, 0.4)
            self._cells(total, "B")
        self._table = None

    def _sums(self, table: Table) -> list[str]:
        """What stands under the columns, beside the word for it."""
        columns = [table.columns[place] for place in table.shown]
        sums = [
            _WORDS[column.kind](table.sums[column.key]) if column.key in table.sums else ""
            for column in columns
        ]
        return [self._book.total, *sums[1:]]

    def _cells(
        self,
        texts: Sequence[str],
        style: str = "",
        *,
        size: float = 0,
        fill: Colour | None = None,
    ) -> None:
        size = size or self._size
        wrapped = self._wrapped_cells(texts, style, size)
        leading, high = size * LEADING, _height(wrapped, size) + 2 * self._pad
        if not self._has_room(high):
            self._turn()
            if fill is None:
                self._headings()
        if fill is not None:
            self.box(SIDE, self._y, self._room, high, fill=fill, corner=0)
        for lines, (column, left, width) in zip(wrapped, self._columns, strict=True):
            # units under units, whichever way the page reads
            align = "R" if column.kind in _NUMBERS else self._start
            for number, words in enumerate(lines):
                below = self._y + self._pad + number * leading
                self._line(words, below, size, style=style, x=left, width=width, align=align)
        self._y += high

    def _wrapped_cells(self, texts: Sequence[str], style: str, size: float) -> list[list[str]]:
        return [
            self._lines(text, width, size, style)
            for text, (_column, _left, width) in zip(texts, self._columns, strict=True)
        ]

    def _high(self, texts: Sequence[str], style: str, size: float = 0) -> float:
        size = size or self._size
        return _height(self._wrapped_cells(texts, style, size), size) + 2 * self._pad

    def _lines(self, text: str, room: float, size: float, style: str) -> list[str]:
        return self.wrapped(text, _lang(text, self._lang), room, size, style)

    # --- the end ----------------------------------------------------------------------------

    @property
    def ends_short(self) -> bool:
        """Only a few lines stand on the last of several pages."""
        return self.page_count > 1 and self._y < TOP + SHORTEST

    def method(self) -> None:
        if not self._book.method:
            return
        self._need(30)
        self._y += 4
        self._say(self._book.method_title, HEADING, "B")
        for name, sentence in self._book.method:
            self._say(f"{name}: {sentence}" if name else sentence, SMALL)

    def number(self) -> None:
        """What stands at the foot of every page."""
        pages = self.page_count
        for page in range(1, pages + 1):
            self.go_to(page)
            y = self._height - FOOT
            place: dict[str, Any] = {"x": SIDE, "width": self._room}
            self.ink(SOFT)
            told = " · ".join(filter(None, (self._book.head.organisation, self._book.title)))
            self._line(told, y, SMALL, align=self._start, **place)
            numbered = _("Page %(page)s of %(pages)s", page=num(page), pages=num(pages))
            self._line(numbered, y, SMALL, align=self._end, **place)

    def _need(self, high: float) -> None:
        if not self._has_room(high):
            self._turn()

    def _has_room(self, high: float) -> bool:
        return high <= self._left

    @property
    def _left(self) -> float:
        """How much of the sheet is free above its foot."""
        return self._height - FOOT - 6 - self._y

    def _turn(self) -> None:
        self.new_page(on_its_side=self._on_its_side)
        self._y = TOP


def _follows_number(before: Column | None, column: Column) -> bool:
    return before is not None and before.kind in _NUMBERS and column.kind not in _NUMBERS


def _in_rows(figures: Sequence[Figure]) -> Iterator[list[tuple[Figure, float]]]:
    """Each with how many places it takes, in rows as long as each other that leave none empty.

    Where one alone would stay empty, the first takes two, and all others stand below each other.
    """
    rows, is_one_short = -(-len(figures) // CARDS), len(figures) % CARDS == CARDS - 1
    for row in range(rows):
        here = figures[len(figures) * row // rows : len(figures) * (row + 1) // rows]
        if is_one_short:
            yield [(one, 1 if number or row else 2) for number, one in enumerate(here)]
        else:
            yield [(one, CARDS / len(here)) for one in here]


def _card_height(figure: Figure, notes: Sequence[str]) -> float:
    way = WAY if figure.way is not None else 0
    return CARD + way + len(notes) * SMALLER * LEADING + 1.6


def _height(wrapped: Sequence[Sequence[str]], size: float) -> float:
    """Of what a row says, by the cell with most lines."""
    return max(1, *map(len, wrapped)) * size * LEADING


def _texts(table: Table, cells: Sequence[Cell]) -> list[str]:
    """What people read of a row."""
    return [
        "" if cells[place] is None else _WORDS[table.columns[place].kind](cells[place])
        for place in table.shown
    ]


def _small(size: float) -> float:
    """Of headings above letters of this size."""
    return min(SMALL, size * 0.92)


def _width(table: Table) -> int:
    return sum(table.columns[place].width for place in table.shown)


def _lang(text: str, otherwise: str) -> str:
    """By the first letter that has a direction, as `dir="auto"` does."""
    for letter in text:
        if (way := unicodedata.bidirectional(letter)) in ("R", "AL"):
            return "ar"
        if way == "L":
            return "en"
    return otherwise


_WORDS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.NUMBER: num,
    Kind.ID: lambda number: in_digits(str(number)),
    Kind.MINUTES: clock_hours,
    Kind.CLOCK: clock_hours,
    Kind.DECIMAL_HOURS: lambda minutes: num(Decimal(minutes) / 60, 2),
    Kind.MONEY: lambda halalas: num(Decimal(halalas) / HALALAS, 2),
    Kind.PERCENT: lambda share: isolate(in_digits(f"{share:,}%")),
    Kind.DAY: lambda day: isolate(in_digits(f"{day:%Y-%m-%d}")),
    Kind.INSTANT: lambda at: isolate(in_digits(f"{at:%Y-%m-%d %H:%M}")),
}
