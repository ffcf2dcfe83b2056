"""What is stored of a site's stock, for tests of receipts and stock-outs."""

from datetime import UTC, datetime

from gateway.storage import stock
from gateway.storage.engine import reading
from gateway.storage.stock import Receipt, StockOut
from tests.gateway.harness import Harness

OTHERS = "KIT 30 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 450 PAR 200 PLQ 20 SAY 15 CAP 100"
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def stk(month: str, cta: str) -> str:
    """A whole stock report, with these counts of BEB and ENF."""
    return f"STK {month} {cta} {OTHERS}"


def receipts(harness: Harness, site: str = "KOLA") -> list[Receipt]:
    site_id = harness.unit_id(site)
    with reading(harness.engine) as connection:
        return stock.receipts_of(connection, [site_id], FIRST).get(site_id, [])


def quantities(harness: Harness, site: str = "KOLA") -> list[tuple[str, int]]:
    return sorted((receipt.code, receipt.quantity) for receipt in receipts(harness, site))


def stockouts(harness: Harness, site: str = "KOLA") -> list[StockOut]:
    site_id = harness.unit_id(site)
    with reading(harness.engine) as connection:
        return stock.stock_outs_between(connection, [site_id], FIRST, LAST)


def open_codes(harness: Harness, site: str = "KOLA") -> set[str]:
    return {stockout.code for stockout in stockouts(harness, site) if stockout.until is None}
