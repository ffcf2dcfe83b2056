"""Tests of the roster's import, month by month, and of its export."""

from sqlalchemy import Connection, func, select

from gateway.storage import roster, roster_import
from gateway.storage.tables import ALWAYS, org_unit_terms, posts
from tests.gateway.storage.roster_rows import (
    FIRST,
    KOLA,
    LATER,
    MARCH,
    TREE,
    agent,
    apply,
    id_of,
    receivers,
    senders,
    unit,
)


def test_a_site_that_moves_does_so_from_the_month_on(connection: Connection) -> None:
    apply(connection, TREE)
    moved = unit("KOLA", "site", "FARA")
    summary = apply(connection, [moved], since=MARCH)
    assert summary.units_changed == 1
    assert summary.rerouted == (id_of(connection, "KOLA"),)
    assert receivers(connection, "202602")["KOLA"] == "KANI"
    assert receivers(connection, MARCH)["KOLA"] == "FARA"
    assert senders(connection, "202602") == {"KANI": ["KOLA"], "TENE": ["TENE"]}
    assert senders(connection, MARCH) == {"FARA": ["KOLA"], "TENE": ["TENE"]}


def test_a_new_receiver_on_the_way_up_reroutes_the_sites_below(connection: Connection) -> None:
    apply(connection, TREE)
    summary = apply(connection, [unit("DUGU", "district", "ML", "DuguDistr01")], since=MARCH)
    assert summary.rerouted == (id_of(connection, "LONE"),)
    summary = apply(connection, [unit("KANI", "facility", "DUGU", "KaniFacil02")], since=MARCH)
    assert summary.rerouted == (id_of(connection, "KOLA"),)


def test_another_name_reroutes_nothing(connection: Connection) -> None:
    apply(connection, TREE)
    summary = apply(connection, [unit("KOLA", "site", "KANI", name="Kola Ba")], since=MARCH)
    assert (summary.units_changed, summary.rerouted) == (1, ())
    names = [
        found.name
        for month in ("202602", MARCH)
        if (found := roster.unit_by_code(connection, "KOLA", month))
    ]
    assert names == ["Kola", "Kola Ba"]


def test_a_change_of_the_same_month_replaces_and_later_terms_stand(connection: Connection) -> None:
    apply(connection, TREE)
    apply(connection, [unit("KOLA", "site", "FARA")], since=LATER)
    apply(connection, [unit("KOLA", "site", "DUGU")], since=MARCH)
    apply(connection, [unit("KOLA", "site", "KANI", "KolaSite001")], since=MARCH)
    terms = select(org_unit_terms.c.since).where(
        org_unit_terms.c.unit_id == id_of(connection, "KOLA")
    )
    assert sorted(connection.scalars(terms)) == [ALWAYS, MARCH, LATER]
    months = ("202602", MARCH, "202605", LATER)
    assert [receivers(connection, one)["KOLA"] for one in months] == [
        "KANI",
        "KOLA",
        "KOLA",
        "FARA",
    ]


def test_applying_the_same_again_changes_nothing(connection: Connection) -> None:
    people = [agent(1, "KOLA"), agent(2, "TENE", active=False)]
    first = apply(connection, TREE, people)
    again = apply(connection, TREE, people, since=MARCH)
    assert (first.units_added, first.people_added) == (7, 2)
    assert again == roster_import.Summary(0, 0, 7, 0, 0, 0, 2, 0)
    assert connection.scalar(select(func.count()).select_from(org_unit_terms)) == 7


def test_what_the_files_do_not_name_stays(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA"), agent(2, "TENE")])
    summary = apply(connection, [KOLA], [agent(1, "KOLA", name="Oumou")], since=MARCH)
    assert summary == roster_import.Summary(0, 0, 1, 6, 0, 1, 0, 1)
    assert len(roster.units(connection, MARCH)) == 7


def test_an_agent_who_leaves_and_comes_back(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA")])
    kola = [id_of(connection, "KOLA"), id_of(connection, "TENE")]
    apply(connection, TREE, [agent(1, "KOLA", active=False)], since=MARCH)
    seen = [bool(roster.active_sites(connection, kola, one)) for one in ("202602", MARCH, LATER)]
    assert seen == [True, False, False]
    assert roster.posts_of(connection, ["+22370000001"], MARCH) == {}
    apply(connection, TREE, [agent(1, "KOLA")], since=LATER)
    assert roster.active_sites(connection, kola, LATER) == {kola[0]}


def test_leaving_is_told_once(connection: Connection) -> None:
    gone = [agent(1, "KOLA", active=False)]
    apply(connection, TREE, [agent(1, "KOLA")])
    apply(connection, TREE, gone, since=MARCH)
    assert apply(connection, TREE, gone, since=LATER).people_unchanged == 1
    assert connection.scalars(select(posts.c.until)).all() == [MARCH]


def test_an_agent_first_heard_of_as_gone_never_worked_here(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA", active=False)])
    kola = [id_of(connection, "KOLA")]
    assert roster.active_sites(connection, kola, "202501") == set()


def test_an_export_applied_again_changes_nothing(connection: Connection) -> None:
    people = [agent(1, "KOLA"), agent(2, "TENE", active=False), agent(101, "KANI", role="dtc")]
    apply(connection, TREE, people)
    exported = roster_import.export(connection, FIRST)
    assert [one.code for one in exported.units] == [
        "ML", "DUGU", "FARA", "KANI", "KOLA", "LONE", "TENE",
    ]  # fmt: skip
    assert [(one.org_unit, one.active) for one in exported.people] == [
        ("KANI", True),
        ("KOLA", True),
        ("TENE", False),
    ]
    again = roster_import.apply(connection, exported, MARCH)
    assert (again.units_unchanged, again.people_unchanged) == (7, 3)
