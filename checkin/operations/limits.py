"""How often something may be tried: counted in the database, where every worker sees it."""

from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy import delete, select, update

from checkin.database import db, transaction, upsert
from checkin.domain.errors import Problem
from checkin.models import Counter

_NOTHING = timedelta()


@transaction
def take(
    key: str, most: int, within: timedelta, now: datetime, *, ahead: timedelta = _NOTHING
) -> int:
    """Count one try under `key`; how many there were in this window, this one included.

    Windows begin as UTC's clock begins them, or one that is `ahead` of it. Raises Problem
    `too_many` (fact `seconds` until the window ends) when `most` were counted already. One
    conditional statement decides, so parallel tries cannot pass together; a refused try undoes
    what was counted in the same transaction.
    """
    window = _window(within, now, ahead)
    ends_at = datetime.fromtimestamp((window + 1) * within.total_seconds(), UTC) - ahead
    counting = upsert(Counter).values(key=key, window=window, count=1, expires_at=ends_at)
    count: int | None = db.session.scalar(
        counting.on_conflict_do_update(
            index_elements=[Counter.key, Counter.window],
            set_={"count": Counter.count + 1},
            where=Counter.count < most,
        ).returning(Counter.count)
    )
    if count is None or count > most:
        raise Problem("too_many", seconds=ceil((ends_at - now).total_seconds()))
    return count


def taken(key: str, within: timedelta, now: datetime, *, ahead: timedelta = _NOTHING) -> int:
    """How many tries were counted in the window of now."""
    window = _window(within, now, ahead)
    counted = select(Counter.count).where(Counter.key == key, Counter.window == window)
    return db.session.scalar(counted) or 0


@transaction
def give_back(key: str, within: timedelta, now: datetime) -> None:
    """Take one try back that turned out to be none; the others stay counted."""
    window = _window(within, now, _NOTHING)
    db.session.execute(
        update(Counter)
        .where(Counter.key == key, Counter.window == window, Counter.count > 0)
        .values(count=Counter.count - 1)
    )


@transaction
def forgive(key: str) -> None:
    """Forget the tries under `key`: the right person has come."""
    db.session.execute(delete(Counter).where(Counter.key == key))


@transaction
def forget_passed(now: datetime) -> int:
    """Remove counters whose window has ended; how many."""
    gone = db.session.execute(
        delete(Counter).where(Counter.expires_at <= now).returning(Counter.key)
    )
    return len(gone.all())


def _window(within: timedelta, now: datetime, ahead: timedelta) -> int:
    return int((now + ahead).timestamp()) // int(within.total_seconds())
