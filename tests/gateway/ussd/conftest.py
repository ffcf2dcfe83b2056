"""A telephone that dials, for the tests of dialogues."""

from collections.abc import Iterator

import pytest

from tests.gateway.dialling import Telephone, telephones
from tests.gateway.harness import Harness


@pytest.fixture
def phone(harness: Harness, redis_url: str) -> Iterator[Telephone]:
    with telephones(harness, redis_url) as made:
        yield made
