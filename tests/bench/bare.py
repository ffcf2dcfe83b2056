"""`python -m tests.bench.bare`: the least that could acknowledge an SMS, to compare with.

A Flask view that inserts one row of the form's fields and commits it: no token, no size, no
check of a field, no lane, no hash, no work signal. Same database file or server, same SQLAlchemy,
same durability, as many connections as threads, and the same Granian with as many processes and
threads as the gateway's own web. PORT and DATABASE_URL are its settings.
"""

import os
import sqlite3
from datetime import UTC, datetime

from flask import Flask, request
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
)

from gateway import process_group
from gateway.web.__main__ import PROCESSES, THREADS

messages = Table(
    "bare_messages",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("provider_id", String(200)),
    Column("phone", String(40)),
    Column("text", Text),
    Column("received_at", DateTime(timezone=True)),
)


def engine_for(url: str) -> Engine:
    """An engine without anything of ours, but for the durability that ours has."""
    engine = create_engine(url, pool_size=THREADS, max_overflow=0)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def set_up(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    return engine


def app_for(engine: Engine) -> Flask:
    """The application with its one view."""
    app = Flask("bare")

    @app.post("/sms")
    def sms() -> str:
        row = {
            "provider_id": request.form["id"],
            "phone": request.form["from"],
            "text": request.form["text"],
            "received_at": datetime.now(UTC),
        }
        with engine.begin() as connection:
            connection.execute(insert(messages), row)
        return "OK"

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def worker() -> Flask:
    """The application inside one of Granian's processes."""
    process_group.die_with_parent()
    return app_for(engine_for(os.environ["DATABASE_URL"]))


def main() -> None:
    """Makes the table and serves until SIGTERM."""
    engine = engine_for(os.environ["DATABASE_URL"])
    messages.metadata.create_all(engine)
    engine.dispose()
    Granian(
        "tests.bench.bare:worker",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        workers=PROCESSES,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
