"""Letting go of what signing in left behind once nobody can use it any more."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from checkin.database import db, transaction
from checkin.models import Enrolment, SignInCode, SignInRequest

KEPT_FOR = timedelta(days=1)
"""Long enough to see what went wrong when somebody calls."""


@transaction
def forget_passed(now: datetime) -> int:
    """Remove codes and requests that ended a day ago; how many."""
    gone = 0
    for table in (SignInCode, SignInRequest, Enrolment):
        ended = delete(table).where(table.expires_at <= now - KEPT_FOR).returning(table.id)
        gone += len(db.session.execute(ended).all())
    return gone
