"""What figures may be narrowed to by name: what there is to choose, and what one reader may see."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select, true

from checkin.database import among, db
from checkin.domain.errors import NotFound
from checkin.models import (
    Attendance,
    Campaign,
    Lane,
    MonthTotal,
    Opportunity,
    Partner,
    Service,
    Shift,
    Site,
    Team,
)
from checkin.operations.permissions import Reach, attendances_within

MODELS: dict[str, Any] = {
    "site": Site,
    "lane": Lane,
    "service": Service,
    "opportunity": Opportunity,
    "campaign": Campaign,
    "partner": Partner,
    "team": Team,
}
MOST_OPPORTUNITIES = 200
"""Thousands would be no list to choose from: the latest are offered."""


class Name(NamedTuple):
    """In both languages."""

    name_ar: str
    name_en: str


class Named(NamedTuple):
    """A thing with its names; a lane also has its site's."""

    id: int
    name_ar: str
    name_en: str
    site: Name | None = None


def find(what: str, key: int, reach: Reach) -> Named:
    """One of `MODELS` by its id; NotFound where it is not the reader's to see."""
    row = db.session.execute(_named(what).where(MODELS[what].id == key)).first()
    if row is None or not is_seen(what, key, reach):
        raise NotFound(what)
    return _read(row)


def is_seen(what: str, key: int, reach: Reach) -> bool:
    """Whether a reader may name it: what is offered, and what somebody attended whom they see."""
    if reach.everywhere:
        return True
    own = MODELS[what].id
    if db.session.scalar(select(own).where(own == key, _offered(what, reach))) is not None:
        return True
    if what not in _ATTENDED:
        return False
    attended = _attended(reach).where(_ATTENDED[what] == key).limit(1)
    return db.session.scalar(attended) is not None


def names(what: str, keys: Iterable[Any]) -> dict[Any, Named]:
    """Those of `MODELS` with these ids."""
    rows = db.session.execute(_named(what).where(among(MODELS[what].id, keys)))
    return {row.id: _read(row) for row in rows}


def choosable(what: str, reach: Reach) -> Sequence[Named]:
    """What a reader may choose, by name, closed ones too; of opportunities the latest."""
    model, query = MODELS[what], _named(what)
    if not reach.everywhere:
        query = query.where(_offered(what, reach))
    if what == "opportunity":
        query = query.order_by(model.id.desc()).limit(MOST_OPPORTUNITIES)
    else:
        order = (Site.name_ar,) if what == "lane" else ()
        query = query.order_by(*order, model.name_ar, model.id)
    return [_read(row) for row in db.session.execute(query)]


def _named(what: str) -> Select[Any]:
    model = MODELS[what]
    own = (model.id, model.name_ar, model.name_en)
    if what != "lane":
        return select(*own)
    return select(*own, Site.name_ar, Site.name_en).join(Site, Site.id == Lane.site_id)


def _read(row: Any) -> Named:
    key, name_ar, name_en, *site = row
    return Named(key, name_ar, name_en, Name(*site) if site else None)


# --- within reach ------------------------------------------------------------------------------


_ATTENDED: dict[str, Any] = {
    "site": Attendance.site_id,
    "lane": Shift.lane_id,
    "opportunity": Shift.opportunity_id,
}


def _attended(reach: Reach) -> Select[Any]:
    own = attendances_within(reach).with_only_columns(Attendance.id)
    return own.join(Shift, Shift.id == Attendance.shift_id)


def _offered(what: str, reach: Reach) -> ColumnElement[bool]:
    """Without reading all that anybody attended: by the reader's own sites and partners."""
    if what == "partner" and not reach.site_ids:
        return Partner.id.in_(reach.partner_ids)
    if what == "site":
        kept = select(MonthTotal.site_id).where(MonthTotal.partner_id.in_(reach.partner_ids))
        return or_(Site.id.in_(reach.site_ids), Site.id.in_(kept))
    if what == "lane":
        return Lane.site_id.in_(reach.site_ids)
    if what == "opportunity":
        here = select(Shift.opportunity_id).where(Shift.site_id.in_(reach.site_ids))
        return Opportunity.id.in_(here.where(Shift.is_draft.is_(False)))
    return true()
