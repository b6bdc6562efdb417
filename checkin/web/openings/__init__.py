"""Openings: what volunteers find, join, wait for and leave; their own calendar."""

from checkin.web.openings import calendar, finding, joining, telling
from checkin.web.openings.blueprint import bp

__all__ = ["bp", "calendar", "finding", "joining", "telling"]
