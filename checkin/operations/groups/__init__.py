"""Groups: a headcount that came with its leader, and the names that make attendances of it."""

from checkin.operations.groups.arriving import MOST, Arrival, arrive, leave, recount
from checkin.operations.groups.lines import LONGEST_LIST, Line, read_lines
from checkin.operations.groups.naming import (
    Named,
    Naming,
    enter_waiting,
    name_members,
    ready_among,
    strike,
)
from checkin.operations.groups.reading import (
    Member,
    Standing,
    find,
    led_by,
    members_of,
    on_site,
    standings,
    teams,
    to_name,
    uncounted_on_site,
)

__all__ = [
    "LONGEST_LIST",
    "MOST",
    "Arrival",
    "Line",
    "Member",
    "Named",
    "Naming",
    "Standing",
    "arrive",
    "enter_waiting",
    "find",
    "leave",
    "led_by",
    "members_of",
    "name_members",
    "on_site",
    "read_lines",
    "ready_among",
    "recount",
    "standings",
    "strike",
    "teams",
    "to_name",
    "uncounted_on_site",
]
