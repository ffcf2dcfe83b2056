"""A shipment that waits for an OUI is kept in the conversation, and comes back as it was."""

from datetime import UTC, datetime

from gateway.stock.shipments import Shipment, as_proposed, proposed_in
from gateway.storage import conversations
from gateway.storage.conversations import Conversation
from tests.gateway.harness import NOON, Harness

SHIPMENT = Shipment(11, {"ENF": 20, "ATP": 150}, datetime(2026, 10, 20, 9, 30, tzinfo=UTC))
STORED = {
    "topic": "receipts",
    "site": 11,
    "at": "2026-10-20T09:30:00+00:00",
    "quantities": {"ENF": 20, "ATP": 150},
}


def test_the_keys_are_those_that_databases_hold() -> None:
    assert as_proposed(SHIPMENT) == STORED


def test_none_waits_in_other_conversations() -> None:
    assert proposed_in(Conversation(1, NOON, undo_id=5)) is None


def test_a_shipment_comes_back_from_the_database(harness: Harness) -> None:
    with harness.engine.begin() as connection:
        conversation = Conversation(1, NOON, proposed=as_proposed(SHIPMENT))
        conversations.save(connection, [conversation])
        stored = conversations.load(connection, [1])[1]
    assert stored.proposed == STORED
    assert proposed_in(stored) == SHIPMENT
