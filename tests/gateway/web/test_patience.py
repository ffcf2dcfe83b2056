"""Tests of web when database or Redis hang or are gone: an answer in time, and a true one."""

import os
import signal
import socket
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import delete, func, select

from gateway.storage.engine import connect
from gateway.storage.schema import upgrade
from gateway.storage.tables import inbox, secrets
from tests.gateway.web.conftest import Post, application, posting
from tests.gateway.web.served import OPERATOR_PATIENCE, eventually
from tests.servers import Postgres, postgres

SMS = "id=1&from=%2B22370000001&text=PEC"
HOP = "sessionId=ATUid_1&phoneNumber=%2B22370000001&text="
NOBODY = "redis://127.0.0.1:1/0"

# The operator hangs up after 10 seconds, and we promise an answer within 8.
pytestmark = [pytest.mark.timeout(60), pytest.mark.xdist_group("timing")]


@contextmanager
def silent_server() -> Iterator[tuple[str, list[socket.socket]]]:
    """Yield the address of a server that accepts and never answers, and its connections."""
    callers: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as thread:

        def take() -> None:
            while True:
                try:
                    callers.append(server.accept()[0])
                except OSError:
                    return

        thread.submit(take)
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}", callers
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for caller in callers:
                caller.close()


def test_redis_is_not_needed_for_an_sms(sqlite_url: str) -> None:
    with application(sqlite_url, NOBODY) as app:
        post = posting(app.test_client())
        assert [post("sms", SMS).status_code for _ in range(2)] == [200, 200]


@pytest.mark.timeout(OPERATOR_PATIENCE)
def test_a_redis_that_hangs_counts_as_down(sqlite_url: str) -> None:
    with silent_server() as (place, callers), application(sqlite_url, f"redis://{place}/0") as app:
        post = posting(app.test_client())
        ids = range(20)
        answers = [post("sms", SMS.replace("id=1", f"id={number}")).status_code for number in ids]
        assert set(answers) == {200}
        assert len(callers) == 1
        assert app.test_client().get("/readyz").json["missing"] == ["redis"]
        hops = [post("ussd", HOP) for _ in range(5)]
        assert all(hop.text.startswith("END Le menu ne marche pas") for hop in hops)
        assert len(callers) == 3  # the work signal, the probe, and the first of these hops


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_locked_sqlite_is_told_to_the_operator(sqlite_url: str, lock: str) -> None:
    with application(sqlite_url, NOBODY) as app:
        post = posting(app.test_client())
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute(f"BEGIN {lock}")
        refused = post("sms", SMS)
        other.execute("ROLLBACK")
        other.close()
        assert (refused.status_code, refused.text) == (503, "not stored, send it again")
        assert post("sms", SMS).status_code == 200


def test_a_database_that_cannot_be_written(sqlite_url: str) -> None:
    with application(sqlite_url, NOBODY) as app:
        assert posting(app.test_client())("sms", SMS).status_code == 200
    path = sqlite_url.removeprefix("sqlite:///")
    with application(f"sqlite:///file:{path}?mode=ro&uri=true", NOBODY) as app:
        post = posting(app.test_client())
        assert post("sms", SMS.replace("id=1", "id=2")).status_code == 503
        assert post("delivery", "id=1&status=Success").status_code == 503
        assert post("ussd-events", "").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////dev/null/kibaru.db",
        "sqlite:////dev",
        "sqlite:////dev/null",
        "postgresql+psycopg://127.0.0.1:1/kibaru",
    ],
)
def test_a_database_that_is_away(url: str) -> None:
    with application(url, NOBODY) as app:
        post = posting(app.test_client())
        for webhook, body in [("sms", SMS), ("delivery", "id=1"), ("optout", "phoneNumber=1")]:
            assert post(webhook, body).status_code == 503
        assert post("ussd", HOP).text.startswith("END ")


def test_web_that_starts_before_the_schema_is_there(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    name = postgres_server.create()
    for url in (f"sqlite:///{tmp_path / 'later.db'}", postgres_server.url(name)):
        with application(url, NOBODY) as app:
            post = posting(app.test_client())
            assert post("sms", SMS).status_code == 503
            engine = connect(url)
            upgrade(engine)
            engine.dispose()
            assert post("sms", SMS).status_code == 200
    postgres_server.drop(name)


def test_a_failure_of_ours_asks_for_the_message_again(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    with engine.begin() as connection:
        key = connection.scalar(select(secrets.c.value))
        connection.execute(delete(secrets))
    with application(sqlite_url, NOBODY) as app:
        post = posting(app.test_client())
        refused = post("sms", SMS)
        assert (refused.status_code, refused.text) == (503, "not now, send it again\n")
        with engine.begin() as connection:
            connection.execute(secrets.insert(), {"name": "text_hash", "value": key})
        assert post("sms", SMS).status_code == 200
    engine.dispose()


def test_a_postgresql_that_stops_answering(valkey_server: str) -> None:
    """Stopped with SIGSTOP, it accepts connections and never answers, as in a broken network."""
    with postgres() as server:
        url = server.url(server.create())
        engine = connect(url)
        upgrade(engine)
        with application(url, NOBODY) as app:
            post = posting(app.test_client())
            assert post("sms", SMS).status_code == 200
            with stopped(server):
                on_a_kept_connection = in_time(post, SMS.replace("id=1", "id=2"))
                on_a_new_one = in_time(post, SMS.replace("id=1", "id=3"))
                with application(url, valkey_server) as other:
                    dialled = in_time(posting(other.test_client()), HOP, "ussd")
            assert dialled == 200
            assert (on_a_kept_connection, on_a_new_one) == (503, 503)
            assert eventually(lambda: post("sms", SMS.replace("id=1", "id=2")).status_code == 200)
            with engine.connect() as connection:
                assert connection.scalar(select(func.count()).select_from(inbox)) == 2
        engine.dispose()


@contextmanager
def stopped(server: Postgres) -> Iterator[None]:
    """Stop the server and every process of it for as long as the block lasts."""
    folder = Path(str(conninfo_to_dict(server.address)["host"]))
    with psycopg.connect(server.address) as connection:
        backends = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
    postmaster = (folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    pids = [int(postmaster), *(pid for (pid,) in backends)]
    send(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        send(pids, signal.SIGCONT)


def send(pids: Sequence[int], what: signal.Signals) -> None:
    """Signal those that are still there: the backend that named the others is gone."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def in_time(post: Post, body: str, webhook: str = "sms") -> int:
    """Return the answer's status. Raises TimeoutError when the operator would have hung up."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(post, webhook, body).result(OPERATOR_PATIENCE).status_code
