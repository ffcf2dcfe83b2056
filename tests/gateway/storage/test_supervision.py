"""Tests of the queries of supervisors about many sites."""

from datetime import timedelta

from gateway.storage import stock, supervision
from gateway.storage.supervision import OpenReferral, Progress
from tests.gateway.harness import AWA, FANTA, NOON, OCTOBER, Harness
from tests.gateway.referral_harness import ReferralHarness
from tests.gateway.storage.report_rows import store

HOUR = timedelta(hours=1)
FORMS = ("PEC", "NUT")


def test_progress_counts_begun_complete_and_on_time(harness: Harness) -> None:
    store(harness, "KOLA", "PEC")
    store(harness, "KOLA", "NUT", late=True)
    store(harness, "KOLA", "STK")
    store(harness, "TENE", "PEC", complete=False)
    store(harness, "TENE", "NUT", withdrawn=True, complete=False)
    store(harness, "SIRAKORO", "PEC", version=0, complete=False)
    kola, tene, sirakoro = (harness.unit_id(code) for code in ("KOLA", "TENE", "SIRAKORO"))
    with harness.engine.begin() as connection:
        sites = [kola, tene, sirakoro]
        assert supervision.progress(connection, sites, FORMS, OCTOBER) == {
            kola: Progress(2, 2, 1),
            tene: Progress(1, 0, 0),
        }
        assert supervision.progress(connection, [tene], FORMS, "202609") == {}
        done = supervision.complete_forms(connection, sites, FORMS, OCTOBER)
        assert done == {kola: {"PEC", "NUT"}}


def test_products_are_counted_by_sites_the_most_frequent_first(harness: Harness) -> None:
    kola, tene, message = harness.unit_id("KOLA"), harness.unit_id("TENE"), harness.receive("a")
    with harness.engine.begin() as connection:
        for site, code in ((kola, "BEB"), (kola, "ENF"), (tene, "ENF")):
            stock.add_stock_out(connection, site, code, NOON, message)
        assert list(supervision.stock_outs_by_code(connection, [kola, tene]).items()) == [
            ("ENF", 2), ("BEB", 1),
        ]  # fmt: skip
        assert supervision.stock_outs_by_code(connection, [tene]) == {"ENF": 1}
        (beb, *_) = stock.open_stock_outs(connection, [kola])
        stock.close_stock_out(connection, beb.id, NOON + HOUR, message)
        assert supervision.stock_outs_by_code(connection, [kola]) == {"ENF": 1}
        then, later = (NOON, NOON + HOUR), (NOON + 2 * HOUR, NOON + 3 * HOUR)
        assert supervision.stock_outs_by_code(connection, [kola], then) == {"BEB": 1, "ENF": 1}
        assert supervision.stock_outs_by_code(connection, [kola], later) == {"ENF": 1}
        before = (NOON - HOUR, NOON)
        assert supervision.stock_outs_by_code(connection, [kola], before) == {}


def test_open_referrals_the_oldest_first(referral_harness: ReferralHarness) -> None:
    number = referral_harness.refer("REF 14 F PG", AWA)
    first = referral_harness.clock.now
    referral_harness.clock.advance(hours=2)
    other = referral_harness.refer("REF 3 M CV", FANTA)
    referral_harness.told(f"CRF {other} A", "+22370000101")
    kola, tene = (referral_harness.unit_id(code) for code in ("KOLA", "TENE"))
    with referral_harness.engine.begin() as connection:
        assert supervision.open_referrals(connection, [kola, tene]) == [
            OpenReferral(number, kola, first, False),
            OpenReferral(other, tene, referral_harness.clock.now, True),
        ]
        assert supervision.count_open_referrals(connection, [kola, tene]) == 2
        span = (first, first + HOUR)
        assert supervision.count_open_referrals(connection, [kola, tene], span) == 1
        assert [one.site_id for one in supervision.open_referrals(connection, [kola], span)] == [
            kola
        ]
        assert supervision.count_open_referrals(connection, [tene], span) == 0
