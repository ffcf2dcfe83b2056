"""Tests of posts and org units as they are in a month."""

from sqlalchemy import Connection, select

from gateway.storage import roster
from gateway.storage.tables import posts
from tests.gateway.storage.roster_rows import FIRST, MARCH, TREE, agent, apply, id_of, unit


def test_only_agents_make_a_site_active(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KANI", role="dtc"), agent(2, "KOLA")])
    ids = list(roster.units(connection, FIRST))
    assert roster.active_sites(connection, ids, FIRST) == {id_of(connection, "KOLA")}


def test_posts_by_phone(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA"), agent(1, "TENE"), agent(2, "TENE", name="Issa")])
    found = roster.posts_of(connection, ["+22370000001", "+22370000002", "36018"], FIRST)
    assert {phone: [post.unit_code for post in at] for phone, at in found.items()} == {
        "+22370000001": ["KOLA", "TENE"],
        "+22370000002": ["TENE"],
    }
    issa = found["+22370000002"][0]
    assert (issa.name, issa.unit_name, issa.role, issa.language, issa.unit_id) == (
        "Issa",
        "Tene",
        "asc",
        "fr",
        id_of(connection, "TENE"),
    )


def test_units_by_id_and_by_code(connection: Connection) -> None:
    apply(connection, TREE)
    kani = roster.unit_by_code(connection, "KANI", FIRST)
    assert kani is not None
    assert kani == roster.Unit(
        kani.id, "KANI", "Kani", "facility", id_of(connection, "DUGU"), "KaniFacil01", None
    )
    assert roster.units_by_id(connection, [kani.id, 10**6], FIRST) == {kani.id: kani}
    assert roster.unit_by_code(connection, "NOWHERE", FIRST) is None


def test_more_ids_than_one_statement_takes(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA")])
    many = range(1, 70_000)
    assert len(roster.units_by_id(connection, many, FIRST)) == 7
    assert len(roster.active_sites(connection, many, FIRST)) == 1


def test_posts_at_units_and_by_id(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA"), agent(2, "KOLA"), agent(3, "TENE", active=False)])
    kola, tene = id_of(connection, "KOLA"), id_of(connection, "TENE")
    found = roster.posts_at(connection, [kola, tene], FIRST)
    assert {unit_id: [post.phone[-4:] for post in at] for unit_id, at in found.items()} == {
        kola: ["0001", "0002"],
    }
    first = found[kola][0]
    every = list(connection.scalars(select(posts.c.id)))
    assert [post.id for post in roster.posts_by_id(connection, every, FIRST)] == [
        post.id for post in found[kola]
    ]
    assert roster.posts_by_id(connection, [first.id], FIRST) == [first]


def test_a_language_holds_at_every_post_of_a_phone(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA"), agent(1, "TENE"), agent(2, "KOLA")])
    roster.set_language(connection, "+22370000001", "bm")
    found = roster.posts_of(connection, ["+22370000001", "+22370000002"], FIRST)
    assert [post.language for post in found["+22370000001"]] == ["bm", "bm"]
    assert [post.language for post in found["+22370000002"]] == ["fr"]


def test_a_unit_is_found_by_its_dhis2_id_of_the_month(connection: Connection) -> None:
    apply(connection, TREE)
    apply(connection, [unit("KANI", "facility", "DUGU", "KaniFacil02")], since=MARCH)
    kani, uids = id_of(connection, "KANI"), ["KaniFacil01", "KaniFacil02", "Nowhere0001"]
    assert roster.units_by_dhis2_id(connection, uids, FIRST) == {"KaniFacil01": kani}
    assert roster.units_by_dhis2_id(connection, uids, MARCH) == {"KaniFacil02": kani}


def test_a_post_is_held_from_its_first_month_until_before_the_month_of_leaving(
    connection: Connection,
) -> None:
    apply(connection, TREE, [agent(1, "KOLA")])
    connection.execute(posts.update().values(since=FIRST, until=MARCH))
    months = ("202512", FIRST, "202602", MARCH)
    held = [
        bool(connection.scalars(select(posts.c.id).where(roster.is_held(month))).all())
        for month in months
    ]
    assert held == [False, True, True, False]
