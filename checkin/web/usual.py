"""What holds for readers who have not chosen: the organisation's digits.

Kept in memory for a minute, so that no scan waits for a question about how numbers look.
"""

from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from checkin.operations import settings
from checkin.web import clock
from checkin.web.i18n import USUAL_DIGITS

REMEMBERED = timedelta(minutes=1)


def init_app(app: Flask) -> None:
    app.extensions[USUAL_DIGITS] = _Digits()


def forget() -> None:
    """They were changed here; other processes see it within the minute."""
    current_app.extensions[USUAL_DIGITS] = _Digits()


class _Digits:
    """The setting, as it was read last; what was known holds on while the database is away."""

    def __init__(self) -> None:
        self._known: str | None = None
        self._read_at: datetime | None = None

    def __call__(self) -> str:
        now = clock.now()
        if self._read_at is None or not timedelta() <= now - self._read_at < REMEMBERED:
            self._read(now)
        return self._known or str(settings.default("digits"))

    def _read(self, now: datetime) -> None:
        try:
            self._known = str(settings.value("digits"))
        except SQLAlchemyError:
            return
        self._read_at = now
