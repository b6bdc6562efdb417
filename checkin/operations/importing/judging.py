"""Each row judged by itself and against the rows before it: whom it means, and what is wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from checkin.domain.errors import Problem
from checkin.domain.likeness import alike
from checkin.domain.text import clean_name, fold_name, latin_digits
from checkin.operations.importing import cells
from checkin.operations.importing.columns import Layout
from checkin.operations.importing.headings import Field
from checkin.operations.importing.judged import Entry, Fate, Judged
from checkin.operations.importing.rows import FAULT, GARBLED, UNCALCULATED, Row

Read = TypeVar("Read")

FAMILY = 6
"""So many people may share one mobile before it is worth a look."""
_SUMS = frozenset(map(fold_name, ("الإجمالي", "المجموع", "العدد", "total", "sum")))
_PARTS = (Field.FIRST_NAME, Field.MIDDLE_NAME, Field.FAMILY_NAME)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a file is read by: its columns, the day, and what the names in it mean.

    `partners` and `teams` map folded names to ids; 0 is a name somebody chose to leave out.
    """

    layout: Layout
    kind: str
    today: date
    partners: Mapping[str, int] = field(default_factory=dict)
    teams: Mapping[str, int] = field(default_factory=dict)
    partner_id: int | None = None
    """Whose members all of them are, unless their row says otherwise."""


@dataclass(slots=True)
class Judge:
    """Reads rows in their order; remembers who stood in them."""

    terms: Terms
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Names of partners and teams that nobody here has, as (field, name), with how often."""
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    _emails: dict[str, int] = field(default_factory=dict)
    _mobiles: Counter[str] = field(default_factory=Counter)
    _names: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """Of a mobile: the first names that stood beside it, with their rows."""

    def judged(self, rows: Iterable[Row]) -> Iterator[Judged]:
        """Rows that are no people (headings once more, sums) are left out."""
        for row in rows:
            if row.number > self.terms.layout.row and not self._is_no_person(row):
                yield self._judge(row)

    def _is_no_person(self, row: Row) -> bool:
        headings = self.terms.layout.headings
        if tuple(row.cells) == headings[: len(row.cells)] and len(row.cells) > 1:
            return True
        first = next(filter(None, row.cells))
        return fold_name(first) in _SUMS and not any(map(cells.has_mobile, row.cells))

    def _judge(self, row: Row) -> Judged:
        judged = Judged(row.number, row.cells, Entry())
        reading = _Reading(self.terms, judged)
        reading.fill()
        self._name_partner_and_team(reading)
        if self.terms.kind == "people":
            _check_person(judged, reading)
        if judged.fate is Fate.GOOD:
            self._compare(judged, reading)
        return judged

    def _name_partner_and_team(self, reading: "_Reading") -> None:
        entry = reading.judged.entry
        entry.partner_id = self.terms.partner_id
        for column, known in (
            (Field.PARTNER, self.terms.partners),
            (Field.TEAM, self.terms.teams),
        ):
            name = reading.text(column)
            if not name:
                continue
            found = known.get(fold_name(name))
            if found is None:
                self.unknown[column, name] += 1
                reading.refuse(f"{column}_unknown", column, name=name[:120])
            elif column is Field.PARTNER:
                entry.partner_id = found or None
            else:
                entry.team_id = found or None

    def _compare(self, judged: Judged, reading: "_Reading") -> None:
        """Nobody stands in a file twice; one mobile for many people is worth a look."""
        entry = judged.entry
        first = self._seen.setdefault(entry.identity, judged.number)
        if first != judged.number:
            judged.refuse("row_repeated", number=first)
            return
        if entry.email:
            holder = self._emails.setdefault(entry.email, judged.number)
            if holder != judged.number:
                reading.refuse("email_repeated", Field.EMAIL, number=holder)
        if entry.mobile:
            self._mobiles[entry.mobile] += 1
            if self._mobiles[entry.mobile] > FAMILY:
                judged.remark("mobile_of_many", reading.place(Field.MOBILE), most=FAMILY)
            if self.terms.kind == "people":
                self._compare_names(entry.mobile, judged, reading)

    def _compare_names(self, mobile: str, judged: Judged, reading: "_Reading") -> None:
        """«فاطمة علي» and «فاطمة الغامدي» on one mobile may be one; a family's others are not."""
        folded, before = judged.entry.folded, self._names.setdefault(mobile, [])
        row = next((number for name, number in before if alike(name, folded)), None)
        if len(before) < FAMILY:
            before.append((folded, judged.number))
        if row is not None and judged.fate is Fate.GOOD:
            judged.fate = Fate.DOUBTFUL
            judged.remark("row_alike", reading.place(Field.NAME), number=row)


