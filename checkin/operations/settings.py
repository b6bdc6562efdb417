"""What the organisation chose on its settings page; else the deployment's own setting holds.

Read anew for each request, all in one question, so that every worker knows a change at once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g
from sqlalchemy import delete, select

from checkin.database import ask, db, transaction, upsert
from checkin.models import Setting
from checkin.operations import audit

DEPLOYED = {
    "organisation_ar": "ORGANISATION_AR",
    "organisation_en": "ORGANISATION_EN",
    "zone": "ZONE",
    "digits": "DIGITS",
    "opens_minutes": "OPENS_MINUTES",
    "quiet_times": "QUIET_TIMES",
    "quiet_before": "QUIET_BEFORE",
    "quiet_after": "QUIET_AFTER",
    "messages_per_day": "MESSAGES_PER_DAY",
    "message_days": "MESSAGE_DAYS",
    "import_days": "IMPORT_DAYS",
    "export_days": "EXPORT_DAYS",
    "device_days": "DEVICE_DAYS",
    "poster_days": "POSTER_DAYS",
}
"""Each setting, and the deployment's that holds when nobody chose."""
LOGO = "logo"
"""Not typed but drawn: see `pictures`."""
LONGEST_NAME = 80
MOST_MESSAGES = 1_000_000
DAYS = {
    "message_days": (7, 730),
    "import_days": (1, 30),
    "export_days": (1, 14),
    "device_days": (1, 400),  # browsers keep no cookie for longer
    "poster_days": (1, 90),
}
"""How long something is kept or goes on: the fewest and the most days that may be chosen."""
_CHOSEN = select(Setting.name, Setting.value)


# --- questions -----------------------------------------------------------------------------


def value(name: str) -> Any:
    """What holds now."""
    return _chosen().get(name, default(name))


def period(name: str) -> timedelta:
    """How long: of the settings in `DAYS`."""
    return timedelta(days=value(name))


def default(name: str) -> Any:
    """What holds when nobody chose."""
    return current_app.config[DEPLOYED[name]]


def kept(name: str) -> Any:
    """What was chosen, or nothing: for what no deployment says."""
    return _chosen().get(name)


def read_anew() -> None:
    """For work that goes on longer than a request: what was chosen meanwhile holds."""
    g.pop("settings", None)


def _chosen() -> dict[str, Any]:
    if "settings" not in g:
        g.settings = {row.name: row.value for row in ask(_CHOSEN)}
    chosen: dict[str, Any] = g.settings
    return chosen


# --- acts ----------------------------------------------------------------------------------


@transaction
def change(wanted: Mapping[str, Any], *, by: int, now: datetime) -> list[str]:
    """Let these hold from now on, None for the default again; the names of those that changed.

    A value equal to the default is not kept, so that it goes on following the deployment.
    """
    g.pop("settings", None)
    changed = [name for name in sorted(wanted) if _of(name, wanted[name]) != value(name)]
    if not changed:
        return []
    for name in changed:
        if _of(name, wanted[name]) == default(name):
            forget(name)
        else:
            keep(name, wanted[name], by, now)
    numbers = {name: wanted[name] for name in changed if isinstance(wanted[name], int)}
    audit.note("settings.change", "settings", None, by=by, at=now, changed=changed, **numbers)
    return changed


def _of(name: str, chosen: Any) -> Any:
    return default(name) if chosen is None else chosen


def forget(name: str) -> None:
    """In an act of its own, as `keep` is."""
    db.session.execute(delete(Setting).where(Setting.name == name))
    g.pop("settings", None)


def keep(name: str, chosen: Any, by: int, now: datetime) -> None:
    said = {"value": chosen, "changed_at": now, "changed_by_id": by}
    adding = upsert(Setting).values(name=name, **said)
    db.session.execute(adding.on_conflict_do_update(index_elements=[Setting.name], set_=said))
    g.pop("settings", None)
