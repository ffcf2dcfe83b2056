"""Stock-outs open and close as messages say, and their days reach the months they lie in."""

from datetime import UTC, datetime, timedelta

from gateway.stock import stockouts as use_cases
from tests.gateway.dhis2_server import FarSide
from tests.gateway.harness import NOON, OCTOBER, Harness
from tests.gateway.stock_rows import open_codes, stk, stockouts
from tests.gateway.units_of_work import heard

OCTOBER_20 = datetime(2026, 10, 20, 12, tzinfo=UTC)


def test_a_stock_out_is_opened_once(harness: Harness) -> None:
    with heard(harness, "RUPT ENF") as (uow, understood):
        site, message = harness.unit_id("KOLA"), understood.message
        opened = use_cases.ran_out(uow, site, "ENF", OCTOBER_20, message)
        assert opened is not None
        assert (opened.site_id, opened.code, opened.since, opened.until) == (
            site,
            "ENF",
            OCTOBER_20,
            None,
        )
        assert use_cases.ran_out(uow, site, "ENF", NOON, message) is None
    assert stockouts(harness) == [opened]
    assert len(harness.rows("notice")) == 1


def test_what_came_back_closes_what_was_out_before_it(harness: Harness) -> None:
    harness.told("RUPT ENF BEB", sent=OCTOBER_20)
    harness.told("RUPT KIT")
    with heard(harness, "RCU ENF 20") as (uow, understood):
        site, at = harness.unit_id("KOLA"), OCTOBER_20 + timedelta(days=9)
        ended = use_cases.came_back(uow, site, ["ENF", "KIT", "ATP"], at, understood.message.id)
        assert [(stockout.code, stockout.until) for stockout in ended] == [("ENF", at)]
    assert open_codes(harness) == {"BEB", "KIT"}
    assert ended[0] in stockouts(harness)


def test_a_message_is_taken_back_with_its_stock_outs(harness: Harness) -> None:
    message_id = harness.receive("RUPT ENF")
    harness.read()
    with heard(harness, "OUI") as (uow, understood):
        assert not use_cases.take_back(uow, understood.message.id)
        assert use_cases.take_back(uow, message_id)
    assert stockouts(harness) == []


def test_months_whose_days_out_change_are_forwarded_again(harness: Harness) -> None:
    harness.told(stk("10", "BEB 24 ENF 12"))
    with heard(harness, "RUPT ENF", sent=OCTOBER_20) as (uow, understood):
        site = harness.unit_id("KOLA")
        uow.reports.take_forwards()
        use_cases.ran_out(uow, site, "ENF", OCTOBER_20, understood.message)
        assert uow.reports.take_forwards() == {(site, "STK", OCTOBER)}


def test_the_operators_date_counts(harness: Harness) -> None:
    harness.told("RUPT ENF", sent=OCTOBER_20)
    (stockout,) = stockouts(harness)
    assert stockout.since == OCTOBER_20


def test_a_stock_out_told_late_ends_with_the_receipt_that_came_first(harness: Harness) -> None:
    harness.told("RCU ENF 20", sent=OCTOBER_20 + timedelta(days=9))
    harness.told("RUPT ENF", sent=OCTOBER_20)
    (stockout,) = stockouts(harness)
    assert stockout.until == OCTOBER_20 + timedelta(days=9)
    assert harness.rows("notice") == []


def test_a_count_of_none_opens_and_any_other_closes(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 0J12"), sent=datetime(2026, 10, 2, 12, tzinfo=UTC))
    (stockout,) = stockouts(harness)
    assert stockout.since == datetime(2026, 9, 19, tzinfo=UTC)
    harness.told(stk("10", "BEB 20 ENF 24"))
    harness.told("OUI")  # more than there can be, says rule 18
    assert open_codes(harness) == set()
    (stockout,) = stockouts(harness)
    assert stockout.until == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_zero_that_was_a_mistake_leaves_no_stock_out(harness: Harness) -> None:
    harness.told(stk("10", "BEB 24 ENF 0"))
    assert open_codes(harness) == {"ENF"}
    harness.told("COR ENF 14")
    assert stockouts(harness) == []


def test_a_zero_of_the_months_end_says_nothing_of_what_came_in_since(harness: Harness) -> None:
    harness.told("RUPT ENF", sent=datetime(2026, 10, 29, 12, tzinfo=UTC))
    harness.told("RCU ENF 30", sent=datetime(2026, 11, 2, 12, tzinfo=UTC))
    harness.told(stk("10", "BEB 24 ENF 0"), sent=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert len(stockouts(harness)) == 1
    assert open_codes(harness) == set()


def test_an_old_months_count_says_nothing_of_today(harness: Harness) -> None:
    harness.told(stk("10", "BEB 24 ENF 12"))
    harness.told(stk("09", "BEB 24 ENF 0"))
    assert stockouts(harness) == []


# --- The days out that DHIS2 gets


def test_a_zero_with_days_tells_of_the_same_days_as_rupt(harness: Harness, dhis2: FarSide) -> None:
    harness.told("RUPT ENF", sent=datetime(2026, 10, 29, 12, tzinfo=UTC))
    harness.told("RCU ENF 30", sent=datetime(2026, 11, 2, 12, tzinfo=UTC))
    harness.told(stk("10", "BEB 24 ENF 0J3"), sent=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert open_codes(harness) == set()
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "3"


def test_days_between_rupt_and_rcu_reach_dhis2_and_typed_ones_win(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told("RUPT ENF BEB", sent=OCTOBER_20)
    harness.told("RCU ENF 20 BEB 20", sent=OCTOBER_20 + timedelta(days=9))
    harness.told(stk("10", "BEB 4J3 ENF 18"))
    dhis2.send()
    cells = dhis2.held(form="STK")
    assert (cells["ENF J"], cells["BEB J"]) == ("9", "3")
    assert "KIT J" not in cells


def test_a_stock_out_that_lasts_counts_to_the_end_of_the_month(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told("RUPT ENF", sent=OCTOBER_20)
    harness.told(stk("10", "BEB 4 ENF 0"))
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "12"
    harness.told("RCU ENF 20", sent=OCTOBER_20 + timedelta(days=5))
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "5"


def test_a_stock_out_of_a_part_of_a_day_is_no_zero(harness: Harness, dhis2: FarSide) -> None:
    harness.told("RUPT ENF", sent=OCTOBER_20)
    harness.told("RCU ENF 20", sent=OCTOBER_20 + timedelta(hours=3))
    harness.told(stk("10", "BEB 4 ENF 18"))
    dhis2.send()
    assert "ENF J" not in dhis2.held(form="STK")
