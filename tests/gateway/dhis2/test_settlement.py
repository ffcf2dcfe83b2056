"""Tests of what an answer means for a row."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.dhis2.attempt import Result
from gateway.dhis2.claim import Claim
from gateway.dhis2.plan import Plan
from gateway.dhis2.settlement import (
    NOT_YET,
    SPREAD,
    Moment,
    delayed,
    first_refusal,
    refused,
    settlement,
    some_time_on,
)
from gateway.model.outcomes import TryLater
from gateway.storage.forward_rows import Settlement
from gateway.storage.forwards import CellSettlement, ForwardRow
from gateway.storage.outbox import REFUSED, SENT, WAITING
from gateway.transports.dhis2_verdict import Conflict
from tests.gateway.harness import BAMAKO, NOON, Harness
from tests.gateway.stub_dhis2 import StubDhis2

PLACE = "KolaSite001"
ROW = ForwardRow(1, 7, "PEC", "202610", 3, 2, None, {"a.b": "1", "c.d": "4"}, False, True, PLACE)
PLAN = Plan(cells={"a.b": "2", "c.d": "5"}, complete=True)
CLOSED = Conflict("E7640", "closed")


@pytest.fixture
def moment(harness: Harness) -> Moment:
    return Moment(NOON, StubDhis2().target(harness))


def settled(
    moment: Moment, result: Result | None, row: ForwardRow = ROW, plan: Plan = PLAN
) -> CellSettlement:
    form = moment.target.context.catalogue.forms["PEC"]
    claim = Claim("token", form, [row], {1: plan}, {(7, "202610"): PLACE})
    return settlement(claim, row, result, moment)


def test_a_row_that_is_in_holds_what_was_sent(moment: Moment) -> None:
    found = settled(moment, Result(values_in=True, completed=True))
    assert found == CellSettlement(SENT, None, None, None, 0, 3, PLAN.cells, True, False, PLACE)


def test_a_refused_cell_holds_what_it_held(moment: Moment) -> None:
    found = settled(moment, Result(values_in=True, refused={"a.b": CLOSED}))
    assert (found.state, found.reason, found.detail, found.attempts) == (
        REFUSED, "E7640", "closed", 3,
    )  # fmt: skip
    assert (found.sent_values, found.sent_revision) == ({"a.b": "1", "c.d": "5"}, None)


def test_what_is_still_to_come_comes_all_the_same(moment: Moment) -> None:
    day = date(2026, 11, 10)
    result = Result(values_in=True, refused={"a.b": CLOSED})
    found = settled(moment, result, plan=replace(PLAN, again_on=day))
    assert (found.state, found.reason) == (WAITING, "E7640")
    assert found.next_at == some_time_on(day, 1, moment)


def test_trouble_of_the_row_waits_longer_than_trouble_of_the_server(moment: Moment) -> None:
    mine = settled(moment, Result(trouble=TryLater("http_500", "words", everyone=False)))
    everyones = settled(moment, Result(trouble=TryLater("http_503")))
    assert mine.next_at is not None
    assert mine.next_at > NOON
    assert (everyones.state, everyones.next_at, everyones.reason) == (WAITING, NOON, "http_503")
    assert (mine.detail, mine.attempts) == ("words", 3)
    # What DHIS2 may hold since the request is not forgotten.
    assert (everyones.sent_values, everyones.sent_revision) == (PLAN.cells, None)


def test_a_row_without_a_place_waits_and_says_why(moment: Moment) -> None:
    found = settled(moment, None)
    assert (found.state, found.next_at, found.reason) == (WAITING, None, "no_dhis2_id")
    assert found.sent_values == ROW.sent_values


def test_a_row_that_left_its_place_is_due_for_the_next(moment: Moment) -> None:
    found = settled(moment, Result(values_in=True), replace(ROW, sent_to="KaniFacil01"))
    assert (found.state, found.next_at, found.sent_values, found.sent_to) == (
        WAITING, NOON, {}, None,
    )  # fmt: skip


def test_what_came_too_early_waits_for_the_month(moment: Moment) -> None:
    early = replace(moment, now=datetime(2026, 10, 31, 12, tzinfo=UTC))
    found = settled(early, Result(refused={"a.b": Conflict("E7641", "future")}))
    assert found.state == WAITING
    assert found.next_at == some_time_on(date(2026, 11, 1), 1, early)
    # On DHIS2's clock the month may not have ended when it has here.
    late = settled(moment, Result(refused={"a.b": Conflict("E7641", "future")}))
    spread = some_time_on(date(2026, 11, 1), 1, moment) - datetime(2026, 11, 1, tzinfo=BAMAKO)
    assert (late.state, late.next_at) == (WAITING, NOON + NOT_YET + spread)


def test_rows_of_a_day_are_spread(moment: Moment) -> None:
    day = date(2026, 11, 10)
    start = datetime(2026, 11, 10, tzinfo=BAMAKO)
    moments = {some_time_on(day, row_id, moment) for row_id in range(100)}
    assert len(moments) > 90
    assert all(timedelta(0) <= at - start < SPREAD for at in moments)


def test_events_and_reports_are_delayed_and_refused_alike() -> None:
    held = Settlement(SENT, sent_revision=2)
    assert delayed(ROW, held, TryLater("http_503", "words"), NOON) == Settlement(
        WAITING, NOON, "http_503", "words", 3, 2
    )
    assert refused(ROW, held, Conflict("", "words"), "in words") == Settlement(
        REFUSED, None, "refused", "in words", 3, 2
    )
    assert first_refusal(Result(not_complete=CLOSED)) == CLOSED
    assert first_refusal(Result(refused={"a.b": CLOSED}, not_complete=None)) == CLOSED
    assert first_refusal(Result(values_in=True)) is None
