"""A report feeds the DHIS2 cells of the nearest unit that has a place there."""

from gateway.reports.forward_routing import cells_fed_by, stock_forms
from gateway.storage.engine import reading
from gateway.storage.forwards import Forward
from gateway.storage.roster import unit_by_code
from menus.model.catalogue import Catalogue
from tests.gateway.harness import OCTOBER, Harness, unit


def test_one_form_counts_products(catalogue: Catalogue) -> None:
    assert stock_forms(catalogue) == ("STK",)


def test_the_cells_are_those_of_the_site_its_facility_or_to_come(harness: Harness) -> None:
    kola, tene, lone, kani = (harness.unit_id(code) for code in ("KOLA", "TENE", "LONE", "KANI"))
    keys = [(site, "PEC", OCTOBER) for site in (kola, tene, lone)]
    with reading(harness.engine) as connection:
        assert cells_fed_by(connection, keys) == [
            Forward(kola, "PEC", OCTOBER),
            Forward(kani, "PEC", OCTOBER),
            Forward(lone, "PEC", OCTOBER),
        ]
        assert cells_fed_by(connection, []) == []


def test_the_unit_is_that_of_the_month_reported(harness: Harness) -> None:
    moved = [unit("BLA", "facility", "DUGU", "BlaFacilit1"), unit("TENE", "site", "BLA")]
    harness.enrol(moved, (), since="202611")
    tene, kani = harness.unit_id("TENE"), harness.unit_id("KANI")
    with reading(harness.engine) as connection:
        bla = unit_by_code(connection, "BLA", "202611")
        assert bla is not None
        assert cells_fed_by(connection, [(tene, "NUT", "202611"), (tene, "PEC", OCTOBER)]) == [
            Forward(kani, "PEC", OCTOBER),
            Forward(bla.id, "NUT", "202611"),
        ]
