"""Bringing a database to the shape of the models, the same way on both engines."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from checkin.database import writing


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database behind `engine` to `revision`; being there already changes nothing."""
    with writing(engine):
        command.upgrade(_settings(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with writing(engine):
        command.downgrade(_settings(engine), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has every migration this version of the code knows."""
    heads = set(ScriptDirectory.from_config(_settings(engine)).get_heads())
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


def _settings(engine: Engine) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["engine"] = engine
    return settings
