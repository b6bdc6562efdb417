"""Many rows at once; the demo is the only place that writes in bulk."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert

from checkin.database import Base, db


def store(model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Add rows; their ids, in the same order."""
    table = _table(model)
    if not rows:
        return []
    adding = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(db.session.execute(adding, rows).scalars())


def add(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Add rows whose ids nobody needs."""
    if rows:
        db.session.execute(insert(_table(model)), rows)


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__
