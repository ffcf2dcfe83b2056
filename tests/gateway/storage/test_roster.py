"""Holds up: who works where and which unit receives whose numbers, month by month."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, Engine, func, select

from gateway.model.csv_table import FilePlace
from gateway.model.roster import PersonRow, Roster, UnitRow
from gateway.storage import org_tree, roster, roster_import
from gateway.storage.tables import ALWAYS, org_unit_terms, posts

HERE = FilePlace("test")
FIRST, MARCH, LATER = "202601", "202603", "202606"


def unit(
    code: str, level: str, parent: str | None, dhis2_id: str | None = None, name: str = ""
) -> UnitRow:
    return UnitRow(HERE, code, name or code.title(), level, parent, dhis2_id, None)


def agent(
    number: int, at: str, *, active: bool = True, name: str = "Awa", role: str = "asc"
) -> PersonRow:
    return PersonRow(HERE, f"+2237000{number:04d}", name, role, at, "fr", active)


COUNTRY = unit("ML", "country", None)
DISTRICT = unit("DUGU", "district", "ML")
KANI = unit("KANI", "facility", "DUGU", "KaniFacil01")
FARA = unit("FARA", "facility", "DUGU", "FaraFacil01")
KOLA = unit("KOLA", "site", "KANI")
TENE = unit("TENE", "site", "KANI", "TeneSite001")
LONE = unit("LONE", "site", "DUGU")
TREE = (COUNTRY, DISTRICT, KANI, FARA, KOLA, TENE, LONE)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as opened:
        yield opened


def apply(
    connection: Connection,
    units: Sequence[UnitRow],
    people: Sequence[PersonRow] = (),
    since: str = FIRST,
) -> roster_import.Summary:
    return roster_import.apply(connection, Roster(tuple(units), tuple(people)), since)


def id_of(connection: Connection, code: str) -> int:
    found = roster.unit_by_code(connection, code, LATER)
    assert found is not None
    return found.id


def receivers(connection: Connection, period: str) -> dict[str, str | None]:
    """The code of each site's receiving unit, by the site's code."""
    names = {one.id: one.code for one in roster.units(connection, period).values()}
    sites = [id_of(connection, code) for code in ("KOLA", "TENE", "LONE")]
    found = org_tree.receiving_units(connection, sites, period)
    return {names[site]: at.code if at else None for site, at in found.items()}


def senders(connection: Connection, period: str) -> dict[str, list[str]]:
    """The codes of the sites that feed each unit that somebody feeds."""
    names = {one.id: one.code for one in roster.units(connection, period).values()}
    found = org_tree.sites_receiving_at(connection, list(names), period)
    return {names[at]: [names[site] for site in sites] for at, sites in found.items() if sites}


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


def test_somebody_first_heard_of_as_gone_never_worked_here(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA", active=False)])
    kola = [id_of(connection, "KOLA")]
    assert roster.active_sites(connection, kola, "202501") == set()


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


@pytest.mark.parametrize("question", ["ancestors", "receiving_units", "sites_receiving_at"])
def test_every_id_asked_about_is_answered(connection: Connection, question: str) -> None:
    apply(connection, TREE)
    ask = getattr(org_tree, question)
    assert not ask(connection, [10**6], FIRST)[10**6]
    assert ask(connection, [], FIRST) == {}


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


def test_more_ids_than_one_statement_takes(connection: Connection) -> None:
    apply(connection, TREE, [agent(1, "KOLA")])
    many = range(1, 70_000)
    assert len(roster.units_by_id(connection, many, FIRST)) == 7
    assert len(roster.active_sites(connection, many, FIRST)) == 1
