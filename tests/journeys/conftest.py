"""Deployments for the journeys: one on each kind of database, for all the journeys of a file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.sandbox.dhis2.summary import Family
from menus.model.period import Period
from tests.journeys.deployment import Deployment, open_deployment

# Each kind of database meets one of the two families of DHIS2 servers.
FAMILY: dict[str, Family] = {"sqlite": "legacy", "postgresql": "sql"}

Build = Callable[[str], AbstractContextManager[Deployment]]


@pytest.fixture(scope="module")
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a way to make a deployment, not started, on a fresh database of a kind."""

    @contextmanager
    def deployment_on(kind: str) -> Iterator[Deployment]:
        folder = tmp_path_factory.mktemp(f"deployment-{kind}")
        if kind == "sqlite":
            path = folder / "kibaru.db"
            template: Path = request.getfixturevalue("sqlite_template")
            path.write_bytes(template.read_bytes())
            with open_deployment(folder, f"sqlite:///{path}", FAMILY[kind]) as deployment:
                yield deployment
            return
        server = request.getfixturevalue("postgres_server")
        name = server.create(request.getfixturevalue("postgresql_template"))
        try:
            with open_deployment(folder, server.url(name), FAMILY[kind]) as deployment:
                yield deployment
        finally:
            server.drop(name)

    return deployment_on


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running_deployment(request: pytest.FixtureRequest, build: Build) -> Iterator[Deployment]:
    """Yield a deployment with all its parts running, on either kind of database."""
    with build(request.param) as deployment:
        deployment.start()
        yield deployment


@pytest.fixture(scope="session")
def month() -> Period:
    """Return last month: it has ended, and is open for a first report."""
    today = datetime.now(UTC)
    return Period(today.year, today.month).plus(-1)
