"""Tests of stock counts as the reports hold them."""

from gateway.storage import stock_counts
from gateway.storage.stock_counts import Count
from tests.gateway.harness import OCTOBER, Harness
from tests.gateway.storage.report_rows import store

STAMPS = {"ENF": (1_793_779_200_123, 7)}
COUNT = {"values": {"ENF": 12}, "days_out": {"ENF": 3}, "stamps": STAMPS}


def test_counts_come_by_site_the_earliest_first(harness: Harness) -> None:
    store(harness, "KOLA", "STK", OCTOBER, **COUNT)
    store(harness, "KOLA", "STK", "202609", **COUNT | {"values": {"ENF": 4}})
    store(harness, "KOLA", "PEC", OCTOBER)
    store(harness, "TENE", "STK", OCTOBER, version=0)
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    with harness.engine.begin() as connection:
        months = [OCTOBER, "202609", "202608"]
        found = stock_counts.counts_of(connection, [tene, kola], ["STK"], months)
        assert found == {
            kola: [
                Count(kola, "202609", {"ENF": 4}, {"ENF": 3}, STAMPS),
                Count(kola, OCTOBER, {"ENF": 12}, {"ENF": 3}, STAMPS),
            ]
        }
        assert stock_counts.counts_of(connection, [], ["STK"], months) == {}


def test_stamps_come_by_form_and_month(harness: Harness) -> None:
    for month in ("202608", "202609", OCTOBER):
        store(harness, "KOLA", "STK", month, **COUNT)
    kola = harness.unit_id("KOLA")
    with harness.engine.begin() as connection:
        found = stock_counts.stamps_between(connection, [kola], ["STK"], "202609", OCTOBER)
    assert found == {kola: {("STK", "202609"): STAMPS, ("STK", OCTOBER): STAMPS}}
