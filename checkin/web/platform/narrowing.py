"""What differs, narrowed to the opportunities that the list names, unless all is asked for."""

from collections.abc import Collection

from flask import request

from checkin.models import PlatformList

ALL = "all"


def within(row: PlatformList) -> Collection[int]:
    """Opportunities of ours to which an address narrows what is only here; none for all."""
    return [] if is_wide() else row.totals.get("named", {}).get("opportunities", [])


def is_wide() -> bool:
    """Whether the address asks for all, named or not."""
    return request.args.get("of") == ALL


def said() -> dict[str, str]:
    """The address's own words, for links and files that are about the same."""
    return {"of": ALL} if is_wide() else {}
