"""Badges: handed to a supervisor and read, made and printed, replaced and stopped."""

from checkin.web.badges import handing, making, printing
from checkin.web.badges.blueprint import bp

__all__ = ["bp", "handing", "making", "printing"]
