"""A problem that the agent can mend with another message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from menus.model.cross_check import Level
from menus.model.programme import EMPTY


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a message that the agent can mend.

    `key` is the key of its sentence in the words files, `codes` are the fields concerned (most
    important first), `values` the numbers and words that fill the sentence's placeholders. It
    never holds free text as typed, unless the text may be a mistyped code of at most eight
    letters.
    """

    key: str
    level: Level
    codes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
