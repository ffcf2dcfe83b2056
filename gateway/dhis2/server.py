"""The DHIS2 that forwards go to, and how hard it may be leant on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.transports.dhis2 import Dhis2
from menus.model.catalogue import Catalogue, Form

TAIL: Final = 60  # seconds for which DHIS2 may go on writing after we hung up
REQUESTS: Final = 4  # of values from one claim, so that its completeness travels in one

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Far:
    """The far side and what is sent to it: client, timeout in seconds, catalogue, calendar.

    The client is used by several threads at once.
    """

    client: Dhis2
    timeout: float
    catalogue: Catalogue
    timezone: ZoneInfo

    @property
    def lease(self) -> int:
        """Seconds for which a claimed row is ours: one call, and DHIS2's longest tail."""
        return int(self.timeout) + TAIL

    @property
    def at_once(self) -> int:
        """How many requests may be under way, over all workers."""
        return self.catalogue.programme.dhis2.requests_at_once

    @property
    def most_values(self) -> int:
        """The most values of one request when all is well."""
        return self.catalogue.programme.dhis2.values_per_request


def rows_to_claim(form: Form, values: int) -> int:
    """How many reports of a form fill one claim's requests, at so many values a request."""
    return REQUESTS * max(1, values // max(1, len(form.required)))
