"""The rooms of the house: one blueprint each."""

from checkin.web import accounts, attendances, hours, pages, posters, scan

BLUEPRINTS = (
    pages.bp,
    pages.preferences,
    accounts.bp,
    posters.bp,
    scan.bp,
    attendances.bp,
    hours.bp,
)
