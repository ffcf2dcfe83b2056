"""The history of a site: six months back, further when asked, with what this unit has changed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.model.report import Report
from gateway.reports.site_history import History
from gateway.storage.engine import Connection, reading
from gateway.storage.stock import Receipt
from menus.model.period import Period
from tests.gateway.dialling import statements
from tests.gateway.harness import NANA, NOON, OCTOBER, Harness

AT_NOON = int(NOON.timestamp() * 1000)


def history_of(harness: Harness, connection: Connection) -> History:
    return History(connection, harness.context, harness.clock.now)


def test_the_values_are_those_of_six_months_back_and_of_all_later(harness: Harness) -> None:
    for text in ("POUR KOLA PEC 04/26 VUS 4", "POUR KOLA PEC 05/26 VUS 5"):
        harness.told(text, NANA)
    harness.told("PEC 10 VUS 45")
    kola = harness.unit_id("KOLA")
    with reading(harness.engine) as connection:
        history = history_of(harness, connection)
        assert history.of(kola).since == Period(2026, 5)
        assert history.of(kola).values == {
            ("PEC", "202605"): {"VUS": 5},
            ("PEC", OCTOBER): {"VUS": 45},
        }


def test_a_site_is_looked_up_again_for_an_earlier_month_only(harness: Harness) -> None:
    harness.told("POUR KOLA PEC 04/26 VUS 4", NANA)
    kola = harness.unit_id("KOLA")
    with reading(harness.engine) as connection:
        history = history_of(harness, connection)
        assert history.of(kola).values == {}
        with statements(harness.engine) as asked:
            history.of(kola)
            history.of(kola, Period(2026, 12))
        assert asked == []
        assert history.of(kola, Period(2026, 10)).values == {("PEC", "202604"): {"VUS": 4}}
        # The longer history serves the later month too.
        assert history.of(kola).since == Period(2026, 4)


@pytest.mark.parametrize("looked_up_before", [True, False])
def test_a_report_that_was_noted_stays_when_it_is_looked_up_again(
    harness: Harness, looked_up_before: bool
) -> None:
    harness.told("STK 10 ENF 12")
    changed = replace(harness.report(form="STK"), values={"ENF": 14}, stamps={"ENF": (1, 2)})
    with reading(harness.engine) as connection:
        history = history_of(harness, connection)
        if looked_up_before:
            history.of(changed.site_id)
        history.note_report(changed)
        for month in (Period(2026, 11), Period(2026, 3)):
            found = history.of(changed.site_id, month)
            assert found.values == {("STK", OCTOBER): {"ENF": 14}}
            assert found.counted == {("STK", OCTOBER): {"ENF": (1, 2)}}


def test_only_stock_counts_have_stamps(harness: Harness) -> None:
    harness.told("PEC 10 VUS 45")
    message = harness.receive("STK 10 ENF 12")
    harness.read()
    report = harness.report()
    with reading(harness.engine) as connection:
        history = history_of(harness, connection)
        history.note_report(Report(report.site_id, "NUT", OCTOBER, "2AAA", NOON, NOON))
        found = history.of(report.site_id)
    assert found.counted == {("STK", OCTOBER): {"ENF": (AT_NOON, message)}}


def test_receipts_are_added_and_taken_out_by_their_message(harness: Harness) -> None:
    message = harness.receive("RCU ENF 20")
    harness.read()
    kola = harness.unit_id("KOLA")
    with reading(harness.engine) as connection:
        history = history_of(harness, connection)
        (stored,) = history.of(kola).received
        assert (stored.code, stored.quantity, stored.received_at) == ("ENF", 20, NOON)
        later = Receipt(kola, "ATP", 150, datetime(2026, 11, 5, tzinfo=UTC), message + 1)
        history.note_receipts(kola, [later])
        assert history.of(kola).received == [stored, later]
        history.forget_receipts(kola, message)
        assert history.of(kola).received == [later]


def test_referrals_are_counted_once_a_site_and_month(harness: Harness) -> None:
    harness.told("REF 14 F PG ART")
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    with reading(harness.engine) as connection:
        history = history_of(harness, connection)
        history.prefetch([(kola, "PEC", "202611"), (tene, "PEC", "202611")])
        with statements(harness.engine) as asked:
            assert history.referred(kola, "202611") == {"RFS": 1, "NND": 0}
            assert history.referred(tene, "202611") == {}
        assert asked == []
        assert history.referred(kola, OCTOBER) == {}
