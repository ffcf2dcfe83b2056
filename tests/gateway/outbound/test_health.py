"""Tests of noting that a destination is away, or back."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.model.backoff import FIRST, LONGEST
from gateway.model.outcomes import TryLater
from gateway.outbound.health import DETAIL, Destination, note_answer, note_trouble
from gateway.storage import destinations
from gateway.storage.destinations import Health
from gateway.storage.outbox import DHIS2
from tests.gateway.harness import NOON
from tests.gateway.storage.outbox_rows import SOON, change, reply, rows, units, want

SET = Destination("dhis2 PEC", "dhis2_away", "dhis2_data_set_back", (DHIS2,), "PEC")
SERVER = Destination("dhis2", "dhis2_away", "dhis2_back", (DHIS2,))


def health(engine: Engine, destination: Destination) -> Health:
    with engine.begin() as connection:
        return destinations.health(connection, destination.name)


def trouble(engine: Engine, later: TryLater) -> Health:
    with engine.begin() as connection:
        note_trouble(connection, SERVER, later, NOON)
    return health(engine, SERVER)


def test_each_failure_in_a_row_rests_longer(engine: Engine) -> None:
    rests = []
    for failures in (1, 2, 3):
        found = trouble(engine, TryLater("http_503", "x" * 400))
        assert (found.failures, found.reason) == (failures, "http_503")
        assert found.detail == "x" * DETAIL
        assert found.closed_until is not None
        rests.append((found.closed_until - NOON).total_seconds() / FIRST)
    assert [int(rest) for rest in rests] == pytest.approx([1, 2, 4], abs=1)
    assert rests == sorted(rests)


@pytest.mark.parametrize(
    "later", [TryLater("http_401", ours=True), TryLater("http_429", after=LONGEST)]
)
def test_what_a_person_must_mend_rests_longest_at_once(engine: Engine, later: TryLater) -> None:
    until = trouble(engine, later).closed_until
    assert until is not None
    assert until >= NOON + timedelta(seconds=LONGEST)


def test_what_waited_for_a_destination_is_due_when_it_answers(engine: Engine) -> None:
    unit_ids = units(engine)
    want(engine, unit_ids[:1], "PEC")
    want(engine, unit_ids[:1], "NUT")
    reply(engine, "a")
    change(engine, attempts=2, next_at=NOON + timedelta(days=1))
    with engine.begin() as connection:
        note_answer(connection, SET, SOON)
    assert SOON not in {row.next_at for row in rows(engine)}, "it had not been away"
    for destination, due in ((SET, ["PEC"]), (SERVER, ["PEC", "NUT"])):
        with engine.begin() as connection:
            note_trouble(connection, destination, TryLater("http_503"), NOON)
            note_answer(connection, destination, SOON)
        assert [row.form for row in rows(engine) if row.next_at == SOON] == due
        assert health(engine, destination) == Health()
