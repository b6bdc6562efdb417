"""The JSON interface: scans in batches, the time, who is signed in, and its own description."""

from checkin.web.api import description, facts, presence, scans, tallies
from checkin.web.api.blueprint import bp

__all__ = ["bp", "description", "facts", "presence", "scans", "tallies"]
