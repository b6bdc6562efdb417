"""The floor: who is at a site now, and checking people in and out by hand."""

from checkin.web.floor import boards, closing, codes, entries, sheets, vouching
from checkin.web.floor.blueprint import bp

__all__ = ["boards", "bp", "closing", "codes", "entries", "sheets", "vouching"]
