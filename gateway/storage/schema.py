"""The schema that this code expects (Alembic): bringing a database to it, and comparing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from gateway.storage.engine import reading

FOLDER = Path(__file__).parent / "migrations"


class NewerSchema(Exception):
    """A database that has seen a migration which this version of the code does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"the database stands at migration {revision}, made by a newer version")


def upgrade(engine: Engine) -> list[str]:
    """Run every migration that this database has not seen; return their names, in order.

    Two processes may do this at once: the second waits for the first, and finds nothing to do.
    Raises NewerSchema, and changes nothing.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5202601)")
        before = _revision(connection)
        if before is not None and before not in _revisions():
            raise NewerSchema(before)
        command.upgrade(_config(connection), "head")
    return _steps(before)


def current(engine: Engine) -> str | None:
    """Return the migration that the database stands at; None for an empty database."""
    with reading(engine) as connection:
        return _revision(connection)


def is_current(engine: Engine) -> bool:
    """Return whether every migration has been run here."""
    return current(engine) == _scripts().get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def _revisions() -> set[str]:
    return {step.revision for step in _scripts().walk_revisions()}


def _steps(before: str | None) -> list[str]:
    scripts = _scripts()
    return [
        f"{step.revision} {step.doc}"
        for step in reversed(list(scripts.iterate_revisions("head", before or "base")))
    ]
