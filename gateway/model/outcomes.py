"""The outcomes of sending something to another system, as transports return them. Pure.

There are four: delivered, refused for good, to be tried later, or unknown (it may have arrived).
`reason` is a short fixed word for logs and tables (`timeout`, `http_503`, `E7640`); `detail` is
for people, and never holds message text or a whole phone number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other system has it; `reference` is the id that it gave, if any."""

    reference: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The other system does not accept it as it is, now or later."""

    reason: str
    detail: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TryLater:
    """A temporary failure; `after` is the delay that the other system asked for, in seconds.

    `everyone` is set when the destination as a whole is down or misconfigured, so that the next
    row would fail as well; `ours` when only a person can mend it (credentials, configuration), so
    that frequent retries are pointless.
    """

    reason: str
    detail: str = ""
    after: float | None = None
    everyone: bool = True
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or an unreadable answer: it may have arrived."""

    reason: str
    detail: str = ""


Outcome = Delivered | Refused | TryLater | Unknown
