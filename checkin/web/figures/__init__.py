"""Figures: hours, beneficiaries and people, their charts and targets, and what stands behind."""

from checkin.web.figures import dashboard, listing, taking_out, targets
from checkin.web.figures.blueprint import bp

__all__ = ["bp", "dashboard", "listing", "taking_out", "targets"]
