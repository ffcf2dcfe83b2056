"""Tests of the days out that `kibaru reports` shows, as typed or as stock-outs fix them."""

from datetime import UTC, datetime, timedelta

from gateway.cli.report_listing import listing
from menus.model.period import Period
from tests.gateway.harness import OCTOBER, Harness

OCTOBER_20 = datetime(2026, 10, 20, 12, tzinfo=UTC)


def days_out(harness: Harness, now: datetime) -> dict[str, dict[str, int]]:
    rows = listing(harness.engine, harness.context, Period.parse(OCTOBER), now, "KOLA")
    return {row["form"]: row["stockouts"] for row in rows}


def test_stock_outs_fix_the_days_that_nobody_typed(harness: Harness) -> None:
    harness.told("RUPT ENF BEB", sent=OCTOBER_20)
    harness.told("STK 10 BEB 0J3 ENF 0 KIT 30")
    harness.told("NUT 10 DEP 30")
    assert days_out(harness, harness.clock.now) == {"NUT": {}, "STK": {"BEB": 3, "ENF": 12}}


def test_a_month_that_runs_counts_until_today(harness: Harness) -> None:
    harness.clock.now = OCTOBER_20 + timedelta(days=6)
    harness.told("RUPT ENF", sent=OCTOBER_20)
    harness.told("STK 10 ENF 0")
    assert days_out(harness, harness.clock.now) == {"STK": {"ENF": 6}}
