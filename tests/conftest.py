"""The ground under every test: real servers, fresh databases, a clean environment, no outside.

`database_url` and `engine` run a test twice, on SQLite and on PostgreSQL. KIBARU_TEST_POSTGRES
and KIBARU_TEST_REDIS, when set, give the URLs of running servers to use in place of the
embedded ones; of such a PostgreSQL the user must be allowed to make databases, and such a
Redis database is EMPTIED.
"""

import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine

from gateway.sandbox.valkey import valkey
from gateway.storage.engine import connect
from gateway.storage.schema import upgrade
from menus.loading.loader import load
from menus.model.catalogue import Catalogue
from tests.guards.tree import settings_names
from tests.servers import Postgres, postgres

# How long an example takes says nothing about the code on a machine with other work. The same
# examples each time: a change is judged by what it changed; the bench's fuzz run looks for more.
hypothesis_settings.register_profile("kibaru", deadline=None, derandomize=True)
hypothesis_settings.load_profile("kibaru")


# What libpq and requests read from the environment besides.
OTHERS_SETTINGS = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSERVICE")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class LeavesThisMachine(RuntimeError):
    """A test called out. No OSError, which the code under test would take for a dead network."""


def pytest_configure() -> None:
    """Before anything is collected: forget the developer's settings, put up the fence."""
    names = {*settings_names(), *OTHERS_SETTINGS, *PROXIES, *map(str.upper, PROXIES)}
    for name in names & os.environ.keys():
        del os.environ[name]
    sys.addaudithook(_fence)


def _fence(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse names and addresses beyond this machine (Python's audit events of `socket`)."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        line, address = arguments
        inet = isinstance(line, socket.socket) and line.family in (socket.AF_INET, socket.AF_INET6)
        host = address[0] if inet and isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        raise LeavesThisMachine(f"{event}: {host!r}")


def _is_here(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Valkey that lasts the whole run. To kill one, start your own."""
    given = os.environ.get("KIBARU_TEST_REDIS")
    if given:
        yield given
        return
    with valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server.url


@pytest.fixture
def redis_url(valkey_server: str) -> str:
    """The URL of an empty Redis."""
    with redis.Redis.from_url(valkey_server) as client:
        client.flushdb()
    return valkey_server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied and left alone."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL that lasts the whole run."""
    given = os.environ.get("KIBARU_TEST_POSTGRES")
    if given:
        yield Postgres(given.replace("postgresql+psycopg://", "postgresql://", 1))
        return
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgres_server: Postgres) -> Iterator[str]:
    """The name of a migrated database on `postgres_server`, to be copied and left alone."""
    name = postgres_server.create()
    _migrate(postgres_server.url(name))
    yield name
    postgres_server.drop(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh, migrated SQLite file."""
    path = tmp_path / "kibaru.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres_server: Postgres, postgresql_template: str) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database, dropped after the test."""
    name = postgres_server.create(postgresql_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, migrated database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Connections to `database_url`, all closed after the test."""
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The catalogue that the product ships."""
    return load()


def _migrate(url: str) -> None:
    made = connect(url)
    upgrade(made)
    made.dispose()
