"""The address of a code: what it shows, and what its one button does."""

from checkin.web.scan import opening, reminding, typing
from checkin.web.scan.blueprint import bp

__all__ = ["bp", "opening", "reminding", "typing"]
