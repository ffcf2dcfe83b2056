"""A shipment of stock, and how a conversation keeps one that waits for an OUI.

This file alone writes and reads `proposed` of a conversation (`gateway.storage.conversations`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.storage.conversations import Conversation

TOPIC: Final = "receipts"  # of `proposed`: it says what an OUI lets in


@dataclass(frozen=True, slots=True)
class Shipment:
    """The quantities that arrived at a site, by product code, and the moment of arrival."""

    site_id: int
    quantities: Mapping[str, int]
    at: datetime


def as_proposed(shipment: Shipment) -> dict[str, Any]:
    """Return what a conversation keeps of a shipment that waits for an OUI, as JSON values."""
    return {
        "topic": TOPIC,
        "site": shipment.site_id,
        "at": shipment.at.isoformat(),
        "quantities": dict(shipment.quantities),
    }


def proposed_in(conversation: Conversation) -> Shipment | None:
    """Return the shipment that an OUI would let in; None when none waits."""
    proposed = conversation.proposed
    if proposed is None:
        return None
    at = datetime.fromisoformat(proposed["at"])
    return Shipment(int(proposed["site"]), proposed["quantities"], at)
