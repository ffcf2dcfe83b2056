"""A small tree of org units and its agents, applied to a database and asked about."""

from collections.abc import Sequence

from sqlalchemy import Connection

from gateway.model.csv_table import FilePlace
from gateway.model.roster import PersonRow, Roster, UnitRow
from gateway.storage import org_tree, roster, roster_import

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
    """The codes of the sites that feed each unit that any site feeds."""
    names = {one.id: one.code for one in roster.units(connection, period).values()}
    found = org_tree.sites_receiving_at(connection, list(names), period)
    return {names[at]: [names[site] for site in sites] for at, sites in found.items() if sites}
