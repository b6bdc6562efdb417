"""One's own attendance: the receipt, taking a step back, answering, objecting."""

from checkin.web.attendances import answering, showing, undoing
from checkin.web.attendances.blueprint import bp

__all__ = ["answering", "bp", "showing", "undoing"]
