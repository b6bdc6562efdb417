"""Accounts: signing in by phone or as staff, registering, and a person's own page."""

from checkin.web.accounts import (
    authenticator,
    codes,
    enrolling,
    guardians,
    joining,
    own,
    staff,
    vouching,
)
from checkin.web.accounts.blueprint import bp

__all__ = [
    "authenticator",
    "bp",
    "codes",
    "enrolling",
    "guardians",
    "joining",
    "own",
    "staff",
    "vouching",
]
