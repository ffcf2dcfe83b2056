"""Numbers typed on a USSD screen: joined by stars or spaces, none of them a telephone number."""

import pytest

from menus.reading.typed_numbers import numbers_in


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("5", [5]),
        ("0", [0]),
        ("05", [5]),
        ("999999", [999_999]),
        ("4*5*6", [4, 5, 6]),
        (" 4 * 5 6 ", [4, 5, 6]),
        ("4*5*", [4, 5]),
        ("4*0", [4, 0]),
    ],
)
def test_numbers(answer: str, numbers: list[int]) -> None:
    assert numbers_in(answer) == numbers


@pytest.mark.parametrize(
    "answer", ["", "*", "**", "4**5", "*4", "00", "4*00", "1000000", "-1", "4,5", "O", "٤", "4#"]
)
def test_no_plain_count(answer: str) -> None:
    assert numbers_in(answer) is None
