"""Figure C: how the reports per second of figure B change as the backlog grows.

The same measurement with few and with many reports, both on PostgreSQL and in one run. Flat is
the aim: a ratio near one says that nothing in the gateway gets slower with the length of the
queue behind it. The many are measured once, since they take long enough to even out by
themselves.
"""

from dataclasses import dataclass

from tests.bench import delivering
from tests.bench.delivering import Delivering
from tests.bench.ground import Ground


@dataclass(frozen=True, slots=True)
class Growing:
    """Reports a second with few and with many reports, and the second as a part of the first."""

    few: Delivering
    many: Delivering
    ratio: float


def measure(ground: Ground, few: Delivering, *, reports: int) -> Growing:
    """`few` is what figure B found on PostgreSQL; `reports` is how many the many are."""
    many = delivering.measure(ground, "postgresql", reports=reports, runs=1)
    return Growing(few, many, many.rate / few.rate)
