"""Approvals: a shift's hours at once, and one record with all that stands behind it."""

from checkin.web.approvals import records, reports, samples, sheets
from checkin.web.approvals.blueprint import bp

__all__ = ["bp", "records", "reports", "samples", "sheets"]
