"""What the tests of the gateway share: a small programme on each database, a DHIS2 to send to."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from menus.model.catalogue import Catalogue
from tests.gateway.dhis2_server import FAMILIES, FarSide, far_side
from tests.gateway.harness import Harness
from tests.gateway.referral_harness import ReferralHarness, furnished


@pytest.fixture
def harness(engine: Engine, catalogue: Catalogue) -> Harness:
    return Harness(engine, catalogue)


@pytest.fixture
def referral_harness(engine: Engine, catalogue: Catalogue) -> ReferralHarness:
    return furnished(engine, catalogue)


@pytest.fixture
def dhis2(harness: Harness) -> Iterator[FarSide]:
    """A server of the one family on one database, of the other on the other."""
    with far_side(harness, FAMILIES[harness.engine.dialect.name]) as side:
        yield side


@pytest.fixture
def impatient(harness: Harness) -> Iterator[FarSide]:
    """The same, asked by a client that hangs up after 0.4 seconds."""
    with far_side(harness, FAMILIES[harness.engine.dialect.name], timeout=0.4) as side:
        yield side
