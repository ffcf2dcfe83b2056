"""Tests of how the rows of a claim are packed and parted."""

from datetime import date

import pytest

from gateway.dhis2.attempt import Attempt, by_columns, by_rows, cell, cells_in, halves, packed
from gateway.transports.dhis2 import Cell
from gateway.transports.dhis2_verdict import Conflict

DAY = date(2026, 11, 4)


def row(number: int, *elements: str, period: str = "202610") -> Attempt:
    cells = {f"{element}.combo": "7" for element in elements}
    return Attempt(number, f"U{number}", period, cells, None, DAY)


A, B, C = row(1, "a", "b"), row(2, "a"), row(3, "b", period="202609")


def test_a_cell_goes_to_the_unit_and_month_of_its_row() -> None:
    assert cells_in([A, B]) == [(A, "a.combo"), (A, "b.combo"), (B, "a.combo")]
    assert cell(A, "b.combo") == Cell("b", "combo", "U1", "202610", "7")


def test_rows_are_packed_by_month_a_large_one_alone() -> None:
    large = row(4, "a", "b", "c", "d")
    assert packed([large, A, B, C], 3) == [[C, A], [B], [large]]
    assert packed([A, C], 9) == [[C, A]]
    assert packed([], 9) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("U2 is closed", [[B], [A, C]]),
        ("202609 is closed", [[C], [A, B]]),
        ("refused", [[A], [B, C]]),
        ("U1 U2 U3", [[A], [B, C]]),
    ],
)
def test_a_refusal_parts_the_rows_that_it_names(text: str, parts: list[list[Attempt]]) -> None:
    assert by_rows([A, B, C], Conflict("E1", text)) == parts


def test_a_refusal_parts_the_cells_that_it_names() -> None:
    named = by_columns([A, B], Conflict("E1", "b: no such element"))
    assert [[sorted(each.cells) for each in part] for part in named] == [
        [["b.combo"]],
        [["a.combo"], ["a.combo"]],
    ]
    unnamed = by_columns([A], Conflict("E1", "refused"))
    assert [sorted(part[0].cells) for part in unnamed] == [["a.combo"], ["b.combo"]]


def test_halves_hold_everything() -> None:
    assert halves([1, 2, 3]) == ([1], [2, 3])
    assert halves([1]) == ([], [1])
