"""What the tests of the pipes share: a small programme on each database, a DHIS2 to send to."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from menus.model.catalogue import Catalogue
from tests.gateway.dhis2_server import FAMILIES, FarSide, far_side
from tests.gateway.harness import Pipes


@pytest.fixture
def pipes(engine: Engine, catalogue: Catalogue) -> Pipes:
    return Pipes(engine, catalogue)


@pytest.fixture
def dhis2(pipes: Pipes) -> Iterator[FarSide]:
    """A server of the one family on one database, of the other on the other."""
    with far_side(pipes, FAMILIES[pipes.engine.dialect.name]) as side:
        yield side


@pytest.fixture
def impatient(pipes: Pipes) -> Iterator[FarSide]:
    """The same, asked by a client that hangs up after 0.4 seconds."""
    with far_side(pipes, FAMILIES[pipes.engine.dialect.name], timeout=0.4) as side:
        yield side
