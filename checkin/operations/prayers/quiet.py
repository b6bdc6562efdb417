"""Times in which a site's people are sent no message: fixed ones, and those around prayers.

A site that says nothing of either kind has the organisation's of that kind.
"""

from datetime import datetime, time, timedelta
from typing import Any, Protocol

from checkin.domain import quiet
from checkin.domain.days import local_day, local_time
from checkin.domain.prayer import PRAYED
from checkin.domain.quiet import Window
from checkin.operations import settings
from checkin.operations.prayers.table import Located, of_day
from checkin.operations.sites import Around, around_prayers_of, windows_of


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
    return [*fixed_of(site), *_around(site, at)]


def fixed_of(site: Quiet) -> list[Window]:
    """Each day's quiet times, not those around prayers."""
    return windows_of(site.quiet_windows) or quiet.read_windows(settings.value("quiet_times"))


def around_of(site: Quiet) -> Around:
    """How many minutes before and after each prayer are quiet."""
    around = around_prayers_of(site.quiet_windows)
    if around is None:
        return settings.value("quiet_before"), settings.value("quiet_after")
    return around


def _around(site: Quiet, at: datetime) -> list[Window]:
    around = around_of(site)
    if not any(around):
        return []
    before, after = (timedelta(minutes=minutes) for minutes in around)
    prayers = of_day(local_day(at, site.zone), site)
    begins = [prayers.at(prayer) for prayer in PRAYED]
    return [(_clock(one - before, site), _clock(one + after, site)) for one in begins]


def _clock(at: datetime, site: Quiet) -> time:
    return local_time(at, site.zone).time()
