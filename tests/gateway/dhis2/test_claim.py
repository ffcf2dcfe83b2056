"""Tests of a claim: what should stand for each row, and what is sent for it."""

from datetime import date

import pytest

from gateway.dhis2 import claim
from gateway.dhis2.claim import Claim
from gateway.dhis2.plan import Plan
from gateway.storage.forwards import Forward, ForwardRow
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, NOON, PEC, PEC_VALUES, SIRA, Harness
from tests.gateway.stub_dhis2 import StubDhis2

HERE, ELSEWHERE = "KolaSite001", "KaniFacil01"
CELLS = {"a.b": "1"}


def row(**columns: object) -> ForwardRow:
    stored = {"sent_revision": 1, "sent_values": CELLS, "sent_complete": True, "sent_to": HERE}
    return ForwardRow(
        id=1, unit_id=7, form="PEC", period="202610", revision=2, attempts=0, **stored | columns
    )  # type: ignore[arg-type]


def claimed(
    catalogue: Catalogue, held: ForwardRow, place: str | None = HERE, **plan: object
) -> Claim:
    wanted = Plan(**{"cells": CELLS, "complete": True, **plan})  # type: ignore[arg-type]
    places = {} if place is None else {(7, "202610"): place}
    return Claim("token", catalogue.forms["PEC"], [held], {1: wanted}, places)


def test_a_row_that_stands_needs_nothing(catalogue: Catalogue) -> None:
    held = row()
    one = claimed(catalogue, held)
    assert one.is_up_to_date(held)
    assert not one.leaves(held)
    assert claim.completeness_to_tell(one, held) is None


@pytest.mark.parametrize(
    ("columns", "plan", "told"),
    [
        ({}, {"complete": False}, False),
        ({"sent_complete": False}, {}, True),
        ({"doubted": True}, {}, True),
        ({"sent_to": ELSEWHERE}, {}, False),
        ({"sent_to": ELSEWHERE, "sent_complete": False}, {}, None),
    ],
)
def test_completeness_is_told_when_dhis2_does_not_know_it(
    catalogue: Catalogue, columns: dict[str, object], plan: dict[str, object], told: bool | None
) -> None:
    held = row(**columns)
    assert claim.completeness_to_tell(claimed(catalogue, held, **plan), held) is told


def test_what_dhis2_holds_too_much_is_deleted(harness: Harness, catalogue: Catalogue) -> None:
    held = row(sent_values={"a.b": "1", "c.d": "4"})
    one = claimed(catalogue, held, cells={"a.b": "2"})
    (attempt,) = claim.attempts(one, harness.context)
    assert (attempt.org_unit, attempt.cells) == (HERE, {"a.b": "2", "c.d": None})
    assert attempt.completed_on == date(2026, 11, 1)


def test_a_row_leaves_its_old_place_first(harness: Harness, catalogue: Catalogue) -> None:
    held = row(sent_to=ELSEWHERE)
    one = claimed(catalogue, held)
    assert one.leaves(held)
    (attempt,) = claim.attempts(one, harness.context)
    assert (attempt.org_unit, attempt.cells, attempt.completed) == (ELSEWHERE, {"a.b": None}, False)
    one.given_up = {(ELSEWHERE, "202610"): 9}
    assert claim.attempts(one, harness.context) == []
    assert claim.successors(one) == [Forward(9, "PEC", "202610")]


def test_what_is_due_is_planned_and_noted(harness: Harness) -> None:
    harness.told(PEC, AWA)
    harness.told(PEC, SIRA)
    target = StubDhis2().target(harness)
    with harness.engine.begin() as connection:
        assert claim.take(connection, target, {"NUT": 9}, NOON) is None
        taken = claim.take(connection, target, {"PEC": 9}, NOON)
    assert taken is not None
    placed, unplaced = taken.rows
    assert taken.org_unit(placed) == HERE
    assert taken.org_unit(unplaced) is None
    assert sorted(taken.plans[placed.id].cells.values()) == sorted(map(str, PEC_VALUES.values()))
    assert [attempt.row_id for attempt in claim.attempts(taken, harness.context)] == [placed.id]
    stored, waiting = harness.rows("dhis2")
    assert stored.sent_values == dict(taken.plans[placed.id].cells)
    assert (stored.sent_to, stored.complete_doubted, stored.lease) == (HERE, True, taken.token)
    assert waiting.sent_values is None
