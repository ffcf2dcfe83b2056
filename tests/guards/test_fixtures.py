"""The ground of all other tests: databases as new, an empty Redis, no way out."""

import os
import socket
import sqlite3

import psycopg
import pytest
import redis
from sqlalchemy import Engine, text

from tests.conftest import LeavesThisMachine
from tests.guards.tree import settings_names


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_database_is_migrated_and_nobody_was_there_before(engine: Engine, turn: str) -> None:
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        connection.execute(text("CREATE TABLE footprint (step INTEGER)"))


def test_each_kind_of_database_is_what_it_says(sqlite_url: str, postgresql_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
        assert file.execute("SELECT 1").fetchone() == (1,)
    file.close()
    with psycopg.connect(postgresql_url.replace("+psycopg", "", 1)) as server:
        assert server.info.server_version >= 150000


@pytest.mark.parametrize("turn", ["first", "second"])
def test_redis_is_empty(redis_url: str, turn: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("footprint", 1)


@pytest.mark.parametrize(
    ("family", "address"),
    [
        (socket.AF_INET, ("192.0.2.1", 80)),
        (socket.AF_INET, ("10.0.0.1", 80)),
        (socket.AF_INET6, ("2001:db8::1", 80)),
    ],
)
def test_no_socket_leaves_this_machine(family: int, address: tuple[str, int]) -> None:
    with socket.socket(family) as line, pytest.raises(LeavesThisMachine):
        line.connect(address)


def test_no_name_is_looked_up_outside() -> None:
    with pytest.raises(LeavesThisMachine):
        socket.getaddrinfo("example.org", 80)


def test_loopback_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as line,
    ):
        assert line.getpeername() == server.getsockname()


def test_the_developers_settings_are_forgotten() -> None:
    names = settings_names()
    assert {"DATABASE_URL", "REDIS_URL", "WEBHOOK_TOKENS", "DHIS2_TOKEN"} <= set(names)
    assert not set(names) & os.environ.keys()
