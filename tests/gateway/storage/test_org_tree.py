"""Tests of the walks through the org tree: upward, downward, and to the receivers."""

import pytest
from sqlalchemy import Connection

from gateway.storage import org_tree
from gateway.storage.org_tree import ancestors
from tests.gateway.storage.roster_rows import (
    COUNTRY,
    FARA,
    FIRST,
    KOLA,
    LONE,
    MARCH,
    TENE,
    TREE,
    apply,
    id_of,
    receivers,
    senders,
    unit,
)


def test_the_nearest_unit_with_a_dhis2_id_receives(connection: Connection) -> None:
    apply(connection, TREE)
    assert receivers(connection, FIRST) == {"KOLA": "KANI", "TENE": "TENE", "LONE": None}
    assert senders(connection, FIRST) == {"KANI": ["KOLA"], "TENE": ["TENE"]}


def test_sums_reach_down_over_levels_that_do_not_receive(connection: Connection) -> None:
    district = unit("DUGU", "district", "ML", "DuguDistr01")
    kani = unit("KANI", "facility", "DUGU")
    apply(connection, (COUNTRY, district, kani, FARA, KOLA, TENE, LONE))
    assert receivers(connection, FIRST) == {"KOLA": "DUGU", "TENE": "TENE", "LONE": "DUGU"}
    assert senders(connection, FIRST) == {"DUGU": ["KOLA", "LONE"], "TENE": ["TENE"]}


@pytest.mark.parametrize("question", ["ancestors", "receiving_units", "sites_receiving_at"])
def test_every_id_asked_about_is_answered(connection: Connection, question: str) -> None:
    apply(connection, TREE)
    ask = getattr(org_tree, question)
    assert not ask(connection, [10**6], FIRST)[10**6]
    assert ask(connection, [], FIRST) == {}


def test_ancestors_come_nearest_first_as_they_are_in_the_month(connection: Connection) -> None:
    apply(connection, TREE)
    apply(connection, [unit("KOLA", "site", "FARA")], since=MARCH)
    kola, lone = id_of(connection, "KOLA"), id_of(connection, "LONE")
    codes = {
        month: [above.code for above in ancestors(connection, [kola, lone], month)[kola]]
        for month in (FIRST, MARCH)
    }
    assert codes == {FIRST: ["KOLA", "KANI", "DUGU", "ML"], MARCH: ["KOLA", "FARA", "DUGU", "ML"]}
    assert [above.code for above in ancestors(connection, [lone], MARCH)[lone]] == [
        "LONE",
        "DUGU",
        "ML",
    ]


def test_units_below_stand_in_order_of_their_ids_and_sites_by_code(connection: Connection) -> None:
    apply(connection, TREE)
    kani = id_of(connection, "KANI")
    below = org_tree.units_below(connection, [kani], FIRST)
    assert {found.code for found in below} == {"KANI", "KOLA", "TENE"}
    assert [found.id for found in below] == sorted(found.id for found in below)
    district = id_of(connection, "DUGU")
    sites = org_tree.sites_below(connection, [district], FIRST)
    assert [site.code for site in sites] == ["KOLA", "LONE", "TENE"]
    assert org_tree.sites_below(connection, [], FIRST) == []
