"""Connections to the database, SQLite or PostgreSQL, with the same promises on both.

Use cases hold an Engine and hand its Connections to the other files of this room; they take
both names from here.

A transaction begun here either holds the write lock at once (SQLite) or works on row locks
(PostgreSQL), is durable when its COMMIT returns, and never waits for ever.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import Connection, Engine, Integer, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.schema import Table

# The database cannot be reached, is locked for too long, cannot be written, or has no schema
# yet: trying the same again later may go well. A wrong value raises none of these.
StorageFault = (OperationalError, InterfaceError, InternalError, PoolTimeout, OSError)

WORKER_PATIENCE = 30.0
CONNECT_PATIENCE = 3

# SQLite writes one transaction at a time and lets a waiting one sleep, longer each time. One
# that waits here for a connection goes on as soon as there is a free one.
SQLITE_CONNECTIONS = 4
# Pages of 4 KiB in SQLite's log before it is written back; at its own 1,000 that would be every
# hundred messages or so.
CHECKPOINT_PAGES = 8000


class PatientConnection(psycopg.Connection[Any]):
    """A connection that gives up on a server which holds it open and says nothing.

    `statement_timeout` is kept by the server, so a stopped or unreachable server would never
    apply it; the operator hangs up after 10 seconds, and so the client itself must watch.
    """

    patience: float = WORKER_PATIENCE

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait as psycopg does. Raises OperationalError when it takes more than `patience`."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as late:  # noqa: SLF001  psycopg's own public signal
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from late


class db_seconds(FunctionElement[int]):  # noqa: N801  written like the SQL function it is
    """The moment by the database's own clock, in whole seconds since 1970."""

    type = Integer()
    inherit_cache = True


@compiles(db_seconds, "postgresql")
def _postgresql_seconds(element: db_seconds, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)"


@compiles(db_seconds, "sqlite")
def _sqlite_seconds(element: db_seconds, compiler: SQLCompiler, **kw: Any) -> str:
    return "CAST(strftime('%s', 'now') AS INTEGER)"


def connect(url: str, *, patience: float = WORKER_PATIENCE, pool_size: int = 8) -> Engine:
    """Return an engine for `url` (`sqlite:///path` or `postgresql+psycopg://…`).

    `patience` is the longest time in seconds that one statement, or one wait for SQLite's
    write lock, may take. Nothing is opened or made yet; a folder that SQLite's file lacks is
    made with it. Call it after a fork, never before.

    No error holds the values of its statement, which may be a person's words or number.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, patience, pool_size)
    return _postgresql(parsed, patience, pool_size)


def _sqlite(url: URL, patience: float, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": patience, "check_same_thread": False},
        pool_size=min(pool_size, SQLITE_CONNECTIONS),
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
    )

    @event.listens_for(engine, "do_connect")
    def make_folder(
        dialect: Any, record: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        file = str(args[0])
        if not file.startswith("file:"):
            Path(file).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling loses updates between processes (it begins
        # late and upgrades a read lock), so transactions are begun by hand below.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("one_statement", False):
            reading = options.get("reading", False)
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL, patience: float, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        connect_args={"connect_timeout": CONNECT_PATIENCE, "application_name": "kibaru"},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience,
        pool_recycle=1800,
        hide_parameters=True,
    )

    @event.listens_for(engine, "do_connect")
    def open_patiently(
        dialect: Any, record: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> PatientConnection:
        try:
            connection = PatientConnection.connect(*args, **kwargs)
        except psycopg.ProgrammingError as wrong:
            # libpq does not know an option of the URL; no statement is at fault.
            raise psycopg.OperationalError(str(wrong)) from wrong
        connection.patience = patience
        return connection

    @event.listens_for(engine, "handle_error")
    def translate_missing_tables(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, psycopg.errors.UndefinedTable):
            _raise_as_sqlite_does(context)

    return engine


def _raise_as_sqlite_does(context: ExceptionContext) -> NoReturn:
    """Raise OperationalError for a missing table: the schema is yet to come."""
    original = context.original_exception
    raise OperationalError(context.statement, None, original, hide_parameters=True) from original


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads: on SQLite it takes no write lock."""
    with engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield connection


@contextmanager
def one_statement(engine: Engine) -> Iterator[Connection]:
    """Open a connection for a change that is a single statement, durable as soon as it has run.

    Both databases make a transaction of a statement that stands alone. An explicit BEGIN and
    COMMIT would be two more round trips to PostgreSQL, and would hold SQLite's write lock from
    the one to the other.
    """
    sqlite = engine.dialect.name == "sqlite"
    level = {} if sqlite else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect().execution_options(one_statement=True, **level) as connection:
        yield connection
        connection.commit()


def insert_new(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that can be given an ON CONFLICT clause."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


__all__ = [
    "Connection",
    "Engine",
    "StorageFault",
    "connect",
    "db_seconds",
    "insert_new",
    "one_statement",
    "reading",
]
