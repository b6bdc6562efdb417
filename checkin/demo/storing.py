"""Many rows at once; the demo is the only place that writes in bulk."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql.schema import ScalarElementColumnDefault

from checkin.database import Base, db, new_ids, spellings
from checkin.demo.bulk import Bulk


def store(model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Add rows; their ids, in the same order."""
    ids = list(new_ids(model, len(rows)))
    add(model, [{"id": number, **row} for number, row in zip(ids, rows, strict=True)])
    return ids


def add(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows whose ids nobody needs; all name the same columns."""
    if not rows:
        return
    usual = _usual(model, rows[0])
    bulk = Bulk(model, *rows[0], *usual)
    columns = (model.__table__.c[name] for name in bulk.columns)
    spelled = list(zip(bulk.columns, spellings(db.engine.dialect, *columns), strict=True))
    for row in rows:
        values = {**usual, **row}
        bulk.rows.append(
            tuple(values[name] if spell is None else spell(values[name]) for name, spell in spelled)
        )
    bulk.write()


def _usual(model: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    """What the model, and not the database, gives the columns that a row does not name."""
    columns = model.__table__.columns
    left = [one for one in columns if one.default is not None and one.key not in row]
    return {
        one.key: one.default.arg
        for one in left
        if isinstance(one.default, ScalarElementColumnDefault)
    }
