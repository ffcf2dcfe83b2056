"""Tests of the health of a destination in words."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.diagnostics.health_text import (
    describe_health,
    describe_refusals,
    describe_trouble,
    health_by_destination,
)
from gateway.storage import destinations
from gateway.storage.destinations import Health
from tests.gateway.web.conftest import NOW

SOON = NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (Health(), "ok"),
        (Health(batch=50), "ok, 50 values a request"),
        (Health(1, NOW, "http_503"), "failing (http_503), 1 in a row"),
        (
            Health(9, SOON, "http_503"),
            f"open (http_503), 9 in a row, next try {SOON:%H:%M:%S} UTC",
        ),
    ],
)
def test_a_destination_in_words(health: Health, words: str) -> None:
    assert describe_health(health, NOW) == words


def test_trouble_for_the_check() -> None:
    assert describe_trouble(Health(9, SOON, "tls", "expired")) == (
        "breaker open, 9 failures in a row: tls expired"
    )
    assert describe_trouble(Health(1, SOON, "http_503")).startswith("breaker failing, 1 ")


def test_refusals_the_most_frequent_first() -> None:
    words = describe_refusals({"no_dhis2_id": 1, "E7619": 2})
    assert words.startswith("2 E7619 (the number does not fit")
    assert words.endswith(", 1 no_dhis2_id")


def test_every_destination_is_there(engine: Engine) -> None:
    with engine.begin() as connection:
        destinations.note_failure(connection, "dhis2 PEC", until=SOON, reason="E8010", detail="")
        found = health_by_destination(connection)
    assert set(found) == {"operator", "dhis2", "dhis2 PEC"}
    assert found["dhis2 PEC"].failures == 1
