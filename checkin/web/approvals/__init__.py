"""Approvals: a shift's hours at once, and one record with all that stands behind it."""

from checkin.web.approvals import records, sheets
from checkin.web.approvals.blueprint import bp

__all__ = ["bp", "records", "sheets"]
