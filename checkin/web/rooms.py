"""The rooms of the house: one blueprint each."""

from checkin.web import accounts, pages, posters

BLUEPRINTS = (pages.bp, pages.preferences, accounts.bp, posters.bp)
