"""Who is really there: roll call, head count, spot check, and the list for an evacuation."""

from checkin.web.presence import calling, counting, spotting
from checkin.web.presence.blueprint import bp

__all__ = ["bp", "calling", "counting", "spotting"]
