"""What was scanned, as its pages and its reading need it: a poster's code, and where it leads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from checkin.domain.scanning import Code
from checkin.models import Site
from checkin.operations.attendance.arrival import poster_named, poster_of_code
from checkin.operations.attendance.situation import code_of


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code that leads to a place of ours; `path` names it in the session and in addresses."""

    path: str
    site_id: int
    facts: dict[str, Any]
    """What a reading says about its code."""
    shift_id: int | None = None
    revoked_at: datetime | None = None
    replaced_at: datetime | None = None
    site: Site | None = None
    """Loaded for pages; pressing a button needs only its id."""

    def address(self, name: str = "show", **args: Any) -> str:
        return url_for(f"scan.{name}", code=self.path[2:], **args)

    def judged(self, now: datetime) -> Code:
        """Whether this code still leads anywhere."""
        return code_of(self, now)


def printed(code: str) -> Scanned | None:
    """The poster of a code, without its site: all that pressing its button needs."""
    return _of_poster(poster_named(code))


def printed_with_site(code: str) -> Scanned | None:
    poster = poster_of_code(code)
    return _of_poster(poster, poster.site) if poster else None


def opened(path: str) -> Scanned | None:
    """What a browser has opened, by its path, with the site."""
    return printed_with_site(path[2:])


def _of_poster(poster: Any, site: Site | None = None) -> Scanned | None:
    if poster is None:
        return None
    return Scanned(
        path=f"S/{poster.code}",
        site_id=poster.site_id,
        facts={"poster_id": poster.id},
        shift_id=poster.shift_id,
        revoked_at=poster.revoked_at,
        replaced_at=poster.replaced_at,
        site=site,
    )
