"""The poster's address: what it shows, and what its one button does."""

from checkin.web.scan import opening, reminding
from checkin.web.scan.blueprint import bp

__all__ = ["bp", "opening", "reminding"]
