"""Opportunities found by a part of their name; there are too many for a list to choose from."""

import re
from collections.abc import Sequence

from sqlalchemy import func, or_, select

from checkin.database import db
from checkin.models import Opportunity
from checkin.operations.search import contains

_ALIKE = re.compile("[اأإآٱهةيىئوؤ]")
"""Letters that are written one for the other; one of them stands for all."""


def opportunities_like(text: str, most: int) -> Sequence[Opportunity]:
    """Those not closed whose name holds every word of `text`, the newest first."""
    names = (func.lower(Opportunity.name_ar), func.lower(Opportunity.name_en))
    patterns = [_ALIKE.sub("_", contains(word)) for word in text.lower().split()]
    if not patterns:
        return []
    query = select(Opportunity).where(Opportunity.closed_at.is_(None))
    for pattern in patterns:
        query = query.where(or_(*(name.like(pattern, escape="\\") for name in names)))
    return db.session.scalars(query.order_by(Opportunity.id.desc()).limit(most)).all()


def opportunity(opportunity_id: int | None) -> Opportunity | None:
    """The one chosen, closed ones too."""
    return db.session.get(Opportunity, opportunity_id) if opportunity_id else None
