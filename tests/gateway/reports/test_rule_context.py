"""What the rules compare: the same month, months back, the newest stock count, what came in."""

from dataclasses import replace

import pytest

from gateway.model.report import Key, stamp
from gateway.reports.rule_context import context_of, received_between
from gateway.reports.unit_of_work import UnitOfWork
from gateway.storage.stock import Receipt
from tests.gateway.harness import NOON, OCTOBER, Harness
from tests.gateway.units_of_work import unit_of_work

SEPTEMBER, AUGUST = "202609", "202608"


def put(uow: UnitOfWork, key: Key, mark: tuple[int, int], **values: int) -> None:
    blank = uow.reports.get_or_blank(key, NOON)
    uow.put(replace(blank, values=values, stamps=dict.fromkeys(values, mark)))


def test_what_the_other_reports_of_a_site_hold(harness: Harness) -> None:
    with unit_of_work(harness, "KOLA") as uow:
        site = harness.unit_id("KOLA")
        put(uow, (site, "PEC", OCTOBER), (9, 9), VUS=45)
        put(uow, (site, "NUT", OCTOBER), (9, 9), DEP=180)
        put(uow, (site, "PEC", SEPTEMBER), (5, 5), VUS=40)
        put(uow, (site, "STK", AUGUST), (3, 3), ENF=30, KIT=9)
        put(uow, (site, "STK", SEPTEMBER), (5, 5), ENF=12)
        found = context_of(uow, (site, "PEC", OCTOBER), (9, 9))
        assert found.now == {"DEP": 180}
        assert found.before == {1: {"VUS": 40, "ENF": 12}, 2: {"ENF": 30, "KIT": 9}}
        assert found.stock == {"ENF": 12, "KIT": 9}
        assert found.receipts == {}
        assert found.counted == {}


def test_what_came_in_since_the_newest_count(harness: Harness) -> None:
    site = harness.unit_id("KOLA")
    with unit_of_work(harness, "KOLA") as uow:
        put(uow, (site, "STK", SEPTEMBER), stamp(NOON, 5), ENF=12, KIT=9)
        receipts = [
            Receipt(site, "ENF", 20, NOON, 5),  # brought by the message of the count: part of it
            Receipt(site, "ENF", 3, NOON, 6),
            Receipt(site, "ATP", 150, NOON, 6),
        ]
        uow.history.prefetch([(site, "STK", OCTOBER)])
        uow.history.note_receipts(site, receipts)
        mark = stamp(NOON, 7)
        assert context_of(uow, (site, "STK", OCTOBER), mark).receipts == {"ENF": 3}


@pytest.mark.parametrize(("weighed", "received"), [((), 3), (("ENF",), 7)])
def test_a_product_that_is_counted_again_takes_in_what_came_since(
    harness: Harness, weighed: tuple[str, ...], received: int
) -> None:
    site = harness.unit_id("KOLA")
    with unit_of_work(harness, "KOLA") as uow:
        put(uow, (site, "STK", SEPTEMBER), stamp(NOON, 1), ENF=12)
        put(uow, (site, "STK", OCTOBER), stamp(NOON, 3), ENF=14)
        receipts = [Receipt(site, "ENF", 3, NOON, 2), Receipt(site, "ENF", 4, NOON, 4)]
        uow.history.prefetch([(site, "STK", OCTOBER)])
        uow.history.note_receipts(site, receipts)
        found = context_of(uow, (site, "STK", OCTOBER), stamp(NOON, 5), weighed)
        assert found.receipts == {"ENF": received}


def test_referrals_are_those_of_the_month(harness: Harness) -> None:
    harness.told("REF 14 F PG ART")
    site = harness.unit_id("KOLA")
    with unit_of_work(harness, "KOLA") as uow:
        assert context_of(uow, (site, "PEC", "202611"), (9, 9)).counted == {"RFS": 1, "NND": 0}
        assert context_of(uow, (site, "PEC", OCTOBER), (9, 9)).counted == {}


@pytest.mark.parametrize(
    ("message", "counted"),
    [(4, {}), (5, {}), (6, {"ENF": 20}), (8, {"ENF": 20}), (9, {})],
)
def test_a_receipt_counts_after_the_count_before_and_up_to_the_mark(
    message: int, counted: dict[str, int]
) -> None:
    receipts = [Receipt(1, "ENF", 20, NOON, message), Receipt(1, "ATP", 150, NOON, 6)]
    found = received_between(receipts, {"ENF": stamp(NOON, 5)}, {}, stamp(NOON, 8))
    assert found == counted


def test_the_sum_ends_with_the_count_of_the_month() -> None:
    receipts = [Receipt(1, "ENF", 20, NOON, number) for number in (6, 7, 8)]
    opened, until = {"ENF": stamp(NOON, 5)}, {"ENF": stamp(NOON, 7)}
    assert received_between(receipts, opened, until, stamp(NOON, 9)) == {"ENF": 40}
