"""Closed months: which one can be closed, and the day that counts what is changed in one later."""

from collections.abc import Collection
from datetime import date, timedelta

from checkin.domain.days import month_of


def month_after(month: date) -> date:
    return month_of(month_of(month) + timedelta(days=31))


def can_close(month: date, today: date) -> bool:
    """Only a month that has ended: what is worked today always counts today."""
    return month_of(month) < month_of(today)


def counting_day(work_on: date, today: date, closed: Collection[date]) -> date:
    """The day that counts a change, made today, of what was worked on `work_on`.

    The day of work itself while its month is open; else today. Should today's month be closed
    too (a clock was wrong), the first day of the next open one.
    """
    if month_of(work_on) not in closed:
        return work_on
    day = today
    while month_of(day) in closed or day <= work_on:
        day = month_after(day)
    return day
