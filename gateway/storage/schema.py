"""Bringing the database to the schema this code expects (Alembic), and asking whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from gateway.storage.engine import reading

FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> list[str]:
    """Runs every migration that this database has not seen; returns their names, in order.

    On PostgreSQL two hosts may do this at once: the second waits for the first.
    """
    before = current(engine)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5202601)")
        config = _config(connection)
        command.upgrade(config, "head")
    return _steps(before)


def current(engine: Engine) -> str | None:
    """The migration the database stands at, or None for an empty database."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether every migration has been run here."""
    return current(engine) == _scripts().get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def _steps(before: str | None) -> list[str]:
    scripts = _scripts()
    return [
        f"{step.revision} {step.doc}"
        for step in reversed(list(scripts.iterate_revisions("head", before or "base")))
    ]
