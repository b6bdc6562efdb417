"""The National Volunteering Platform: a file for it, and its own list held against ours."""

from checkin.web.platform import differences, lists, shaping, showing, taking_out
from checkin.web.platform.blueprint import bp

__all__ = ["bp", "differences", "lists", "shaping", "showing", "taking_out"]
