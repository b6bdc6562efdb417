"""The rooms of the house: one blueprint each."""

from checkin.web import pages, posters

BLUEPRINTS = (pages.bp, pages.preferences, posters.bp)
