"""The requests for one claim of events, and each row's own verdict out of the answers.

Events travel together, updates apart from deletions. A group that is refused is halved until
the culprit stands alone and all others are in. Once DHIS2 is away, or an answer was lost,
nothing more is sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gateway.dhis2.attempt import Result, halves
from gateway.model.outcomes import TryLater, Unknown
from gateway.storage.referral_forwards import EventRow
from gateway.transports.dhis2_tracker import (
    EVERY_EVENT,
    GONE,
    MEANINGS,
    Event,
    EventsRead,
    Verdict,
)
from gateway.transports.dhis2_verdict import Conflict, GroupRefused


class Client(Protocol):
    """What a delivery of events needs of DHIS2 (see `gateway.transports.dhis2`)."""

    def post_events(self, events: Sequence[Event], *, delete: bool = False) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class EventAttempt:
    """What goes to DHIS2 for one row; `event` is None for a referral without a place there."""

    row: EventRow
    event: Event | None
    delete: bool


@dataclass(frozen=True, slots=True)
class EventClaim:
    """Rows claimed together, with what to send for each."""

    token: str
    attempts: Sequence[EventAttempt]


@dataclass(slots=True)
class EventDelivery:
    """The requests for one claim of events.

    `before_call` holds these rows (by id) for another call, and says whether they are still
    held. A row of which nothing was sent, or that must be sent again, has no result.
    """

    client: Client
    before_call: Callable[[Sequence[int]], bool]
    results: dict[int, Result] = field(default_factory=dict)
    trouble: TryLater | Unknown | None = None
    calls: int = 0

    def deliver(self, attempts: Sequence[EventAttempt]) -> dict[int, Result]:
        """Send every attempt; return the results, by row."""
        for delete in (False, True):
            self._send(
                [attempt for attempt in attempts if attempt.event and attempt.delete is delete]
            )
        return self.results

    def _send(self, group: Sequence[EventAttempt]) -> None:
        """Send one group; halve it when it is refused as a whole."""
        ids = [attempt.row.id for attempt in group]
        if not group or self.trouble is not None or not self.before_call(ids):
            return
        self.calls += 1
        events = [attempt.event for attempt in group if attempt.event]
        match self.client.post_events(events, delete=group[0].delete):
            case EventsRead(refused):
                for attempt in group:
                    conflict = refused.get(attempt.event.uid) if attempt.event else None
                    self._judge(attempt, conflict)
            case GroupRefused(conflict) if len(group) == 1:
                self._refuse(group[0], conflict)
            case GroupRefused():
                for half in halves(group):
                    self._send(half)
            case TryLater() as later:
                self.trouble = later
            case Unknown() as unknown:
                self.trouble = unknown
                self.results |= dict.fromkeys(ids, Result(trouble=unknown))

    def _judge(self, attempt: EventAttempt, conflict: Conflict | None) -> None:
        """Take in the answer about one event. A program that is not ready is no fault of it."""
        if conflict is None or (attempt.delete and conflict.code in GONE):
            self.results[attempt.row.id] = Result(values_in=True)
        elif conflict.code in EVERY_EVENT:
            self.trouble = TryLater(conflict.code, in_words(conflict), ours=True)
        else:
            self._refuse(attempt, conflict)

    def _refuse(self, attempt: EventAttempt, conflict: Conflict) -> None:
        uid = attempt.event.uid if attempt.event else ""
        self.results[attempt.row.id] = Result(refused={uid: conflict})


def in_words(conflict: Conflict) -> str:
    """Return what a refusal means, for people: the gateway's words, then DHIS2's."""
    meaning = MEANINGS.get(conflict.code)
    return f"{meaning.text}: {conflict.text}" if meaning else conflict.text
