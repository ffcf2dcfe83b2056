"""The ground under every test: real servers, fresh databases, a clean environment, no outside.

`database_url` and `engine` run a test twice, on SQLite and on PostgreSQL. KIBARU_TEST_POSTGRES
and KIBARU_TEST_REDIS, when set, give the URLs of running servers to use in place of the
embedded ones; of such a PostgreSQL the user must be allowed to make databases, and such a
Redis database is EMPTIED.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, make_url
from structlog.dev import ConsoleRenderer, plain_traceback

from gateway.sandbox.valkey import valkey
from menus.loading.loader import load
from menus.model.catalogue import Catalogue
from tests.databases import Databases
from tests.guards.tree import settings_names
from tests.servers import Postgres, quick_folder

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
    # Where `rich` is installed, the logs of a process that never configured them tell the values
    # of every frame: a catalogue takes minutes.
    ConsoleRenderer.get_active().exception_formatter = plain_traceback


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
def quick_place() -> Iterator[Path]:
    """A folder for files that need not outlive a power cut, gone after the run."""
    with quick_folder("tests") as folder:
        yield folder


@pytest.fixture(scope="session")
def quick_databases(quick_place: Path) -> Iterator[Databases]:
    """The databases of nearly all tests."""
    with closing(Databases(quick_place, durable=False)) as made:
        yield made


@pytest.fixture(scope="session")
def durable_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The databases of the tests that are marked `durable`."""
    with closing(Databases(tmp_path_factory.mktemp("durable"), durable=True)) as made:
        yield made


def databases_for(request: pytest.FixtureRequest) -> Databases:
    """Return the databases that are right for a test, or for a module of them."""
    durable = request.node.get_closest_marker("durable") is not None
    made: Databases = request.getfixturevalue(f"{'durable' if durable else 'quick'}_databases")
    return made


@pytest.fixture(scope="session")
def sqlite_template(quick_databases: Databases) -> Path:
    """A migrated SQLite file, to be copied and left alone."""
    return quick_databases.sqlite_template


@pytest.fixture(scope="session")
def postgres_server(quick_databases: Databases) -> Postgres:
    """A PostgreSQL that lasts the whole run, for databases of a test's own."""
    return quick_databases.server


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated SQLite file without people or reports."""
    with databases_for(request).sqlite.lent() as url:
        yield url


@pytest.fixture
def postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database without people or reports."""
    with databases_for(request).postgresql.lent() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database without people or reports, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(request: pytest.FixtureRequest, database_url: str) -> Engine:
    """Connections to `database_url`."""
    return databases_for(request).of(make_url(database_url).get_backend_name()).engine


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The catalogue that the product ships."""
    return load()
