"""What was scanned, as its pages and its reading need it: a code on paper or on a screen."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for

from checkin.database import db
from checkin.domain.codes import read_code
from checkin.domain.evidence import Evidence
from checkin.domain.scanning import Code
from checkin.models import Site
from checkin.operations import displays
from checkin.operations.attendance.arrival import poster_named, poster_of_code
from checkin.operations.attendance.situation import code_of
from checkin.operations.displays import Shown

_VIEWS = {"S": ("{}", "code"), "R": ("{}_rotating", "token"), "N": ("{}_typed", None)}


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code that leads to a place of ours; `path` names it in the session and in addresses.

    S/… is a poster, R/… what a screen showed, N/… the digits somebody typed from a screen.
    """

    path: str
    site_id: int
    facts: dict[str, Any]
    """What a reading says about its code."""
    shift_id: int | None = None
    revoked_at: datetime | None = None
    replaced_at: datetime | None = None
    asks_distance: bool = False
    """Whether its site asks how far away the phone is; only printed codes do."""
    shown: Shown | None = None
    site: Site | None = None
    """Loaded for pages; pressing a button needs only its id."""

    @property
    def poster(self) -> dict[str, Any] | None:
        """What never changes of a printed code, for the session to remember."""
        if self.shown is not None:
            return None
        return {
            "path": self.path,
            "site_id": self.site_id,
            "shift_id": self.shift_id,
            "facts": self.facts,
            "asks_distance": self.asks_distance,
        }

    @property
    def point(self) -> str | None:
        """Where the site is, for a phone to say how far away it is; a screen's code proves that."""
        site = self.site
        if site is None or site.latitude is None or self.shown is not None:
            return None
        return f"{site.latitude},{site.longitude}"

    def address(self, name: str = "show", **args: Any) -> str:
        kind, _, code = self.path.partition("/")
        view, parameter = _VIEWS[kind]
        named = {parameter: code} if parameter else {}
        return url_for("scan." + view.format(name), **named, **args)

    @property
    def from_memory(self) -> "Scanned":
        """For whoever leaves long after opening the page: no proof of standing there now."""
        return replace(self, facts={**self.facts, "evidence": Evidence.POSTER})

    def judged(self, touched_at: datetime, now: datetime) -> Code:
        """Whether this code counts for somebody who opened it at `touched_at`.

        A poster's must work now; a screen's must have been fresh when it was first seen. Digits
        were judged when they were typed.
        """
        if self.shown is None:
            return code_of(self, now)
        if self.path.startswith("N") and not self.shown.is_old:
            return Code.ACTIVE
        return self.shown.judged(touched_at)


def printed(code: str) -> Scanned | None:
    """The poster of a code, without its site: all that pressing its button needs."""
    poster = poster_named(code)
    return _of_poster(poster, asks_distance=poster.latitude is not None) if poster else None


def printed_with_site(code: str) -> Scanned | None:
    poster = poster_of_code(code)
    if poster is None:
        return None
    asks_distance = poster.site.latitude is not None
    return _of_poster(poster, poster.site, asks_distance=asks_distance)


def remembered(kept: Any, code: str) -> Scanned | None:
    """The poster that our session remembers, when it is the one of this code."""
    if not isinstance(kept, dict) or kept.get("path") != f"S/{read_code(code)}":
        return None
    return Scanned(**kept)


def rotating(token: str) -> Scanned | None:
    """The screen that made this token, whenever that was; without its site."""
    shown = displays.shown(token)
    return _of_screen(f"R/{token.upper()}", shown, "rotating", Evidence.LIVE) if shown else None


def rotating_with_site(token: str) -> Scanned | None:
    return _with_site(rotating(token))


def typed(code: str) -> Scanned | None:
    """The screen whose digits were typed and found right; what names it comes from our session."""
    display_id, _, window = code.partition("-")
    shown = displays.shown_by(int(display_id), int(window))
    found = _of_screen(f"N/{code}", shown, "typed", Evidence.TYPED) if shown else None
    return _with_site(found)


def typed_path(shown: Shown) -> str:
    return f"N/{shown.display_id}-{shown.window}"


_READERS = {"S": printed_with_site, "R": rotating_with_site, "N": typed}


def opened(path: str) -> Scanned | None:
    """What a browser has opened, by its path, with the site."""
    kind, _, code = path.partition("/")
    return _READERS[kind](code)


def _of_poster(poster: Any, site: Site | None = None, *, asks_distance: bool = False) -> Scanned:
    return Scanned(
        path=f"S/{poster.code}",
        site_id=poster.site_id,
        facts={"poster_id": poster.id},
        shift_id=poster.shift_id,
        revoked_at=poster.revoked_at,
        replaced_at=poster.replaced_at,
        asks_distance=asks_distance,
        site=site,
    )


def _of_screen(path: str, shown: Shown, carrier: str, evidence: Evidence) -> Scanned:
    facts = {"display_id": shown.display_id, "window_no": shown.window, "flags": shown.flags}
    return Scanned(
        path=path,
        site_id=shown.site_id,
        facts={**facts, "carrier": carrier, "evidence": evidence},
        shown=shown,
    )


def _with_site(found: Scanned | None) -> Scanned | None:
    return replace(found, site=db.session.get(Site, found.site_id)) if found else None
