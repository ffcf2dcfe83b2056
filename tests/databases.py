"""Databases for the tests: each test finds one as new, though few are made.

A file of SQLite is a copy of a migrated one. A database of PostgreSQL is emptied after a test
and used again, since making one costs more than most tests do.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, QueuePool, event

from gateway.storage.engine import connect
from gateway.storage.schema import upgrade
from gateway.storage.tables import metadata
from tests.servers import Postgres, postgres

# The tables that the migrations put rows into.
WITH_ROWS = ("alembic_version", "lanes", "secrets")
# What no DELETE takes back: how the tables are made, and the rows of those three.
AS_NEW = """
    SELECT
        (SELECT md5(string_agg(part::text, ',')) FROM (
            SELECT class.oid, relname, relchecks, relhastriggers, attname, atttypid, attnotnull
            FROM pg_class AS class LEFT JOIN pg_attribute ON attrelid = class.oid
            WHERE relnamespace = 'public'::regnamespace ORDER BY class.oid, attnum
        ) AS part),
        (SELECT md5(string_agg(row::text, ',' ORDER BY row::text)) FROM alembic_version AS row),
        (SELECT md5(string_agg(row::text, ',' ORDER BY row::text)) FROM lanes AS row),
        (SELECT md5(string_agg(row::text, ',' ORDER BY row::text)) FROM secrets AS row)
"""
WRITTEN_TO = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
"""
IDS_FROM_ONE = """
    SELECT setval(oid::regclass, 1, false) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
"""
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)
"""
# A few rows are deleted in a quarter of the time of a TRUNCATE. They take their place for good,
# though, so a table that has grown is truncated.
LARGE = 1 << 19


@dataclass(slots=True)
class SqliteFile:
    """One path for the SQLite files of many tests, and one engine, which keeps what it compiled."""

    template: Path
    path: Path
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = connect(self.url)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Put a copy of the template at the path, for one test; yields the URL."""
        shutil.copyfile(self.template, self.path)
        yield self.url
        self.engine.dispose()
        for left in self.path.parent.glob(f"{self.path.name}*"):
            left.unlink()  # the log and its index too, where a connection was never closed

    def close(self) -> None:
        self.engine.dispose()


@dataclass(slots=True)
class PostgresqlDatabase:
    """One database of PostgreSQL for many tests, and one engine, which keeps its connections."""

    server: Postgres
    template: str
    name: str = field(init=False)
    engine: Engine = field(init=False)
    _hand: "psycopg.Connection[Any]" = field(init=False)
    _as_new: tuple[object, ...] = field(init=False)
    _own: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._make()

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Take back what one test leaves: connections, rows, or the database; yields the URL."""
        yield self.url
        assert isinstance(self.engine.pool, QueuePool)
        if self.engine.pool.checkedout():
            self.engine.dispose()
            self._own.clear()
        self._hand.execute(END_OTHERS, [list(self._own)])
        if self._look() == self._as_new:
            self._empty()
        else:
            self.close()
            self.server.drop(self.name)
            self._make()

    def close(self) -> None:
        self.engine.dispose()
        self._hand.close()

    def _make(self) -> None:
        self.name = self.server.create(self.template)
        self.engine = connect(self.url)
        self._own.clear()
        event.listen(self.engine, "connect", self._remember)
        self._hand = psycopg.connect(self.server.address, dbname=self.name, autocommit=True)
        self._as_new = self._look()

    def _remember(self, connection: "psycopg.Connection[Any]", _record: object) -> None:
        self._own.add(connection.info.backend_pid)

    def _look(self) -> tuple[object, ...]:
        return self._hand.execute(AS_NEW).fetchone() or ()

    def _empty(self) -> None:
        sizes: dict[str, int] = dict(self._hand.execute(WRITTEN_TO).fetchall())
        tables = [table.name for table in metadata.sorted_tables if table.name not in WITH_ROWS]
        if sum(sizes.values()) > LARGE:
            statements = [sql.SQL("TRUNCATE {}").format(_names(tables))]
        else:
            written = [table for table in reversed(tables) if table in sizes]
            statements = [sql.SQL("DELETE FROM {}").format(_names([table])) for table in written]
        self._hand.execute(sql.SQL("; ").join([*statements, sql.SQL(IDS_FROM_ONE)]))


class Databases:
    """The databases of a whole run, each made when it is first asked for.

    Those that are `durable` are on the disk, and so is a COMMIT when it returns. The others are
    on a RAM disk, if there is one.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._folder, self._durable = folder, durable
        self._given = os.environ.get("KIBARU_TEST_POSTGRES", "")
        self._stack = ExitStack()

    def close(self) -> None:
        self._stack.close()

    def of(self, kind: str) -> SqliteFile | PostgresqlDatabase:
        """Return the database that the tests use, one after the other: sqlite or postgresql."""
        return self.sqlite if kind == "sqlite" else self.postgresql

    @contextmanager
    def copied(self, kind: str) -> Iterator[str]:
        """Make a migrated database that lasts longer than a test; yields its URL."""
        with ExitStack() as stack:
            if kind == "sqlite":
                folder = tempfile.TemporaryDirectory(dir=self._folder)
                path = Path(stack.enter_context(folder)) / "kibaru.db"
                yield f"sqlite:///{shutil.copyfile(self.sqlite_template, path)}"
            else:
                name = self.server.create(self.postgresql_template)
                self._drop_after(stack, lambda: name)
                yield self.server.url(name)

    @cached_property
    def sqlite_template(self) -> Path:
        """A migrated file, to be copied and left alone."""
        path = self._folder / "template.db"
        _migrate(f"sqlite:///{path}")
        return path

    @cached_property
    def sqlite(self) -> SqliteFile:
        made = SqliteFile(self.sqlite_template, self._folder / "kibaru.db")
        self._stack.callback(made.close)
        return made

    @cached_property
    def server(self) -> Postgres:
        """A PostgreSQL that lasts the whole run."""
        if self._given:
            return Postgres(self._given.replace("postgresql+psycopg://", "postgresql://", 1))
        return self._stack.enter_context(postgres(durable=self._durable))

    @cached_property
    def postgresql_template(self) -> str:
        """The name of a migrated database on `server`, to be copied and left alone."""
        name = self.server.create()
        self._drop_after(self._stack, lambda: name)
        _migrate(self.server.url(name))
        return name

    @cached_property
    def postgresql(self) -> PostgresqlDatabase:
        made = PostgresqlDatabase(self.server, self.postgresql_template)
        self._drop_after(self._stack, lambda: made.name)
        self._stack.callback(made.close)
        return made

    def _drop_after(self, stack: ExitStack, name: Callable[[], str]) -> None:
        """A server of our own goes with all its databases."""
        if self._given:
            stack.callback(lambda: self.server.drop(name()))


def _migrate(url: str) -> None:
    made = connect(url)
    upgrade(made)
    made.dispose()


def _names(tables: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, tables))
