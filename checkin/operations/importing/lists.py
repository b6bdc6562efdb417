"""An import from the file to the press that adds: begun, its columns named, dropped, found."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.domain.days import local_day
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.text import fold_name
from checkin.models import Import, Partner, Shift, Team
from checkin.operations import audit, catalogue, partners, settings
from checkin.operations.importing import looking
from checkin.operations.importing.columns import Layout
from checkin.operations.importing.files import opened
from checkin.operations.importing.judged import Fate, Outcome
from checkin.operations.importing.judging import Terms

log = logging.getLogger(__name__)

LATEST = 30
UNDER_WAY = ("checking", "adding")
OVER = ("added", "failed", "dropped")


# --- acts ----------------------------------------------------------------------------------


def begin(
    content: bytes,
    file_name: str,
    *,
    shift_id: int | None = None,
    partner_id: int | None = None,
    by: int,
    now: datetime,
) -> int:
    """Take a file; the import's id. A sheet whose columns are all known is checked at once.

    With a shift it is that shift's roster. Problems: those of `files.opened`, `no_rows`.
    """
    kind = "roster" if shift_id is not None else "people"
    book = opened(content)
    mapping = looking.first_look(book, kind)
    row = Import(
        kind=kind,
        shift_id=shift_id,
        partner_id=partner_id,
        file_name=file_name[-200:] or "?",
        content=content,
        mapping=mapping,
        state="checking" if mapping["sure"] else "mapping",
        total=book.length(mapping["sheet"]),
        created_at=now,
        created_by_id=by,
    )
    return _keep(row, by, now)


@transaction
def _keep(row: Import, by: int, now: datetime) -> int:
    if row.shift_id is not None:
        _refuse_fixed(_shift(row.shift_id))
    if row.partner_id is not None:
        catalogue.found(Partner, row.partner_id)
    db.session.add(row)
    db.session.flush()
    audit.note("import.begin", "import", row.id, by=by, at=now, kind=row.kind)
    return row.id


def _shift(shift_id: int) -> Shift:
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound("shift")
    return shift


def _refuse_fixed(shift: Shift) -> None:
    if shift.cancelled_at is not None:
        raise Problem("shift_cancelled")
    if shift.closed_at is not None:
        raise Problem("shift_closed")


def choose_sheet(import_id: int, sheet: int, *, by: int, now: datetime) -> None:
    """Read another sheet of the same file. Problems: `sheet_missing`, `no_rows`, `import_moved`."""
    row = find(import_id)
    look, length = looking.at_sheet(row.content, sheet, row.kind)
    _keep_sheet(import_id, look, length, by, now)


@transaction
def _keep_sheet(import_id: int, look: dict[str, Any], length: int, by: int, now: datetime) -> None:
    row = find(import_id, "mapping", "ready", "failed")
    row.mapping, row.state, row.fault, row.total = look, "mapping", "", length
    audit.note("import.sheet", "import", row.id, by=by, at=now, sheet=look["sheet"])


@transaction
def name_columns(import_id: int, fields: Sequence[str], *, by: int, now: datetime) -> None:
    """What each column holds ("" for what is not kept); remembered for headings like these.

    Checking starts. Problems: `column_twice`, `columns_missing`, `import_moved`.
    """
    row = find(import_id, "mapping", "ready", "failed")
    row.mapping = looking.named(row.mapping, fields, row.kind, now)
    _check_again(row)
    audit.note("import.columns", "import", row.id, by=by, at=now)


@transaction
def name_unknown(
    import_id: int, chosen: Mapping[tuple[str, str], int], *, by: int, now: datetime
) -> None:
    """Whom unknown names of partners and teams mean, by (field, name); 0 leaves them out.

    The rows are checked again. Problem `import_moved`.
    """
    row = find(import_id, "ready")
    meant = {**row.mapping.get("meant", {})}
    for (field, name), thing_id in chosen.items():
        if thing_id:
            catalogue.found(Partner, thing_id) if field == "partner" else _team(thing_id)
        meant[f"{field}:{fold_name(name)}"] = thing_id
    row.mapping = {**row.mapping, "meant": meant}
    _check_again(row)
    audit.note("import.names", "import", row.id, by=by, at=now, number=len(chosen))


@catalogue.unique()
@transaction
def add_partner(
    import_id: int, name: str, plan: partners.PartnerPlan, *, by: int, now: datetime
) -> int:
    """The id of a new partner, which is what an unknown `name` of the file means.

    The rows are checked again. Problems `name_taken`, and `import_moved`, also where the name is
    not asked about (any more).
    """
    row = find(import_id, "ready")
    unknown = {(field, fold_name(one)) for field, one, _ in row.mapping.get("unknown", [])}
    if ("partner", fold_name(name)) not in unknown:
        raise Conflict("import_moved")
    partner_id = partners.create(plan, by=by, now=now)
    name_unknown(import_id, {("partner", name): partner_id}, by=by, now=now)
    return partner_id


def _team(team_id: int) -> Team:
    team = db.session.get(Team, team_id)
    if team is None:
        raise NotFound("team")
    return team


@transaction
def add(
    import_id: int,
    *,
    with_doubtful: bool,
    chosen: Collection[int] = (),
    by: int,
    now: datetime,
) -> None:
    """Add the good rows, and of those in doubt all, or the `chosen` by their numbers in the file.

    The work goes on by itself. Problem `import_moved` when it is not ready (any more), and
    `no_good_rows`.
    """
    row = find(import_id, "ready")
    outcome = outcome_of(row)
    numbers = _in_doubt(outcome, chosen) if chosen and not with_doubtful else []
    doubtful = outcome.count(Fate.DOUBTFUL) if with_doubtful else len(numbers)
    total = outcome.count(Fate.GOOD) + doubtful
    if not total:
        raise Problem("no_good_rows")
    row.mapping = {**row.mapping, "doubtful": with_doubtful or numbers, "by": by}
    row.state, row.total, row.done, row.leased_until = "adding", total, 0, None
    audit.note("import.confirm", "import", row.id, by=by, at=now, number=total)


def _in_doubt(outcome: Outcome, chosen: Collection[int]) -> list[int]:
    return [one.number for one in outcome.rows(Fate.DOUBTFUL) if one.number in chosen]


@transaction
def drop(import_id: int, *, by: int, now: datetime) -> None:
    """Forget the file; nobody was added. Problem `import_moved` once adding has begun."""
    row = find(import_id, "mapping", "checking", "ready", "failed")
    _forget(row)
    row.state, row.finished_at = "dropped", now
    audit.note("import.drop", "import", row.id, by=by, at=now)


@transaction
def forget_passed(now: datetime) -> int:
    """Files and findings hold names and mobiles: they go, whatever became of them; how many."""
    old = now - settings.period("import_days")
    query = select(Import).where(
        Import.created_at < old,
        Import.state.not_in(UNDER_WAY),
        (Import.content.is_not(None) | Import.outcome.is_not(None)),
    )
    rows = db.session.scalars(query.with_for_update()).all()
    for row in rows:
        _forget(row)
        if row.state not in OVER:
            row.state, row.finished_at = "dropped", now
        audit.note("import.forget", "import", row.id, by=None, at=now)
    return len(rows)


def _forget(row: Import) -> None:
    row.content = row.outcome = None
    row.mapping = {"columns": row.mapping.get("columns", [])}


def _check_again(row: Import) -> None:
    row.state, row.fault, row.done, row.leased_until = "checking", "", 0, None
    row.outcome = None


# --- columns -------------------------------------------------------------------------------


def layout_of(row: Import) -> Layout:
    return looking.layout_of(row.mapping)


def terms_of(row: Import, now: datetime) -> Terms:
    """What the file is read by today; names somebody explained mean what they said."""
    meant: dict[str, int] = row.mapping.get("meant", {})
    return Terms(
        layout=layout_of(row),
        kind=row.kind,
        today=local_day(now),
        partners={**_names(Partner), **_meant("partner", meant)},
        teams={**_names(Team), **_meant("team", meant)},
        partner_id=row.partner_id,
    )


def _names(model: type[Partner] | type[Team]) -> dict[str, int]:
    rows = db.session.execute(
        select(model.id, model.name_ar, model.name_en).where(model.closed_at.is_(None))
    )
    return {
        fold_name(name): thing_id for thing_id, *names in rows for name in names if fold_name(name)
    }


def _meant(field: str, meant: Mapping[str, int]) -> dict[str, int]:
    begin = f"{field}:"
    return {key.removeprefix(begin): one for key, one in meant.items() if key.startswith(begin)}


# --- questions -----------------------------------------------------------------------------


def find(import_id: int, *states: str) -> Import:
    """The import; NotFound, or Conflict `import_moved` when it is in none of the states."""
    query = select(Import).where(Import.id == import_id)
    if states:
        query = query.with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("import")
    if states and row.state not in states:
        raise Conflict("import_moved")
    return row


@dataclass(frozen=True, slots=True)
class Line:
    """An import in the list, without its file."""

    id: int
    kind: str
    shift_id: int | None
    file_name: str
    state: str
    total: int
    done: int
    good: int
    faulty: int
    fault: str
    created_at: datetime


def latest(shift_id: int | None = None) -> list[Line]:
    """The newest imports, of one shift's roster or all."""
    names = list(Line.__dataclass_fields__)
    query = select(*(getattr(Import, name) for name in names)).order_by(Import.id.desc())
    if shift_id is not None:
        query = query.where(Import.shift_id == shift_id)
    return [Line(*row) for row in db.session.execute(query.limit(LATEST))]


def outcome_of(row: Import) -> Outcome:
    """What was found; NotFound once it was forgotten."""
    if row.outcome is None:
        raise NotFound("outcome")
    return Outcome(row.outcome)


def teams() -> Sequence[Team]:
    """What an unknown name of a team may mean."""
    query = select(Team).where(Team.closed_at.is_(None)).order_by(Team.name_ar)
    return db.session.scalars(query).all()
