"""One line of a check-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NAMED: Final = 8  # of a long list; the others are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and in words what was found and what to do.

    Without `ok` it is a fault; with it, all is well or worth knowing.
    """

    ok: bool
    what: str
    words: str


def listed(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + rest
