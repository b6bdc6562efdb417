"""Whom a row means among those who are here already, asked for many rows at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select

from checkin.database import AnyRow, db
from checkin.domain.likeness import alike
from checkin.domain.text import fold_name
from checkin.models import Assignment, Person
from checkin.operations.identity import living
from checkin.operations.importing.columns import Layout
from checkin.operations.importing.headings import Field
from checkin.operations.importing.judged import Entry, Fate, Judged

TOGETHER = 500
_WHOLE_NAME = 3
"""So many words make a name by which somebody may be recognised."""


@dataclass(slots=True)
class Known:
    """Those who are here and share a mobile, a name or an e-mail with some rows."""

    by_mobile: dict[str, list[AnyRow]]
    by_name: dict[str, list[AnyRow]]
    by_email: dict[str, AnyRow]


def known_among(rows: Sequence[Judged]) -> Known:
    """Three questions for all of the rows; whoever is erased or merged is met by e-mail only."""
    entries = [row.entry for row in rows if row.fate is not Fate.FAULTY]
    by_mobile, by_name = defaultdict(list), defaultdict(list)
    for person in _people(Person.mobile.in_({one.mobile for one in entries if one.mobile})):
        by_mobile[person.mobile].append(person)
    for person in _people(Person.name_folded.in_({one.folded for one in entries if one.folded})):
        by_name[person.name_folded].append(person)
    emails = {one.email for one in entries if one.email}
    return Known(by_mobile, by_name, _holders(emails) if emails else {})


_COLUMNS = (
    *(Person.id, Person.name, Person.name_folded, Person.mobile, Person.birth_year),
    *(Person.latin_folded, Person.gender, Person.suspended_at),
)


def _people(condition: ColumnElement[bool]) -> Iterable[Any]:
    return db.session.execute(select(*_COLUMNS).where(condition, living()).order_by(Person.id))


def _holders(emails: Collection[str]) -> dict[str, AnyRow]:
    query = select(*_COLUMNS, Person.email).where(Person.email.in_(emails))
    return {row.email: row for row in db.session.execute(query)}


# --- people --------------------------------------------------------------------------------


def compare_people(rows: Sequence[Judged], layout: Layout) -> None:
    """Say of each row whether the person is here already, or may be."""
    known = known_among(rows)
    for row in rows:
        if row.fate is not Fate.FAULTY:
            _compare_person(row, known, layout)


def _compare_person(row: Judged, known: Known, layout: Layout) -> None:
    entry = row.entry
    holder = known.by_email.get(entry.email or "")
    sharing = known.by_mobile.get(entry.mobile or "", [])
    same = [one for one in (*sharing, holder) if one and one.name_folded == entry.folded]
    if same:
        row.fate, row.person_id = Fate.KNOWN, same[0].id
    elif holder is not None:
        row.refuse("email_taken", _place(layout, Field.EMAIL))
    elif written := [one for one in sharing if _is_written_twice(one, entry)]:
        row.fate, row.person_id = Fate.DOUBTFUL, written[0].id
        row.remark("mobile_of_same", _place(layout, Field.MOBILE), name=written[0].name)
    elif twins := [one for one in known.by_name.get(entry.folded, []) if _may_be(one, entry)]:
        row.fate, row.person_id = Fate.DOUBTFUL, twins[0].id
        row.remark("maybe_here", _place(layout, Field.NAME), ending=(twins[0].mobile or "")[-3:])
    elif sharing:
        row.remark("mobile_of_other", _place(layout, Field.MOBILE), name=sharing[0].name)


def _is_written_twice(person: AnyRow, entry: Entry) -> bool:
    """Who shares a mobile under a name like this one is offered as entered twice, once added."""
    theirs, ours = (person.name_folded, person.latin_folded), (entry.folded, fold_name(entry.latin))
    return any(alike(one, other) for one in theirs for other in ours)


def _may_be(person: AnyRow, entry: Entry) -> bool:
    """One name and nothing against it, while short names are common."""
    for theirs, ours in ((person.birth_year, entry.birth_year), (person.gender, entry.gender)):
        if theirs and ours and theirs != ours:
            return False
    whole = len(entry.folded.split()) >= _WHOLE_NAME
    return whole or (entry.birth_year is not None and person.birth_year == entry.birth_year)


# --- rosters -------------------------------------------------------------------------------


@dataclass(slots=True)
class Roster:
    """Who is expected on a shift; a person who stands in two rows is expected once."""

    expected: Collection[int]
    _rows: dict[int, int] = field(default_factory=dict)

    def compare(self, rows: Sequence[Judged], layout: Layout) -> None:
        """By mobile first, then by name, as with a pasted list (`operations/roster.py`)."""
        known = known_among(rows)
        for row in rows:
            if row.fate is not Fate.FAULTY:
                self._compare(row, known, layout)

    def _compare(self, row: Judged, known: Known, layout: Layout) -> None:
        entry = row.entry
        sharing = known.by_mobile.get(entry.mobile or "", [])
        named = [one for one in sharing if one.name_folded == entry.folded or not entry.folded]
        found = named or ([] if entry.mobile else known.by_name.get(entry.folded, []))
        if len(found) == 1:
            self._found(row, found[0])
        elif found:
            row.refuse("person_several", _place(layout, Field.NAME))
        else:
            _newcomer(row, sharing, layout)

    def _found(self, row: Judged, person: AnyRow) -> None:
        row.person_id, row.entry.name = person.id, person.name
        first = self._rows.setdefault(person.id, row.number)
        if first != row.number:
            row.refuse("row_repeated", number=first)
        elif person.id in self.expected:
            row.fate = Fate.KNOWN
        elif person.suspended_at is not None:
            row.refuse("person_suspended")


def expected_on(shift_id: int) -> frozenset[int]:
    query = select(Assignment.person_id).where(
        Assignment.shift_id == shift_id, Assignment.how != "waiting"
    )
    return frozenset(db.session.scalars(query))


def _newcomer(row: Judged, sharing: Sequence[AnyRow], layout: Layout) -> None:
    """Nobody here: a new person where the row says enough, in doubt where a phone is shared."""
    entry = row.entry
    if not entry.folded:
        row.refuse("name_missing", _place(layout, Field.NAME))
    elif entry.mobile is None:
        row.refuse("person_unknown", _place(layout, Field.NAME))
    elif sharing:
        row.fate, row.person_id = Fate.DOUBTFUL, sharing[0].id
        row.remark("mobile_of_other", _place(layout, Field.MOBILE), name=sharing[0].name)
    else:
        row.remark("person_new", _place(layout, Field.NAME))


def _place(layout: Layout, wanted: Field) -> int | None:
    """The first column that says it, names also where they stand in parts."""
    for one in (wanted, Field.FIRST_NAME) if wanted is Field.NAME else (wanted,):
        if one in layout.columns:
            return layout.columns.index(one)
    return None
