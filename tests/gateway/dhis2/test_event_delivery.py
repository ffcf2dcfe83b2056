"""Tests of the requests for events: the good ones are in whatever a bad one does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from gateway.dhis2.attempt import Result
from gateway.dhis2.event_delivery import EventAttempt, EventDelivery, in_words
from gateway.model.outcomes import TryLater, Unknown
from gateway.storage.referral_forwards import EventRow
from gateway.transports.dhis2_tracker import Event, EventsRead, Verdict
from gateway.transports.dhis2_verdict import Conflict, GroupRefused

BAD = Conflict("E1029", "not assigned")
AWAY, LOST = TryLater("http_503"), Unknown("timeout")
IN = Result(values_in=True)


@dataclass(slots=True)
class Server:
    """A DHIS2 that answers as its judge says, and remembers every request."""

    judge: Callable[[set[str]], Verdict] = lambda uids: EventsRead({})
    requests: list[str] = field(default_factory=list)

    def post_events(self, events: Sequence[Event], *, delete: bool = False) -> Verdict:
        uids = [event.uid for event in events]
        self.requests.append(("delete " if delete else "") + ",".join(uids))
        return self.judge(set(uids))


def attempt(number: int, *, delete: bool = False, placed: bool = True) -> EventAttempt:
    event = Event(f"E{number}", "program", "stage", "unit", "2026-11-04", {})
    return EventAttempt(EventRow(number, number, 1, 0, None), event if placed else None, delete)


def deliver(
    server: Server, *attempts: EventAttempt, held: bool = True
) -> tuple[EventDelivery, dict[int, Result]]:
    delivery = EventDelivery(server, lambda ids: held)
    return delivery, delivery.deliver(attempts)


def test_updates_travel_together_and_deletions_apart() -> None:
    server = Server()
    delivery, results = deliver(
        server, attempt(1), attempt(2, delete=True), attempt(3), attempt(4, placed=False)
    )
    assert server.requests == ["E1,E3", "delete E2"]
    assert results == {1: IN, 2: IN, 3: IN}
    assert (delivery.calls, delivery.trouble) == (2, None)


def test_a_refused_event_leaves_the_others_in() -> None:
    _, results = deliver(Server(lambda uids: EventsRead({"E2": BAD})), attempt(1), attempt(2))
    assert results == {1: IN, 2: Result(refused={"E2": BAD})}


def test_a_refused_group_is_halved_until_the_culprit_stands_alone() -> None:
    server = Server(lambda uids: GroupRefused(BAD) if "E3" in uids else EventsRead({}))
    _, results = deliver(server, *(attempt(number) for number in range(1, 5)))
    assert server.requests == ["E1,E2,E3,E4", "E1,E2", "E3,E4", "E3", "E4"]
    assert results == {1: IN, 2: IN, 3: Result(refused={"E3": BAD}), 4: IN}


@pytest.mark.parametrize("code", ["E1032", "E1082"])
def test_what_is_gone_is_deleted(code: str) -> None:
    server = Server(lambda uids: EventsRead({uid: Conflict(code) for uid in uids}))
    _, results = deliver(server, attempt(1, delete=True), attempt(2))
    assert results[1] == IN
    assert results[2].refused["E2"].code == code


@pytest.mark.parametrize(("verdict", "results"), [(AWAY, {}), (LOST, {1: Result(trouble=LOST)})])
def test_nothing_more_is_sent_once_dhis2_is_away(
    verdict: TryLater | Unknown, results: dict[int, Result]
) -> None:
    server = Server(lambda uids: verdict)
    delivery, found = deliver(server, attempt(1), attempt(2, delete=True))
    assert server.requests == ["E1"]
    assert (delivery.trouble, found) == (verdict, results)


def test_a_program_that_is_not_ready_is_no_fault_of_an_event() -> None:
    missing = Conflict("E1010", "no program")
    delivery, results = deliver(Server(lambda uids: EventsRead({"E1": missing})), attempt(1))
    assert results == {}
    assert delivery.trouble == TryLater("E1010", in_words(missing), ours=True)


def test_rows_whose_lease_is_lost_are_not_sent() -> None:
    server = Server()
    delivery, results = deliver(server, attempt(1), held=False)
    assert (server.requests, results, delivery.calls) == ([], {}, 0)


def test_a_refusal_is_said_in_words() -> None:
    assert in_words(BAD) == "the org unit is not assigned to the program: not assigned"
    assert in_words(Conflict("E9999", "words")) == "words"
