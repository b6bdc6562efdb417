"""Pages that choose one person: what was typed, and the few it finds: `people/choosing.html`."""

from dataclasses import replace
from typing import Any

from flask import request

from checkin.operations import people

MOST_FOUND = 10
LONGEST_TEXT = 100


def looked_for(*, but: int | None = None) -> dict[str, Any]:
    """For the page: `text` as typed, and who is `found`, nothing before anything was typed."""
    text = request.args.get("q", "")[:LONGEST_TEXT]
    found = people.page_of(1, text, MOST_FOUND) if text.strip() else None
    if found and but:
        found = replace(found, items=[person for person in found.items if person.id != but])
    return {"text": text, "found": found}
