"""What is known about a person, field by field, and what is taken over from the other row."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from checkin.database import db
from checkin.models import Person

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_folded"),
    "name_latin": ("name_latin", "latin_folded"),
    "mobile": ("mobile", "mobile_proved_at"),
    "email": ("email",),
    "category": ("category",),
    "gender": ("gender",),
    "birth_year": ("birth_year",),
    "partner": ("partner_id",),
    "team": ("team_id", "team_name", "leads_team"),
    "guardian": ("is_minor", "guardian_mobile", "guardian_consented_at"),
}
"""Each field a coordinator chooses, with its columns; the first one says whether they differ."""
_ALONG: dict[str, tuple[str, ...]] = {
    "suspension": ("suspended_at", "suspended_reason"),
    "consent": ("consented_at",),
    "news": ("news_wanted_at",),
    "calendar": ("feed_code",),
}
"""What comes along where the kept row has none: nobody is freed of a suspension by merging."""
_HELD_ONCE = ("email", "feed_code")
"""Of these no two rows may have the same."""
_FIXED = {"category"}
"""These are never empty, so the kept row's stands unless somebody chooses."""

Values = dict[str, Any]


def differing(kept: Person, other: Person) -> list[str]:
    """The fields in which the two say something different."""
    return [name for name in FIELDS if _said(kept, name) != _said(other, name)]


def suggested(kept: Person, other: Person) -> frozenset[str]:
    """What the kept row does not know and the other one does."""
    return frozenset(
        name
        for name in differing(kept, other)
        if name not in _FIXED and not _knows(kept, name) and _knows(other, name)
    )


def choosable(kept: Person, other: Person) -> list[str]:
    """Where somebody may choose; who signs in by an e-mail goes on doing so."""
    return [name for name in differing(kept, other) if name != "email" or kept.email is None]


def take(kept: Person, other: Person, chosen: Collection[str]) -> tuple[Values, Values]:
    """Take the chosen fields over; by column what the kept row had and has, and what the other
    one had to give away."""
    along = [name for name in _ALONG if not _knows(kept, name) and _knows(other, name)]
    columns = [column for name in FIELDS if name in chosen for column in FIELDS[name]]
    columns += [column for name in along for column in _ALONG[name]]
    taken = {
        column: [plain(getattr(kept, column)), plain(getattr(other, column))]
        for column in columns
        if getattr(kept, column) != getattr(other, column)
    }
    given = {column: after for column, (_, after) in taken.items() if column in _HELD_ONCE}
    for column in given:
        setattr(other, column, None)
    db.session.flush()
    for column, (_, after) in taken.items():
        setattr(kept, column, _typed(column, after))
    return taken, given


def give_back(kept: Person, taken: Mapping[str, Any]) -> list[str]:
    """Put back what nobody has changed since; the columns that stay as they are."""
    changed = [
        column for column, (_, after) in taken.items() if plain(getattr(kept, column)) != after
    ]
    for column, (before, _) in taken.items():
        if column not in changed:
            setattr(kept, column, _typed(column, before))
    return changed


def plain(value: Any) -> Any:
    """As JSON keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(column: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and column.endswith("_at") else value


def _said(person: Person, name: str) -> Any:
    return [getattr(person, column) for column in FIELDS[name] if not column.endswith("_at")]


def _knows(person: Person, name: str) -> bool:
    columns = FIELDS.get(name) or _ALONG[name]
    return any(getattr(person, column) for column in columns)
