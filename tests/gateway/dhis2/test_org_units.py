"""Tests of the org units as the metadata export needs them."""

from gateway.dhis2.org_units import org_units_of, org_units_of_rows
from gateway.storage.engine import reading
from tests.gateway.harness import OCTOBER, UNITS, Harness


def test_units_of_the_database_and_of_rows_are_the_same(harness: Harness) -> None:
    with reading(harness.engine) as connection:
        stored = {unit.code: unit for unit in org_units_of(connection, OCTOBER)}
    given = {unit.code: unit for unit in org_units_of_rows(UNITS)}
    assert stored == given
    assert {code for code, unit in stored.items() if unit.receives} == {"KANI", "KOLA"}
    assert (stored["KOLA"].parent_code, stored["KOLA"].dhis2_id) == ("KANI", "KolaSite001")
    assert stored["ML"].parent_code is None
