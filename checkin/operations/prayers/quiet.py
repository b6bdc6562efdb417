"""Times in which a site's people are sent no message: fixed ones, and those around prayers."""

from datetime import datetime, time, timedelta
from typing import Any, Protocol

from checkin.domain import quiet
from checkin.domain.days import local_day, local_time
from checkin.domain.prayer import PRAYED
from checkin.domain.quiet import Window
from checkin.operations.prayers.table import Located, of_day
from checkin.operations.sites import around_prayers_of, windows_of


class Quiet(Located, Protocol):
    """A site with its quiet windows, or a row that says as much of one."""

    @property
    def quiet_windows(self) -> list[Any]: ...


def is_quiet(site: Quiet, at: datetime) -> bool:
    """Whether nobody of this site is sent a message now."""
    return quiet.is_quiet(at, windows_on(site, at), site.zone)


def after_quiet(site: Quiet, at: datetime) -> datetime:
    """The first instant from `at` on at which messages may be sent; UTC."""
    return quiet.after_quiet(at, windows_on(site, at), site.zone)


def windows_on(site: Quiet, at: datetime) -> list[Window]:
    """By the site's clock, with the prayers of the day on which `at` lies."""
    return [*windows_of(site.quiet_windows), *_around(site, at)]


def _around(site: Quiet, at: datetime) -> list[Window]:
    around = around_prayers_of(site.quiet_windows)
    if around is None:
        return []
    before, after = (timedelta(minutes=minutes) for minutes in around)
    prayers = of_day(local_day(at, site.zone), site)
    begins = [prayers.at(prayer) for prayer in PRAYED]
    return [(_clock(one - before, site), _clock(one + after, site)) for one in begins]


def _clock(at: datetime, site: Quiet) -> time:
    return local_time(at, site.zone).time()
