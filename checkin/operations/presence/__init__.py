"""Who is really there: the list of everybody on site, roll calls, head counts, spot checks."""

from checkin.operations.presence.calling import Look, begin, sight
from checkin.operations.presence.counting import count, counts_at
from checkin.operations.presence.here import OnSite, Present, on_site
from checkin.operations.presence.numbers import take_numbers
from checkin.operations.presence.seeing import last_seen
from checkin.operations.presence.spotting import Draw, answer, draw, draw_at

__all__ = [
    "Draw",
    "Look",
    "OnSite",
    "Present",
    "answer",
    "begin",
    "count",
    "counts_at",
    "draw",
    "draw_at",
    "last_seen",
    "on_site",
    "sight",
    "take_numbers",
]
