"""Earlier years: what was entered, sending a file, looking at it, entering it, taking it back."""

from checkin.web.past import by_hand, listing, looking, sending
from checkin.web.past.blueprint import bp

__all__ = ["bp", "by_hand", "listing", "looking", "sending"]
