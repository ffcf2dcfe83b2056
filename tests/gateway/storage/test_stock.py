"""Tests of receipts and stock-outs in SQL."""

from datetime import timedelta

from gateway.storage import roster, stock
from gateway.storage.stock import Receipt, StockOut
from tests.gateway.harness import AWA, NOON, OCTOBER, Harness

HOUR = timedelta(hours=1)


def test_a_receipt_is_stored_once_for_its_message(harness: Harness) -> None:
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    first, second = harness.receive("a"), harness.receive("b")
    brought = Receipt(kola, "ATP", 150, NOON, first, 1)
    later = Receipt(kola, "ENF", 20, NOON + HOUR, second)
    with harness.engine.begin() as connection:
        stock.add_receipts(connection, [later, brought])
        stock.add_receipts(connection, [Receipt(kola, "ATP", 999, NOON, first)])
        stock.add_receipts(connection, [])
        assert stock.receipts_of(connection, [kola, tene], NOON) == {kola: [brought, later]}
        assert stock.receipts_of(connection, [kola], NOON + HOUR) == {kola: [later]}


def test_a_product_is_out_until_it_is_there_again(harness: Harness) -> None:
    kola = harness.unit_id("KOLA")
    message, other = harness.receive("a"), harness.receive("b")
    with harness.engine.begin() as connection:
        out = stock.add_stock_out(connection, kola, "ENF", NOON, message)
        assert out == StockOut(out.id if out else 0, kola, "ENF", NOON, None, message)
        assert stock.add_stock_out(connection, kola, "ENF", NOON + HOUR, other) is None
        stock.close_stock_out(connection, out.id, NOON - HOUR, other)
        assert stock.open_stock_outs(connection, [kola]) == [out]
        stock.close_stock_out(connection, out.id, NOON + HOUR, other)
        assert stock.open_stock_outs(connection, [kola]) == []
        (closed,) = stock.stock_outs_between(connection, [kola], NOON, NOON + HOUR)
        assert closed.until == NOON + HOUR
        assert stock.stock_outs_between(connection, [kola], NOON + HOUR, NOON + 2 * HOUR) == []
        assert stock.stock_outs_between(connection, [kola], NOON - HOUR, NOON) == []


def test_the_longest_out_comes_first(harness: Harness) -> None:
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    message = harness.receive("a")
    with harness.engine.begin() as connection:
        for site, code, since in (
            (tene, "ENF", NOON),
            (kola, "BEB", NOON),
            (kola, "SEL", NOON - HOUR),
        ):
            stock.add_stock_out(connection, site, code, since, message)
        found = stock.open_stock_outs(connection, [tene, kola])
        assert [(out.site_id, out.code) for out in found] == [
            (kola, "SEL"), (kola, "BEB"), (tene, "ENF"),
        ]  # fmt: skip
        stock.remove_stock_out(connection, found[0].id)
        assert [out.code for out in stock.open_stock_outs(connection, [kola])] == ["BEB"]


def test_a_message_is_undone_with_its_receipts_and_stock_outs(harness: Harness) -> None:
    kola = harness.unit_id("KOLA")
    opened, message = harness.receive("a"), harness.receive("b")
    with harness.engine.begin() as connection:
        brought = Receipt(kola, "ATP", 150, NOON, message, 1)
        stock.add_receipts(connection, [brought])
        old = stock.add_stock_out(connection, kola, "ENF", NOON - HOUR, opened)
        new = stock.add_stock_out(connection, kola, "BEB", NOON, message)
        assert old is not None
        stock.close_stock_out(connection, old.id, NOON, message)
        receipts, changed = stock.touched_by(connection, message)
        assert (receipts, {out.code for out in changed}) == ([brought], {"ENF", "BEB"})
        stock.undo(connection, message)
        assert stock.touched_by(connection, message) == ([], [])
        assert stock.open_stock_outs(connection, [kola]) == [old]
        assert new not in stock.open_stock_outs(connection, [kola])


def test_the_last_message_about_stock(harness: Harness) -> None:
    kola, tene = harness.unit_id("KOLA"), harness.unit_id("TENE")
    with harness.engine.begin() as connection:
        (awa,) = roster.posts_of(connection, [AWA], OCTOBER)[AWA]
        assert stock.last_message(connection, awa) is None
    first, second, third = (harness.receive(text) for text in "abc")
    with harness.engine.begin() as connection:
        stock.add_receipts(connection, [Receipt(kola, "ATP", 150, NOON, first, awa.id)])
        assert stock.last_message(connection, awa) == first
        stock.add_stock_out(connection, kola, "ENF", NOON, second)
        stock.add_stock_out(connection, tene, "ENF", NOON, third)
        assert stock.last_message(connection, awa) == second
