"""A list of the platform from the file to what differs: sent, its columns named, dropped, found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Conflict, NotFound
from checkin.domain.text import fold_name
from checkin.models import Opportunity, Person, PlatformLine, PlatformList
from checkin.operations import audit, paging, settings
from checkin.operations.figures import Filter
from checkin.operations.importing import looking
from checkin.operations.importing.columns import Layout
from checkin.operations.importing.files import opened
from checkin.operations.permissions import Reach
from checkin.operations.platform import rows

KIND = "platform"
"""Under which the meaning of its columns is remembered."""
UNDER_WAY = ("comparing",)
LATEST = 20
MOST_OFFERED = 300
_TOGETHER = 2000


# --- acts ----------------------------------------------------------------------------------


def begin(content: bytes, file_name: str, wanted: Filter, *, by: int, now: datetime) -> int:
    """Take a list to hold against what `wanted` asks for; its id.

    One whose columns are all known is compared at once. Problems: those of `files.opened` and
    `no_rows`.
    """
    book = opened(content)
    look = looking.first_look(book, KIND)
    row = PlatformList(
        file_name=file_name[-200:] or "?",
        content=content,
        wanted=_plain(wanted),
        look=look,
        state="comparing" if look["sure"] else "mapping",
        total=book.length(look["sheet"]),
        created_at=now,
        created_by_id=by,
    )
    return _keep(row, by, now)


@transaction
def _keep(row: PlatformList, by: int, now: datetime) -> int:
    db.session.add(row)
    db.session.flush()
    audit.note("platform.list", "platform_list", row.id, by=by, at=now)
    return row.id


def choose_sheet(list_id: int, sheet: int, *, by: int, now: datetime) -> None:
    """Read another sheet of the file. Problems: `sheet_missing`, `no_rows`, `import_moved`."""
    _keep_look(list_id, *looking.at_sheet(find(list_id).content, sheet, KIND), by, now)


@transaction
def _keep_look(list_id: int, look: dict[str, Any], length: int, by: int, now: datetime) -> None:
    row = find(list_id, "mapping", "ready", "failed")
    row.look, row.state, row.fault, row.total = look, "mapping", "", length
    audit.note("platform.sheet", "platform_list", row.id, by=by, at=now, sheet=look["sheet"])


@transaction
def name_columns(list_id: int, fields: Sequence[str], *, by: int, now: datetime) -> None:
    """What each column holds; remembered for headings like these. Comparing starts.

    Problems: `column_twice`, `columns_missing`, `import_moved`.
    """
    row = find(list_id, "mapping", "ready", "failed")
    if row.content is None:
        raise Conflict("import_moved")
    row.look = looking.named(row.look, fields, KIND, now)
    _compare_again(row)
    audit.note("platform.columns", "platform_list", row.id, by=by, at=now)


@transaction
def name_opportunities(list_id: int, chosen: Mapping[str, int], *, by: int, now: datetime) -> None:
    """Which of ours is meant by what the platform calls it; the list is compared again.

    Problem `import_moved`, and NotFound for an opportunity that is not there.
    """
    row = find(list_id, "ready")
    known = set(
        db.session.scalars(select(Opportunity.id).where(Opportunity.id.in_(chosen.values())))
    )
    if row.content is None or known != set(chosen.values()):
        raise NotFound("opportunity")
    said = {fold_name(name): opportunity_id for name, opportunity_id in chosen.items()}
    row.look = {**row.look, "meant": {**row.look.get("meant", {}), **said}}
    _compare_again(row)
    audit.note("platform.names", "platform_list", row.id, by=by, at=now, number=len(chosen))


def _compare_again(row: PlatformList) -> None:
    row.state, row.fault, row.done, row.leased_until = "comparing", "", 0, None


def drop(list_id: int, *, by: int, now: datetime) -> None:
    """Forget the file and what was found; nothing else was ever changed by it."""
    _drop(list_id, by, now)
    clear(list_id)


@transaction
def _drop(list_id: int, by: int, now: datetime) -> None:
    row = find(list_id, "mapping", "comparing", "ready", "failed")
    _forget(row, now)
    audit.note("platform.drop", "platform_list", row.id, by=by, at=now)


def forget_passed(now: datetime) -> int:
    """Lists hold people's names: they go when imported files do; how many went."""
    left = select(PlatformLine.id).where(PlatformLine.list_id == PlatformList.id).exists()
    old = select(PlatformList.id).where(
        PlatformList.created_at < now - settings.period("import_days"),
        PlatformList.state.not_in(UNDER_WAY),
        (PlatformList.state != "dropped") | left,
    )
    ids = db.session.scalars(old).all()
    for list_id in ids:
        clear(list_id)
        _forget_old(list_id, now)
    return len(ids)


@transaction
def _forget_old(list_id: int, now: datetime) -> None:
    row = find(list_id)
    if row.state not in (*UNDER_WAY, "dropped"):
        _forget(row, now)
        audit.note("platform.forget", "platform_list", row.id, by=None, at=now)


def _forget(row: PlatformList, now: datetime) -> None:
    row.state, row.finished_at, row.leased_until = "dropped", now, None
    row.content, row.look = None, {}


def clear(list_id: int) -> None:
    """Remove its lines, some at a time: others get to write in between."""
    while _clear_some(list_id):
        pass


