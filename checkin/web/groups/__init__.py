"""Groups: a headcount on the tablet now, names from the tablet or the leader's own phone later."""

from checkin.web.groups import arriving, leading, naming
from checkin.web.groups.blueprint import bp

__all__ = ["arriving", "bp", "leading", "naming"]
