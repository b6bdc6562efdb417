"""Bringing a database to the shape of the models, the same way on both engines."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from checkin.database import writing

SUMS_EMPTIED = "0015"
"""The last revision that leaves the sums of figures to be made from the records; later ones bring
along what they keep."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database behind `engine` to `revision`; being there already changes nothing."""
    with writing(engine):
        command.upgrade(_settings(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with writing(engine):
        command.downgrade(_settings(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has every migration this version of the code knows."""
    head = ScriptDirectory.from_config(_settings(engine)).get_current_head()
    return revision_of(engine) == head


def revision_of(engine: Engine) -> str | None:
    """Nothing for an empty database; revisions are numbers, in order of when they came."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _settings(engine: Engine) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["engine"] = engine
    return settings
