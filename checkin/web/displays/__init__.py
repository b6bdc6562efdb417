"""Screens that show the rotating code: their own pages, and who opens, pairs and stops them."""

from checkin.web.displays import desk, lock, screen
from checkin.web.displays.blueprint import bp

__all__ = ["bp", "desk", "lock", "screen"]
