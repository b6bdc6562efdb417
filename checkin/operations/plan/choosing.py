"""Opportunities found by a part of their name; there are too many for a list to choose from."""

from collections.abc import Sequence

from sqlalchemy import select

from checkin.database import db
from checkin.models import Opportunity
from checkin.operations.search import called


def opportunities_like(text: str, most: int) -> Sequence[Opportunity]:
    """Those not closed whose name holds every word of `text`, the newest first."""
    o = Opportunity
    if not text.strip():
        return []
    query = select(o).where(o.closed_at.is_(None), called(text, o.name_ar, o.name_en))
    return db.session.scalars(query.order_by(o.id.desc()).limit(most)).all()


def opportunity(opportunity_id: int | None) -> Opportunity | None:
    """The one chosen, closed ones too."""
    return db.session.get(Opportunity, opportunity_id) if opportunity_id else None
