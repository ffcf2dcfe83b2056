"""Tests of the schema: what the migrations make is what the tables say, however often they run."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, select, text

from gateway.storage import schema
from gateway.storage.engine import connect
from gateway.storage.tables import LANES, lanes, metadata, secrets, tallies
from tests.servers import Postgres

# What a partial index is for stands in its WHERE, which Alembic does not compare.
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
    "AND tablename <> 'alembic_version'",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables, once of each kind."""
    if request.param == "sqlite":
        made = connect(f"sqlite:///{tmp_path / 'empty' / 'kibaru.db'}")
        yield made
        made.dispose()
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.create()
    made = connect(server.url(name))
    yield made
    made.dispose()
    server.drop(name)


def test_the_migrations_make_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_same_indexes(empty: Engine) -> None:
    metadata.create_all(empty)
    of_the_tables = indexes(empty)
    metadata.drop_all(empty)
    schema.upgrade(empty)
    assert indexes(empty) == of_the_tables
    assert len(of_the_tables) > 5


def indexes(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(text(INDEXES[engine.dialect.name])).all()
    return {name: " ".join(definition.split()) for name, definition in rows}


def test_a_new_database_is_brought_up_and_a_second_time_does_nothing(empty: Engine) -> None:
    assert schema.current(empty) is None
    assert not schema.is_current(empty)
    steps = schema.upgrade(empty)
    assert steps[0].startswith("0001 ")
    assert steps == sorted(steps)
    assert schema.is_current(empty)
    with empty.begin() as connection:
        connection.execute(tallies.insert(), {"name": "read", "value": 7})
        key = connection.scalar(select(secrets.c.value))
    assert schema.upgrade(empty) == []
    with empty.connect() as connection:
        assert connection.scalar(select(tallies.c.value)) == 7
        assert connection.scalars(select(secrets.c.value)).all() == [key]
        assert len(connection.scalars(select(lanes.c.id)).all()) == LANES


def test_each_database_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two"):
        engine = connect(f"sqlite:///{tmp_path / name}.db")
        schema.upgrade(engine)
        with engine.connect() as connection:
            keys.add(connection.scalar(select(secrets.c.value)))
        engine.dispose()
    assert len(keys) == 2
    assert all(key is not None and len(key) >= 32 for key in keys)


def test_two_upgrades_at_once_are_one(empty: Engine) -> None:
    start = Barrier(2)
    url = empty.url.render_as_string(hide_password=False)

    def upgrade() -> list[str]:
        engine = connect(url)
        start.wait(10)
        try:
            return schema.upgrade(engine)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(2) as threads:
        results = sorted(one.result() for one in [threads.submit(upgrade) for _ in range(2)])
    assert results[0] == []
    assert results[1]
    assert schema.is_current(empty)


def test_a_failed_migration_leaves_nothing_half_done(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE tallies (other INTEGER)"))
    with pytest.raises(Exception, match="tallies"):
        schema.upgrade(empty)
    assert schema.current(empty) is None
    with empty.connect() as connection:
        assert not empty.dialect.has_table(connection, "delivery_reports")


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not schema.is_current(engine)
    with pytest.raises(schema.NewerSchema, match="9999"):
        schema.upgrade(engine)
