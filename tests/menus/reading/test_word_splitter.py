"""The word splitter: one way to cut or none, and look-alikes beside digits only."""

import pytest

from menus.reading.word_splitter import cut, is_lookalike

WORDS = {"VUS", "FIE", "PIL", "SEL", "SOD", "RST", "PAR", "PARVUS", "CAS"}


@pytest.mark.parametrize(
    ("run", "left", "right", "pieces"),
    [
        ("VUSFIE", False, False, ["VUS", "FIE"]),
        ("OFIE", True, False, ["O", "FIE"]),
        ("OOFIE", True, True, ["OO", "FIE"]),
        ("PILl", False, True, ["PIL", "l"]),
        ("SODORST", False, False, ["SOD", "O", "RST"]),
        ("casFIE", True, True, ["CAS", "FIE"]),
        ("Jl", True, True, ["J", "l"]),
        ("OFIE", False, False, []),
        ("PILl", True, False, []),
        ("SFIE", True, True, []),
        ("PARVUS", False, False, []),
        ("VUSX", False, False, []),
        ("VUS" * 17, False, False, []),
    ],
)
def test_cut(run: str, left: bool, right: bool, pieces: list[str]) -> None:
    assert cut(run, WORDS, left=left, right=right) == pieces


@pytest.mark.parametrize(
    ("run", "expected"), [("OolI", True), ("S", False), ("L", False), ("i", False), ("OB", False)]
)
def test_lookalikes(run: str, expected: bool) -> None:
    assert is_lookalike(run) is expected
