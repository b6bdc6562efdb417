"""Imports: files of volunteers and rosters, sent, looked at, added, given back."""

from checkin.web.imports import giving_back, naming, sending, showing
from checkin.web.imports.blueprint import bp

__all__ = ["bp", "giving_back", "naming", "sending", "showing"]
