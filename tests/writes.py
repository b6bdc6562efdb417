"""Whether the database of the test that runs has been written into."""

from typing import Any

from sqlalchemy import Engine, event


class Writes:
    """`seen` since the database was empty, by the app or by a test."""

    seen = False


@event.listens_for(Engine, "before_cursor_execute")
def _notice(*about: Any) -> None:
    statement = about[2].lstrip()
    Writes.seen = Writes.seen or statement.startswith(("INSERT", "UPDATE", "DELETE"))
