"""The memory of the sandbox operator: accepted messages, planned faults, posted reports."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Any


class BadFault(ValueError):
    """Raised when a fault that was asked for cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which the next sends fail; `times` of them, or only those to `phone`.

    - `recipient`: HTTP 201 with this code for the recipient, 403 or 502 for instance
    - `http`: this HTTP status, with `body` and `headers`
    - `message`: HTTP 201 with this message and an empty list of recipients
    - `slow`: accepted, and answered only after this many seconds
    - `lost`: accepted, and the connection dropped without an answer
    - `content_type`: accepted, and answered with this content type
    - `delivery`: accepted, and reported with these statuses in this order; `early` posts them
      before the send is answered
    """

    times: int = 1
    phone: str = ""
    recipient: int = 0
    http: int = 0
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    slow: float = 0.0
    lost: bool = False
    content_type: str = "application/json"
    delivery: tuple[str, ...] = ("Sent", "Success")
    early: bool = False

    @property
    def accepts(self) -> bool:
        """Whether the message is accepted, and put into the ledger, before the fault applies."""
        return not (self.recipient or self.http or self.message)


NO_FAULT = Fault()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that the operator accepted. `id` counts from 1 without gaps."""

    id: int
    message_id: str
    phone: str
    text: str
    sender: str
    parts: int
    cost: str
    at: str


class Ledger:
    """The memory of the operator, for as long as its process lives; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._messages: list[Accepted] = []
        self._by_phone: defaultdict[str, list[Accepted]] = defaultdict(list)
        self._faults: list[tuple[Fault, int]] = []
        self._reports: list[dict[str, Any]] = []

    def accept(
        self, *, message_id: str, phone: str, text: str, sender: str, parts: int, cost: str, at: str
    ) -> Accepted:
        """Keep a message and give it the next id."""
        with self._lock:
            kept = Accepted(
                len(self._messages) + 1, message_id, phone, text, sender, parts, cost, at
            )
            self._messages.append(kept)
            self._by_phone[phone].append(kept)
            return kept

    def messages(self, phone: str | None, after: int, limit: int) -> list[Accepted]:
        """Return at most `limit` messages with an id above `after`, of one phone or all.

        They are in the order of their ids, oldest first.
        """
        with self._lock:
            if phone is None:
                return self._messages[after : after + limit]
            return [kept for kept in self._by_phone.get(phone, ()) if kept.id > after][:limit]

    def count(self) -> int:
        """Return the number of all accepted messages."""
        with self._lock:
            return len(self._messages)

    def plan(self, fault: Fault) -> None:
        """Let sends fail in this way, after the faults that were planned before."""
        with self._lock:
            self._faults.append((fault, fault.times))

    def forget_faults(self) -> None:
        """Let every send succeed from now on."""
        with self._lock:
            self._faults.clear()

    def next_fault(self, phone: str) -> Fault:
        """Use up the first planned fault that fits a send to `phone`; NO_FAULT if none does."""
        with self._lock:
            for place, (fault, left) in enumerate(self._faults):
                if fault.phone in ("", phone):
                    self._faults[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
        return NO_FAULT

    def faults_left(self) -> int:
        """Return the number of sends that will still fail."""
        with self._lock:
            return sum(left for _, left in self._faults)

    def reported(self, message_id: str, status: str, answer: int | None) -> None:
        """Note a delivery report that was posted, and the gateway's answer (None: none came)."""
        with self._lock:
            self._reports.append({"message_id": message_id, "status": status, "answer": answer})

    def reports(self) -> list[dict[str, Any]]:
        """Return the delivery reports posted so far, in order."""
        with self._lock:
            return list(self._reports)


def read_fault(wanted: object) -> Fault:
    """Read a fault from its JSON object, see `Fault`. Raises BadFault naming what is wrong."""
    if not isinstance(wanted, dict):
        raise BadFault("a fault is a JSON object")
    known = {each.name: type(getattr(NO_FAULT, each.name)) for each in fields(Fault)}
    if unknown := set(wanted) - set(known):
        raise BadFault(
            f"no fault is called {', '.join(sorted(unknown))}; known: {', '.join(known)}"
        )
    values = {name: _typed(name, known[name], value) for name, value in wanted.items()}
    fault = Fault(**values)
    if fault.times < 1:
        raise BadFault("times: at least 1")
    return fault


def _typed(name: str, kind: type, value: object) -> Any:
    if (
        kind is tuple
        and isinstance(value, list)
        and all(isinstance(status, str) for status in value)
    ):
        return tuple(value)
    if kind is float and isinstance(value, int | float):
        return float(value)
    if kind is dict and isinstance(value, dict):
        return {str(name): str(content) for name, content in value.items()}
    if type(value) is kind:
        return value
    raise BadFault(f"{name}: expected {'list of words' if kind is tuple else kind.__name__}")
