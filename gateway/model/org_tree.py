"""The walk upward through any tree of org units. Pure."""

from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


def upward(start: T | None, parent_of: Callable[[T], T | None]) -> Iterator[T]:
    """Yield a unit and the units above it, the nearest first; nothing when `start` is None.

    `parent_of` returns None at the top. The tree must have no cycle: the roster import refuses
    one.
    """
    step = start
    while step is not None:
        yield step
        step = parent_of(step)
