"""The good rows of an import added in one transaction, with everything else before or after it.

SQLite has one write lock, and scans wait for it. So rows are compared before, and the words under
which people are found (`models/search_words.py`), ten times the work of their rows, are kept
after it in small transactions. For 50,000 people the lock is held for about a second of work
(`tests/load/imports.py`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import func, or_, select

from checkin.database import PlainRows, db, new_ids, transaction
from checkin.domain.days import local_day
from checkin.domain.text import fold_name
from checkin.models import AuditEntry, Import, Membership, Person
from checkin.operations import audit, roster
from checkin.operations.importing import lists, matching
from checkin.operations.importing.judged import (
    Entry,
    Fate,
    Judged,
    Outcome,
    Told,
    Writer,
    packed,
)
from checkin.operations.importing.words import keep_words, words_left_out
from checkin.operations.leases import Progress, Stopped

FINDABLE_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows to add as the database takes them, and what else there is to keep of the file.

    `seen` and `top` are the newest audit entry and person there were before the rows were
    compared: what came after them is looked at under the lock.
    """

    newcomers: list["Newcomer"]
    numbers: list[int]
    """Of the newcomers' rows in the file."""
    present: list[int]
    """Who is on the list and here already; for a roster."""
    rest: Writer
    seen: int
    top: int


class Newcomer(NamedTuple):
    """A row of `people` but for its id, as the driver takes it, and what else is asked of it."""

    row: tuple[Any, ...]
    identity: tuple[str, str]
    email: str | None
    partner_id: int | None


def add_rows(row: Import, progress: Progress) -> None:
    """Prepare, add, make findable; begun again after a crash, it goes on where it was."""
    import_id = row.id
    if "ids" not in row.mapping:
        prepared = _prepared(row, progress)
        _add(import_id, prepared, prepared.rest.finished(), now=progress.clock())
    _make_findable(import_id, progress)
    _finish(import_id, now=progress.clock())


# --- before --------------------------------------------------------------------------------


def _prepared(row: Import, progress: Progress) -> Prepared:
    """The rows compared once more: hours may lie between the preview and the press."""
    seen = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    top = db.session.scalar(select(func.max(Person.id))) or 0
    outcome, layout = lists.outcome_of(row), lists.layout_of(row)
    by, wanted = row.mapping["by"], _Wanted(row.mapping["doubtful"])
    compare: Any = matching.compare_people
    if row.shift_id is not None:
        compare = matching.Roster(matching.expected_on(row.shift_id)).compare
    found = Prepared([], [], [], Writer(), seen, top)
    done, now = 0, progress.clock()
    for together in _batches(outcome.rows(*Fate)):
        fresh = [one for one in together if one in wanted]
        found.rest.add_all(one for one in together if one not in wanted)
        _compare_again(fresh, compare, layout)
        for one in fresh:
            _sort_in(one, found, one in wanted, by, now)
        done += len(fresh)
        progress.reached(done)
    return found


class _Wanted:
    """The good rows, and of those in doubt all, none or some by their numbers, as was pressed."""

    def __init__(self, doubtful: bool | list[int]) -> None:
        self._all = doubtful is True
        self._some = frozenset() if isinstance(doubtful, bool) else frozenset(doubtful)

    def __contains__(self, one: Judged) -> bool:
        if one.fate is Fate.DOUBTFUL:
            return self._all or one.number in self._some
        return one.fate is Fate.GOOD


def _batches(rows: Iterator[Judged]) -> Iterator[list[Judged]]:
    while together := list(islice(rows, matching.TOGETHER)):
        yield together


def _compare_again(rows: Sequence[Judged], compare: Any, layout: Any) -> None:
    for one in rows:
        one.fate, one.told, one.person_id = Fate.GOOD, [], None
    compare(rows, layout)


def _sort_in(one: Judged, found: Prepared, is_wanted: bool, by: int, now: datetime) -> None:
    if not is_wanted:
        found.rest.add(one)
    elif one.person_id is not None and one.fate is Fate.GOOD:
        found.present.append(one.person_id)
    else:
        found.newcomers.append(_newcomer(one.entry, by, now))
        found.numbers.append(one.number)


def _newcomer(entry: Entry, by: int, now: datetime) -> Newcomer:
    """A row of `people`, as `people.create` would make it."""
    values = {
        "name": entry.name,
        "name_folded": entry.folded,
        "name_latin": entry.latin,
        "latin_folded": fold_name(entry.latin),
        "mobile": entry.mobile,
        "email": entry.email,
        "category": entry.category,
        "gender": entry.gender,
        "team_id": entry.team_id,
        "team_name": entry.team_name,
        "partner_id": entry.partner_id,
        "is_minor": entry.is_minor,
        "birth_year": entry.birth_year,
        "guardian_mobile": entry.guardian_mobile,
        "suspended_reason": "",
        "created_at": now,
        "created_by_id": by,
    }
    identity = entry.mobile or entry.email or "", entry.folded
    return Newcomer(_PEOPLE.ready(values), identity, entry.email, entry.partner_id)


