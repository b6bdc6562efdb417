"""Exports: a list that is looked at, taken out as a file."""

from checkin.web.exports import paper, showing
from checkin.web.exports.blueprint import bp

__all__ = ["bp", "paper", "showing"]