class _Reading:
    """One row's cells by what they mean; what is wrong with a cell is told of the row."""

    def __init__(self, terms: Terms, judged: Judged) -> None:
        self._columns = terms.layout.columns
        self._terms = terms
        self.judged = judged

    def fill(self) -> None:
        entry, today = self.judged.entry, self._terms.today
        self._look_for_faults()
        entry.name = self._name()
        entry.folded = fold_name(entry.name)
        entry.mobile = self._read(Field.MOBILE, cells.mobile)
        entry.email = self._read(Field.EMAIL, cells.email)
        entry.latin = self._read(Field.NAME_LATIN, clean_name) or ""
        entry.gender = self._read(Field.GENDER, cells.gender)
        entry.guardian_mobile = self._read(Field.GUARDIAN_MOBILE, cells.mobile)
        entry.category = self._read(Field.CATEGORY, cells.category) or "volunteer"
        born = self._read(Field.BIRTH, lambda text: cells.birth(text, today))
        if born is not None:
            entry.birth_year, entry.is_minor = born.year, born.is_minor

    def place(self, wanted: Field) -> int | None:
        return self._columns.index(wanted) if wanted in self._columns else None

    def text(self, wanted: Field) -> str:
        place = self.place(wanted)
        return self._cell(place) if place is not None else ""

    def refuse(self, code: str, wanted: Field, **facts: str | int) -> None:
        self.judged.refuse(code, self.place(wanted), **facts)

    def _cell(self, place: int) -> str:
        cell = self.judged.cells[place] if place < len(self.judged.cells) else ""
        return "" if cell == UNCALCULATED or FAULT.fullmatch(cell) else cell

    def _read(self, wanted: Field, means: Callable[[str], Read]) -> Read | None:
        text = self.text(wanted)
        if not text:
            return None
        try:
            return means(text)
        except Problem as problem:
            self.refuse(problem.code, wanted, **_plain(problem.facts))
            return None

    def _look_for_faults(self) -> None:
        for place, meant in enumerate(self._columns[: len(self.judged.cells)]):
            cell = self.judged.cells[place]
            if meant is None:
                continue
            if cell == UNCALCULATED:
                self.judged.refuse("cell_uncalculated", place)
            elif FAULT.fullmatch(cell):
                self.judged.refuse("cell_fault", place, value=cell)
            elif GARBLED in cell:
                self.judged.refuse("cell_garbled", place)

    def _name(self) -> str:
        """The whole name, of one column or of several; a name holds no digits."""
        wanted = Field.NAME if self.place(Field.NAME) is not None else Field.FIRST_NAME
        name = self.text(Field.NAME) or self._parts()
        if not name:
            return self._without_name(wanted)
        try:
            name = clean_name(name)
        except Problem as problem:
            self.refuse(problem.code, wanted, **_plain(problem.facts))
            return ""
        if any(character.isdigit() for character in latin_digits(name)):
            self.refuse("name_has_digits", wanted)
        return name

    def _without_name(self, wanted: Field) -> str:
        """On a roster the mobile alone may say who is meant."""
        if self._terms.kind == "people" and self.judged.fate is Fate.GOOD:
            self.refuse("name_missing", wanted)
        return ""

    def _parts(self) -> str:
        """First, fathers' and family's names; a family's name said twice is said once."""
        order = {part: number for number, part in enumerate(_PARTS)}
        places = [
            (order[column], place) for place, column in enumerate(self._columns) if column in order
        ]
        words = [self._cell(place) for _, place in sorted(places)]
        joined = " ".join(filter(None, words[:-1]))
        last = words[-1] if words else ""
        repeated = last and f" {fold_name(joined)}".endswith(f" {fold_name(last)}")
        return joined if repeated else f"{joined} {last}".strip()


def _check_person(judged: Judged, reading: _Reading) -> None:
    """What `people.create` asks of everybody."""
    entry = judged.entry
    if judged.fate is not Fate.GOOD:
        return
    if entry.mobile is None and entry.email is None:
        reading.refuse("reach_missing", Field.MOBILE)
    if entry.is_minor and entry.guardian_mobile is None:
        reading.refuse("guardian_missing", Field.GUARDIAN_MOBILE)


def _plain(facts: Mapping[str, object]) -> dict[str, str | int]:
    return {name: fact for name, fact in facts.items() if isinstance(fact, str | int)}
