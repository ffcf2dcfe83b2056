"""The time of the next try after failures. Pure except for the jitter."""

import random
from datetime import datetime, timedelta
from typing import Final

FIRST: Final = 5.0  # seconds
LONGEST: Final = 120.0  # seconds: sending must resume within three minutes of the server's return


def pause(failures: int, asked: float | None = None, *, ours: bool = False) -> timedelta:
    """Return how long to pause after this many consecutive failures (the first is 1).

    It doubles from five seconds to two minutes, with up to a quarter of jitter so that many
    gateways do not return at the same moment. The delay that the server asked for (`asked`,
    seconds) counts when it is longer, up to the same two minutes; a failure that only a person
    can mend (`ours`: credentials, configuration) has the longest pause at once.
    """
    grown = LONGEST if ours else min(LONGEST, FIRST * 2.0 ** min(failures - 1, 10))
    seconds = min(LONGEST, max(grown, asked or 0.0))
    return timedelta(seconds=seconds * random.uniform(1.0, 1.25))  # noqa: S311  no secret


def next_try(now: datetime, failures: int, asked: float | None = None) -> datetime:
    """Return the time of the next try; arguments as for `pause`."""
    return now + pause(failures, asked)
