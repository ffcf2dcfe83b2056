"""One result of a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NAMED: Final = 8  # names of a long list that are shown; the others are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: what was checked, and in words what was found and how to mend it.

    It is a fault if `ok` is False; else all is well, or it is worth knowing.
    """

    ok: bool
    what: str
    words: str


def listed(names: Sequence[str]) -> str:
    """Return the first names as a list in words, with the number of those left out."""
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + rest
