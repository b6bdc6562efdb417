"""The one place where the web asks what time it is; everything below is told."""

from datetime import UTC, datetime


def now() -> datetime:
    """The server's time, aware and in UTC."""
    return datetime.now(UTC)
