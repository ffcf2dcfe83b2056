"""Tests of the sites that a typed name may mean."""

import pytest

from gateway.roster.site_names import named, told_apart
from gateway.storage.roster import Unit

KOLA = Unit(1, "K1", "Kola", "site", 9, None)
KOLA_BA = Unit(2, "K2", "Kola-Ba", "site", 9, None)
TENE = Unit(3, "T1", "Ténè", "site", 9, None)
OTHER_TENE = Unit(4, "T2", "Tene", "site", 9, None)
SITES = [KOLA, KOLA_BA, TENE, OTHER_TENE]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["KOLA"], [KOLA]),
        (["kola", "ba"], [KOLA_BA]),
        (["k2"], [KOLA_BA]),
        (["TENE"], [TENE, OTHER_TENE]),
        (["KOLLA"], [KOLA]),
        (["SIKASSO"], []),
        ([], []),
    ],
)
def test_a_name_is_its_site_or_those_alike(words: list[str], found: list[Unit]) -> None:
    assert named(SITES, words) == found


def test_sites_of_the_same_name_are_told_by_their_codes() -> None:
    assert told_apart([KOLA, TENE, OTHER_TENE]) == "Kola, T1, T2"
    assert told_apart([]) == ""
