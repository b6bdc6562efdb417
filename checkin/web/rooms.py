"""The rooms of the house: one blueprint each."""

from checkin.web import pages

BLUEPRINTS = (pages.bp, pages.preferences)
