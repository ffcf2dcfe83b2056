"""Tests of the plans of many units at once."""

from datetime import date

from gateway.dhis2.cells import codes_of
from gateway.dhis2.plans import plans
from gateway.storage.engine import reading
from menus.model.period import Period
from tests.gateway.harness import AWA, FANTA, ISSA, PEC, PEC_VALUES, Harness


def test_each_unit_has_the_sum_of_the_sites_that_feed_it(harness: Harness) -> None:
    harness.told(PEC, AWA)
    harness.told(PEC, FANTA)
    harness.told(PEC, ISSA)
    form = harness.catalogue.forms["PEC"]
    kola, kani, lone = (harness.unit_id(code) for code in ("KOLA", "KANI", "LONE"))
    with reading(harness.engine) as connection:
        found = plans(
            connection,
            form,
            Period(2026, 10),
            [kola, kani, lone],
            context=harness.context,
            today=date(2026, 11, 4),
        )
    codes = codes_of(form)
    numbers = {
        unit: {codes[key]: int(value) for key, value in plan.cells.items()}
        for unit, (plan, _) in found.items()
    }
    assert numbers == {
        kola: PEC_VALUES,
        kani: {code: 2 * value for code, value in PEC_VALUES.items()},
        lone: {},
    }
    assert {unit: [report.site_id for report in behind] for unit, (_, behind) in found.items()} == {
        kola: [kola],
        kani: [harness.unit_id("TENE"), harness.unit_id("SIRAKORO")],
        lone: [],
    }
    assert [found[unit][0].complete for unit in (kola, kani, lone)] == [True, True, False]
