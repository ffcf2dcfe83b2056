"""Tests of the cells that are asked for again after a change of the roster."""

from gateway.dhis2.rerouting import reroute
from gateway.storage.roster_import import Summary
from tests.gateway.harness import AWA, FANTA, OCTOBER, PEC, Harness, unit

NOTHING = (0,) * 8


def revisions(harness: Harness) -> dict[tuple[int, str], int]:
    return {(row.unit_id, row.form): row.revision for row in harness.rows("dhis2")}


def test_old_and_new_receivers_are_asked_for_again(harness: Harness) -> None:
    harness.told(PEC, AWA)
    harness.told("NUT 10 MAM 4", FANTA)
    kola, kani = harness.unit_id("KOLA"), harness.unit_id("KANI")
    assert revisions(harness) == {(kola, "PEC"): 1, (kani, "NUT"): 1}
    summary = harness.enrol((unit("KOLA", "site", "KANI"),), (), since=OCTOBER)
    assert (summary.rerouted, summary.left) == ((kola,), (kola,))
    with harness.engine.begin() as connection:
        reroute(connection, summary, OCTOBER, now=harness.clock.now)
    assert revisions(harness) == {(kola, "PEC"): 2, (kani, "NUT"): 1, (kani, "PEC"): 1}


def test_months_before_the_change_are_left_alone(harness: Harness) -> None:
    harness.told(PEC, AWA)
    summary = harness.enrol((unit("KOLA", "site", "KANI"),), (), since="202611")
    with harness.engine.begin() as connection:
        reroute(connection, summary, "202611", now=harness.clock.now)
    assert set(revisions(harness).values()) == {1}


def test_where_agents_came_or_went_the_set_is_judged_again(harness: Harness) -> None:
    harness.told(PEC, FANTA)
    tene, kani = harness.unit_id("TENE"), harness.unit_id("KANI")
    with harness.engine.begin() as connection:
        reroute(connection, Summary(*NOTHING, staffed=(tene,)), OCTOBER, now=harness.clock.now)
        reroute(connection, Summary(*NOTHING), OCTOBER, now=harness.clock.now)
    assert revisions(harness) == {(kani, "PEC"): 2}
