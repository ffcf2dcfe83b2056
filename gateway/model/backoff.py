"""When to try again, and when not to try at all. Pure but for the dice."""

import random
from datetime import datetime, timedelta
from typing import Final

FIRST: Final = 5.0  # seconds
LONGEST: Final = 120.0  # what waited must move within three minutes of the far side's return


def pause(failures: int, asked: float | None = None, *, ours: bool = False) -> timedelta:
    """How long to leave a far side alone after this many failures in a row (the first is 1).

    Doubles from five seconds to two minutes, with up to a quarter of jitter so that many
    gateways do not return in step. The far side's own wish (`asked`, seconds) counts when it
    is longer, up to the same two minutes; what only a person can mend (`ours`: credentials,
    configuration) waits the longest at once.
    """
    grown = LONGEST if ours else min(LONGEST, FIRST * 2.0 ** min(failures - 1, 10))
    seconds = min(LONGEST, max(grown, asked or 0.0))
    return timedelta(seconds=seconds * random.uniform(1.0, 1.25))  # noqa: S311  no secret


def next_try(now: datetime, failures: int, asked: float | None = None) -> datetime:
    return now + pause(failures, asked)
