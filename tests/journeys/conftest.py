"""Deployments for the journeys: one on each kind of database, for all the journeys of a file."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Protocol

import pytest

from gateway.sandbox.dhis2.summary import Family
from menus.model.period import Period
from tests.conftest import databases_for
from tests.journeys.deployment import SITES, Deployment, open_deployment

# Each kind of database meets one of the two families of DHIS2 servers.
FAMILY: dict[str, Family] = {"sqlite": "legacy", "postgresql": "sql"}


class Build(Protocol):
    """A way to make a deployment with so many sites."""

    def __call__(self, kind: str, sites: int = SITES) -> AbstractContextManager[Deployment]: ...


@pytest.fixture(scope="module")
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a way to make a deployment, not started, on a fresh database of a kind."""
    databases = databases_for(request)

    @contextmanager
    def deployment_on(kind: str, sites: int = SITES) -> Iterator[Deployment]:
        folder = tmp_path_factory.mktemp(f"deployment-{kind}")
        with (
            databases.copied(kind) as url,
            open_deployment(folder, url, FAMILY[kind], sites) as deployment,
        ):
            yield deployment

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
