"""Prayer times: the table of each day, what was entered by hand, and times said by a prayer.

What follows the table stands in `following`, which knows shifts; shifts know only what is here.
"""

from checkin.operations.prayers.table import (
    changes_of,
    clear,
    enter,
    of_day,
    of_days,
    resolve,
    span,
)

__all__ = ["changes_of", "clear", "enter", "of_day", "of_days", "resolve", "span"]