_PEOPLE = PlainRows(
    Person,
    *("name", "name_folded", "name_latin", "latin_folded", "mobile", "email", "category"),
    *("gender", "team_id", "team_name", "partner_id", "is_minor", "birth_year"),
    *("guardian_mobile", "suspended_reason", "created_at", "created_by_id"),
)
_MEMBERS = PlainRows(Membership, "partner_id", "from_on")


# --- under the lock ------------------------------------------------------------------------


@transaction
def _add(import_id: int, prepared: Prepared, rest: bytes, *, now: datetime) -> None:
    """All of the rows or none; one audit entry names everybody by ranges of ids."""
    row = _held(import_id)
    by = row.mapping["by"]
    late = _late(prepared)
    ids = _insert([one for one in prepared.newcomers if one.identity not in late], now)
    number = len(ids)
    if row.shift_id is not None:
        number = roster.add(row.shift_id, [*prepared.present, *ids], by=by, now=now)
    ranges = _ranges(ids)
    audit.note("import.add", "import", row.id, by=by, at=now, number=number, people=ranges)
    row.outcome = _with_late(row, rest, prepared, late) if late else rest
    row.mapping = {**row.mapping, "ids": ranges}
    row.good, row.total, row.done = number, len(ids), 0
    row.faulty = sum(map(Outcome(row.outcome).count, (Fate.FAULTY, Fate.DOUBTFUL)))
    row.content = None


def _held(import_id: int) -> Import:
    """Ours until the end; two lists that are added at once go one after the other."""
    adding = select(Import.id).where(Import.state == "adding").order_by(Import.id)
    if import_id not in db.session.scalars(adding.with_for_update()).all():
        raise Stopped
    return lists.find(import_id)


def _late(prepared: Prepared) -> frozenset[tuple[str, str]]:
    """Who was entered or changed since the rows were compared, by what tells people apart."""
    changed = select(AuditEntry.thing_id).where(
        AuditEntry.id > prepared.seen, AuditEntry.thing == "person"
    )
    people = db.session.execute(
        select(Person.mobile, Person.email, Person.name_folded).where(
            or_(Person.id > prepared.top, Person.id.in_(changed))
        )
    ).all()
    here = {(reach, one.name_folded) for one in people for reach in (one.mobile, one.email)}
    emails = {one.email for one in people if one.email}
    return frozenset(
        one.identity for one in prepared.newcomers if one.identity in here or one.email in emails
    )


def _with_late(
    row: Import, rest: bytes, prepared: Prepared, late: frozenset[tuple[str, str]]
) -> bytes:
    """What is given back, with the rows of those who came in between."""
    pairs = zip(prepared.newcomers, prepared.numbers, strict=True)
    numbers = {number for one, number in pairs if one.identity in late}
    refused = (
        replace(one, fate=Fate.FAULTY, told=[Told("person_exists")])
        for one in lists.outcome_of(row).rows(*Fate)
        if one.number in numbers
    )
    return packed(chain(Outcome(rest).rows(*Fate), refused))


def _insert(newcomers: Sequence[Newcomer], now: datetime) -> Sequence[int]:
    ids, today = new_ids(Person, len(newcomers)), local_day(now)
    pairs = list(zip(ids, newcomers, strict=True))
    with words_left_out():
        _PEOPLE.add((one.row for _, one in pairs), id=ids)
    members = [(one_id, one.partner_id) for one_id, one in pairs if one.partner_id is not None]
    rows = (_MEMBERS.ready({"partner_id": p, "from_on": today}) for _, p in members)
    _MEMBERS.add(rows, person_id=[person_id for person_id, _ in members])
    return ids


def _ranges(ids: Iterable[int]) -> list[list[int]]:
    """First and last of each run of ids."""
    ranges: list[list[int]] = []
    for one in ids:
        if ranges and one == ranges[-1][1] + 1:
            ranges[-1][1] = one
        else:
            ranges.append([one, one])
    return ranges


# --- after ---------------------------------------------------------------------------------


def _make_findable(import_id: int, progress: Progress) -> None:
    """Little by little: everybody is there already, and is found by searching a moment later."""
    done = 0
    for first, last in lists.find(import_id).mapping["ids"]:
        for begin in range(first, last + 1, FINDABLE_TOGETHER):
            end = min(begin + FINDABLE_TOGETHER - 1, last)
            keep_words(begin, end)
            done += end - begin + 1
            progress.reached(done)


@transaction
def _finish(import_id: int, *, now: datetime) -> None:
    row = lists.find(import_id)
    row.state, row.leased_until, row.finished_at = "added", None, now
    row.done = row.total
