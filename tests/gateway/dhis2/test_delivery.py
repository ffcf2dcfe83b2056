"""The good rows of a claim are in whatever a bad one does, at a bounded cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest

from gateway.dhis2.attempt import Attempt, Result
from gateway.dhis2.delivery import VALUES, Delivery
from gateway.dhis2.server import rows_to_claim
from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Cell, Registration
from gateway.transports.dhis2_verdict import Accepted, Conflict, GroupRefused, Partly, Verdict
from menus.loading.loader import load

PEC = load().forms["PEC"]
DAY = date(2026, 11, 4)
UNASSIGNED = Conflict("E8022", "not assigned")
UNMAPPED = Conflict("E8104", "no such data element")
LOCKED = Conflict("E7640", "closed")
AWAY = TryLater("http_503")
LOST = Unknown("timeout")

Judge = Callable[[Sequence[Cell]], Verdict]


@dataclass(slots=True)
class Far:
    """A DHIS2 that takes what its judge lets in, and remembers every request."""

    judge: Judge = lambda cells: Accepted()
    judge_complete: Callable[[Sequence[Registration]], Verdict] = lambda registrations: Accepted()
    requests: list[str] = field(default_factory=list)
    held: dict[tuple[str, str], str | None] = field(default_factory=dict)
    complete: dict[str, bool] = field(default_factory=dict)

    def post_values(
        self, data_set: str, cells: Sequence[Cell], *, attribute_option_combo: str
    ) -> Verdict:
        assert (data_set, attribute_option_combo) == ("dataSetPEC1", "attribute01")
        units = sorted({cell.org_unit for cell in cells})
        self.requests.append(f"values {len(cells)} of {','.join(units)}")
        verdict = self.judge(cells)
        if isinstance(verdict, Accepted | Partly):
            rejected = verdict.rejected if isinstance(verdict, Partly) else {}
            for position, cell in enumerate(cells):
                if position not in rejected:
                    self.held[cell.org_unit, cell.data_element] = cell.value
        return verdict

    def register_completeness(self, registrations: Sequence[Registration]) -> Verdict:
        units = ",".join(one.org_unit for one in registrations)
        self.requests.append(f"complete {units}")
        verdict = self.judge_complete(registrations)
        if isinstance(verdict, Accepted):
            self.complete |= {one.org_unit: one.completed for one in registrations}
        return verdict


@dataclass(slots=True)
class Counting:
    """A DHIS2 that takes everything, and counts."""

    count: int = 0

    def post_values(
        self, data_set: str, cells: Sequence[Cell], *, attribute_option_combo: str
    ) -> Verdict:
        assert len(cells) <= VALUES
        self.count += 1
        return Accepted()

    def register_completeness(self, registrations: Sequence[Registration]) -> Verdict:
        self.count += 1
        return Accepted()


def row(
    number: int,
    cells: Mapping[str, str | None] | int = 1,
    *,
    completed: bool | None = None,
) -> Attempt:
    if isinstance(cells, int):
        cells = {f"DE{place:03}.combo": "7" for place in range(cells)}
    return Attempt(number, f"U{number:03}", "202610", cells, completed, DAY)


def deliver(
    far: Far | Counting,
    attempts: Sequence[Attempt],
    before_call: Callable[[], bool] = lambda: True,
) -> tuple[Delivery, dict[int, Result]]:
    delivery = Delivery(far, "dataSetPEC1", before_call, "attribute01")
    return delivery, delivery.deliver(attempts)


def refuses_unit(unit: str, conflict: Conflict = UNASSIGNED) -> Judge:
    """As the importer of 2.43 and later: one bad unit refuses the whole data set."""

    def judge(cells: Sequence[Cell]) -> Verdict:
        bad = any(cell.org_unit == unit for cell in cells)
        return GroupRefused(conflict) if bad else Accepted()

    return judge


def test_rows_of_one_data_set_travel_together() -> None:
    far = Far()
    delivery, results = deliver(far, [row(1, 2, completed=True), row(2, 3), row(3, completed=True)])
    assert far.requests == ["values 6 of U001,U002,U003", "complete U001,U003"]
    assert results == {
        1: Result(values_in=True, completed=True),
        2: Result(values_in=True),
        3: Result(values_in=True, completed=True),
    }
    assert (delivery.calls, delivery.trouble) == (2, None)


@pytest.mark.parametrize("bad", [0, 31, 63])
def test_one_bad_row_among_many_is_found_by_halves(bad: int) -> None:
    far = Far(refuses_unit(f"U{bad:03}"))
    delivery, results = deliver(far, [row(number, 13) for number in range(64)])
    assert len(far.requests) <= 1 + 12
    assert [number for number, one in results.items() if not one.values_in] == [bad]
    assert set(results[bad].refused.values()) == {UNASSIGNED}
    assert len(far.held) == 63 * 13
    assert delivery.trouble is None


def test_one_bad_cell_of_a_row_is_found_by_halves() -> None:
    def judge(cells: Sequence[Cell]) -> Verdict:
        bad = any(cell.data_element == "DE005" for cell in cells)
        return GroupRefused(UNMAPPED) if bad else Accepted()

    far = Far(judge)
    _, results = deliver(far, [row(1, 13, completed=True)])
    assert results[1].refused == {"DE005.combo": UNMAPPED}
    assert results[1].values_in
    assert len(far.held) == 12
    assert len(far.requests) <= 1 + 8
    assert not results[1].completed, "what was refused is not complete"


def test_a_refusal_that_cells_cannot_explain_is_not_searched_for_cell_by_cell() -> None:
    far = Far(refuses_unit("U001"))
    deliver(far, [row(1, 13)])
    assert len(far.requests) == 1


def test_what_is_refused_cell_by_cell_costs_nothing_more() -> None:
    far = Far(lambda cells: Partly({1: LOCKED, 4: LOCKED}))
    _, results = deliver(far, [row(1, 3, completed=True), row(2, 3, completed=True)])
    assert results[1].refused == {"DE001.combo": LOCKED}
    assert results[2].refused == {"DE001.combo": LOCKED}
    assert results[1].values_in
    assert far.requests == ["values 6 of U001,U002"]


@pytest.mark.parametrize("code", ["E7600", "E7601", "E8005", "E8010"])
def test_a_refusal_of_the_data_set_itself_pauses(code: str) -> None:
    far = Far(lambda cells: GroupRefused(Conflict(code, "words")))
    delivery, results = deliver(far, [row(number, completed=True) for number in range(8)])
    assert len(far.requests) == 1
    assert delivery.trouble == TryLater(code, "words", ours=True)
    assert {one.trouble for one in results.values()} == {delivery.trouble}
    assert not any(one.values_in or one.refused for one in results.values())


@pytest.mark.parametrize("trouble", [AWAY, LOST])
def test_trouble_stops_everything_after_it(trouble: TryLater | Unknown) -> None:
    far = Far(lambda cells: trouble if cells[0].org_unit == "U001" else Accepted())
    attempts = [row(0, 600, completed=True), row(1, 600), row(2, 600, completed=True)]
    delivery, results = deliver(far, attempts)
    assert far.requests == ["values 600 of U000", "values 600 of U001"]
    assert delivery.trouble == trouble
    assert results[0].values_in
    assert not results[0].completed
    assert results[1].trouble == trouble
    # What was not sent cannot have arrived, even when another answer was lost.
    assert results[2].trouble == TryLater(trouble.reason)


def test_a_lost_answer_about_completeness_leaves_the_values_in() -> None:
    far = Far(judge_complete=lambda registrations: LOST)
    delivery, results = deliver(far, [row(1, completed=True), row(2)])
    assert results == {1: Result(values_in=True, trouble=LOST), 2: Result(values_in=True)}
    assert delivery.trouble == LOST


def test_what_upsets_the_server_is_taken_out_and_waits() -> None:
    upset = TryLater("http_500", everyone=False)
    far = Far(lambda cells: upset if any(c.org_unit == "U005" for c in cells) else Accepted())
    delivery, results = deliver(far, [row(number) for number in range(8)])
    assert [number for number, one in results.items() if one.trouble] == [5]
    assert results[5].trouble == upset
    assert delivery.trouble is None
    assert len(far.held) == 7


def test_a_row_of_which_some_cells_wait_is_not_in() -> None:
    upset = TryLater("http_500", everyone=False)

    def judge(cells: Sequence[Cell]) -> Verdict:
        elements = {cell.data_element for cell in cells}
        if len(elements) > 1 and "DE003" in elements:
            return GroupRefused(UNMAPPED)
        return upset if "DE000" in elements else Accepted()

    far = Far(judge)
    _, results = deliver(far, [row(1, 4, completed=True)])
    assert ("U001", "DE000") not in far.held
    assert ("U001", "DE003") in far.held
    assert results[1] == Result(values_in=False, trouble=upset)


def test_a_server_that_everything_upsets_is_left_alone() -> None:
    upset = TryLater("http_500", everyone=False)
    far = Far(lambda cells: upset)
    delivery, results = deliver(far, [row(number) for number in range(64)])
    assert len(far.requests) <= 8
    assert delivery.trouble == TryLater("http_500")
    assert all(one.trouble for one in results.values())


def test_completeness_is_for_rows_whose_values_stand() -> None:
    far = Far(refuses_unit("U002"))
    attempts = [row(1, completed=True), row(2, completed=True), row(3, {}, completed=False)]
    _, results = deliver(far, attempts)
    assert far.requests[-1] == "complete U001,U003"
    assert far.complete == {"U001": True, "U003": False}
    assert [one.completed for one in results.values()] == [True, False, True]


def test_one_refused_registration_does_not_hold_up_the_others() -> None:
    def judge(registrations: Sequence[Registration]) -> Verdict:
        bad = any(one.org_unit == "U003" for one in registrations)
        return GroupRefused(Conflict("", "not assigned")) if bad else Accepted()

    far = Far(judge_complete=judge)
    _, results = deliver(far, [row(number, completed=True) for number in range(8)])
    assert [number for number, one in results.items() if not one.completed] == [3]
    assert results[3] == Result(values_in=True, not_complete=Conflict("", "not assigned"))
    assert set(far.complete) == {f"U{number:03}" for number in range(8)} - {"U003"}


def test_requests_hold_at_most_a_thousand_cells() -> None:
    far = Far()
    deliver(far, [row(1, 400), row(2, 400), row(3, 400), row(4, VALUES + 5), row(5, 1)])
    assert far.requests == [
        "values 800 of U001,U002",
        "values 400 of U003",
        f"values {VALUES + 5} of U004",
        "values 1 of U005",
    ]


def test_a_row_with_nothing_to_change_is_not_sent() -> None:
    far = Far()
    delivery, results = deliver(far, [row(1, {})])
    assert (far.requests, delivery.calls) == ([], 0)
    assert results == {1: Result(values_in=True)}


def test_deletions_travel_with_the_others() -> None:
    far = Far()
    deliver(far, [row(1, {"DE001.combo": None, "DE002.combo": "0"})])
    assert far.held == {("U001", "DE001"): None, ("U001", "DE002"): "0"}


def test_every_request_is_preceded_by_its_rows_being_held() -> None:
    held = 0

    def hold() -> bool:
        nonlocal held
        held += 1
        return held < 3

    far = Far(refuses_unit("U001"))
    delivery, results = deliver(far, [row(number, completed=True) for number in range(4)], hold)
    assert held == 3
    assert len(far.requests) == 2
    assert delivery.trouble == TryLater("out_of_time", everyone=False)
    assert {one.trouble for one in results.values()} == {delivery.trouble}


def test_a_country_in_fewer_than_a_thousand_requests() -> None:
    """A tenth of 35,210 reports of 13 values, claimed as the forwarder claims them."""
    far, most = Counting(), rows_to_claim(PEC, VALUES)
    for first in range(0, 3521, most):
        rows = [row(number, 13, completed=True) for number in range(first, min(first + most, 3521))]
        _, results = deliver(far, rows)
        assert all(one.completed for one in results.values())
    assert far.count < 100


@pytest.mark.parametrize("bad", [0, 5, 63])
def test_a_culprit_that_dhis2_names_costs_two_requests(bad: int) -> None:
    far = Far(refuses_unit(f"U{bad:03}", Conflict("E8022", f"not assigned: [U{bad:03}]")))
    _, results = deliver(far, [row(number, 13) for number in range(64)])
    assert len(far.requests) == 1 + 2
    assert [number for number, one in results.items() if not one.values_in] == [bad]


@pytest.mark.parametrize("text", ["", "data element `DE005` does not exist"])
def test_a_cell_that_dhis2_takes_from_nobody_is_found_once_for_all_rows(text: str) -> None:
    unmapped = Conflict("E8104", text)

    def judge(cells: Sequence[Cell]) -> Verdict:
        bad = any(cell.data_element == "DE005" for cell in cells)
        return GroupRefused(unmapped) if bad else Accepted()

    far = Far(judge)
    rows = [row(number, 13, completed=True) for number in range(200)]
    delivery, results = deliver(far, rows)
    assert delivery.unmapped == {"DE005.combo": unmapped}
    assert all(one.refused == {"DE005.combo": unmapped} for one in results.values())
    assert all(one.values_in for one in results.values())
    assert len(far.held) == 200 * 12
    assert len(far.requests) <= 3 + 8


def test_what_a_proxy_finds_too_large_is_sent_in_smaller_parts() -> None:
    def judge(cells: Sequence[Cell]) -> Verdict:
        return GroupRefused(Conflict("too_large")) if len(cells) > 8 else Accepted()

    far = Far(judge)
    delivery, results = deliver(far, [row(1, 13), row(2, 13)])
    assert delivery.too_large
    assert all(one.values_in and not one.refused for one in results.values())
    assert len(far.held) == 26


def test_that_a_set_is_no_longer_complete_is_said_whatever_else_is_refused() -> None:
    far = Far(refuses_unit("U001"))
    deliver(far, [row(1, completed=False)])
    assert far.complete == {"U001": False}


def test_a_data_set_that_may_not_be_completed_pauses() -> None:
    refused = Conflict("E7601", "User does not have write access for data set")
    far = Far(judge_complete=lambda registrations: GroupRefused(refused))
    delivery, results = deliver(far, [row(number, completed=True) for number in range(8)])
    assert len(far.requests) == 2
    assert delivery.trouble == TryLater("E7601", refused.text, ours=True)
    assert all(one.values_in and one.trouble for one in results.values())
