"""What a person can mend in a message, named by the key of its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from menus.model.cross_check import Level
from menus.model.programme import EMPTY


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the agent can mend.

    `key` names its sentence in the words files, `codes` the fields concerned (most important
    first), `values` the numbers and words that fill the sentence's placeholders. It never
    carries free text that somebody typed, unless the text is a would-be code of at most
    eight letters.
    """

    key: str
    level: Level
    codes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
