"""Tests of the words of a finding: a long list is cut, and its rest counted."""

from gateway.diagnostics.finding import listed


def test_a_long_list_is_cut() -> None:
    assert listed([str(number) for number in range(11)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 3 more"
    assert listed(["KOLA", "TENE"]) == "KOLA, TENE"
