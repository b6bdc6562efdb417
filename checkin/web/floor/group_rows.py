"""The lines of groups on the board: counted with their leader, and apart from everybody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request

from checkin.models import Group
from checkin.operations import floor, groups

GROUPS = "groups"
"""The filter that shows groups instead of people."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group's line in the list."""

    standing: groups.Standing
    is_here: bool

    @property
    def mark(self) -> str:
        """Another word as soon as anything else is to be shown; time passing alone leaves it."""
        one, group = self.standing, self.standing.group
        told = (group.id, group.headcount, group.arrived_at, group.left_at)
        return floor.mark_of(
            told, one.named, one.entered, one.leader_name, one.is_open, self.is_here
        )


def group_facts(board: floor.Board, now: datetime) -> dict[str, Any]:
    """All groups of these shifts, how many of those here are not checked in, and the rows shown:
    under a filter of their own, and who is here above the people who are."""
    found = groups.standings(Group.shift_id.in_([shift.id for shift in board.shifts]))
    rows = [GroupRow(one, one.is_here(now)) for one in found]
    return {
        "groups": rows,
        "uncounted": sum(row.standing.uncounted for row in rows if row.is_here),
        "group_rows": [row for row in rows if _is_shown(row)],
    }


def _is_shown(row: GroupRow) -> bool:
    if request.args.get("q", "").strip():
        return False
    which = request.args.get("show", "")
    return which == GROUPS or (row.is_here and which not in ("awaited", "left", "review"))
