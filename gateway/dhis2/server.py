"""The DHIS2 that forwards go to, and how much it is asked at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.context import Context
from gateway.transports.dhis2 import Dhis2
from menus.model.catalogue import Form

TAIL: Final = 60  # seconds for which DHIS2 may go on writing after the client hung up
REQUESTS: Final = 4  # of values from one claim, so that its completeness travels in one

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Dhis2Target:
    """The server and what is sent to it: client, timeout in seconds, catalogue and calendar.

    The client is used by several threads at once.
    """

    client: Dhis2
    timeout: float
    context: Context

    @property
    def lease(self) -> int:
        """Return for how many seconds a claimed row is held: one call, and DHIS2's longest tail."""
        return int(self.timeout) + TAIL

    @property
    def at_once(self) -> int:
        """Return how many requests may be under way, over all workers."""
        return self.context.catalogue.programme.dhis2.requests_at_once

    @property
    def most_values(self) -> int:
        """Return the most values of one request when all is well."""
        return self.context.catalogue.programme.dhis2.values_per_request


def rows_to_claim(form: Form, values: int) -> int:
    """Return how many reports of a form fill one claim's requests, of `values` values each."""
    return REQUESTS * max(1, values // max(1, len(form.required)))
