"""How an attempt to hand something to the far side ends. Pure; transports return these.

Four fates, and no fifth: delivered, refused for good, to be tried later, or unknown (it may
have arrived). `reason` is a short fixed word for logs and tables (`timeout`, `http_503`,
`E7640`); `detail` is for people, and never holds message text or a whole phone number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Delivered:
    """The far side has it. `reference` is its own id for it, when it gives one."""

    reference: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The far side will not have it, now or later, as it is."""

    reason: str
    detail: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now. `after` is the far side's own wish in seconds, if it said one.

    `everyone` tells that the destination as a whole is away or misconfigured, so that the
    next row would fare no better; `ours` that only a person can mend it (credentials,
    configuration), so that hammering is pointless.
    """

    reason: str
    detail: str = ""
    after: float | None = None
    everyone: bool = True
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or one that cannot be read: it may have arrived."""

    reason: str
    detail: str = ""


Outcome = Delivered | Refused | TryLater | Unknown