@transaction
def _clear_some(list_id: int) -> bool:
    some = select(PlatformLine.id).where(PlatformLine.list_id == list_id).limit(_TOGETHER)
    ids = db.session.scalars(some).all()
    if ids:
        db.session.execute(delete(PlatformLine).where(PlatformLine.id.in_(ids)))
    return bool(ids)


# --- questions -----------------------------------------------------------------------------


def find(list_id: int, *states: str) -> PlatformList:
    """NotFound, or Conflict `import_moved` when it is in none of the states."""
    query = select(PlatformList).where(PlatformList.id == list_id)
    if states:
        query = query.with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("platform_list")
    if states and row.state not in states:
        raise Conflict("import_moved")
    return row


def latest() -> Sequence[PlatformList]:
    newest = select(PlatformList).order_by(PlatformList.id.desc()).limit(LATEST)
    return db.session.scalars(newest).all()


def layout_of(row: PlatformList) -> Layout:
    return looking.layout_of(row.look)


def meant_by(row: PlatformList) -> dict[str, str]:
    """Our names for what somebody said is meant, by the platform's; all folded."""
    meant: dict[str, int] = row.look.get("meant", {})
    query = select(Opportunity.id, Opportunity.name_ar).where(Opportunity.id.in_(meant.values()))
    names = {one.id: fold_name(one.name_ar) for one in db.session.execute(query)}
    return {said: names[one] for said, one in meant.items() if one in names}


def without_counterpart(list_id: int) -> Sequence[AnyRow]:
    """Opportunities of ours that the platform may call otherwise: with somebody only here."""
    line, o = PlatformLine, Opportunity
    only = select(line.opportunity_id).where(line.list_id == list_id, line.side == "here")
    query = select(o.id, o.name_ar, o.name_en).where(o.id.in_(only)).order_by(o.name_ar, o.id)
    return db.session.execute(query.limit(MOST_OFFERED)).all()


def wanted_of(row: PlatformList) -> Filter:
    """What the list is held against: everybody's, as whoever sent it sees it."""
    days = {name: date.fromisoformat(row.wanted[name]) for name in _DAYS if name in row.wanted}
    return Filter(Reach(everywhere=True), **{**row.wanted, **days})


_DAYS = ("first", "last")


def _plain(wanted: Filter) -> dict[str, Any]:
    said = {name: one for name, one in asdict(wanted).items() if name != "reach"}
    known = {name: one for name, one in said.items() if one is not None}
    return {name: str(one) if name in _DAYS else one for name, one in known.items()}


# --- what differs --------------------------------------------------------------------------

SHOWN = {
    "hours": (PlatformLine.side == "both") & PlatformLine.hours_differ,
    "here": PlatformLine.side == "here",
    "there": PlatformLine.side == "there",
    "names": (PlatformLine.side == "both") & PlatformLine.names_differ,
    "faulty": PlatformLine.side == "faulty",
}
"""The ways in which a line may differ; one of both sides may do so in two."""


def counts(list_id: int, within: Collection[int] = ()) -> dict[str, int]:
    """How many lines differ in each way; of what is only here, `within` these opportunities."""
    columns = [func.count().filter(condition) for condition in SHOWN.values()]
    found = db.session.execute(select(*columns).where(_of_list(list_id, within))).one()
    return dict(zip(SHOWN, found, strict=True))


def _of_list(list_id: int, within: Collection[int]) -> ColumnElement[bool]:
    line = PlatformLine
    if not within:
        return line.list_id == list_id
    named = or_(line.side != "here", line.opportunity_id.in_(within))
    return and_(line.list_id == list_id, named)


def differing(list_id: int, shown: str, within: Collection[int] = ()) -> Select[Any]:
    """The question for the lines that differ in this way, or in any; with names of ours."""
    line, p, o = PlatformLine, Person, Opportunity
    own: list[Any] = [p.name.label("own_name"), p.mobile.label("own_mobile"), o.name_ar, o.name_en]
    columns: list[Any] = list(line.__table__.c)
    query: Select[Any] = (
        select(*columns, *own)
        .outerjoin(p, p.id == line.person_id)
        .outerjoin(o, o.id == line.opportunity_id)
        .where(_of_list(list_id, within))
    )
    if shown in SHOWN:
        query = query.where(SHOWN[shown])
    return query.order_by(line.id)


_LACKED = SHOWN["here"] | (SHOWN["hours"] & (PlatformLine.approved_minutes > PlatformLine.minutes))
"""What the platform has not, or with fewer hours than we."""


def still_to_enter(row: PlatformList, within: Collection[int] = ()) -> Select[Any]:
    """The rows of a file for what the platform lacks: all minutes of who is not there, and of
    the others, with the minutes `there`, only those that are missing."""
    line = PlatformLine
    more = line.approved_minutes - func.coalesce(line.minutes, 0)
    columns = [line.person_id, line.opportunity_id, more.label("more"), line.minutes.label("there")]
    lacked = select(*columns).where(_of_list(row.id, within), _LACKED).cte("lacked")
    return rows.unentered(wanted_of(row), lacked, by_opportunity=row.totals["by_opportunity"])


def number_to_enter(list_id: int, within: Collection[int] = ()) -> int:
    """How many lines stand behind `still_to_enter`."""
    lacked = select(func.count()).where(_of_list(list_id, within), _LACKED)
    return db.session.scalar(lacked.select_from(PlatformLine)) or 0


def lines(list_id: int, shown: str, page: int, within: Collection[int] = ()) -> Sequence[AnyRow]:
    return db.session.execute(paging.shown(differing(list_id, shown, within), page)).all()
