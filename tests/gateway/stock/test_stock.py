"""Stock by SMS: receipts, stock-outs, what they do to reports and to each other."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.storage import stock
from gateway.storage.engine import reading
from gateway.storage.stock import Receipt, StockOut
from tests.gateway.dhis2_server import FarSide
from tests.gateway.harness import AWA, FANTA, ISSA, OUMAR, Harness

OTHERS = "KIT 30 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 450 PAR 200 PLQ 20 SAY 15 CAP 100"
OCTOBER_20 = datetime(2026, 10, 20, 12, tzinfo=UTC)


def stk(month: str, cta: str) -> str:
    return f"STK {month} {cta} {OTHERS}"


def receipts(harness: Harness, site: str = "KOLA") -> list[Receipt]:
    site_id = harness.unit_id(site)
    with reading(harness.engine) as connection:
        return stock.receipts_of(connection, [site_id], datetime(2026, 1, 1, tzinfo=UTC)).get(
            site_id, []
        )


def quantities(harness: Harness, site: str = "KOLA") -> list[tuple[str, int]]:
    return sorted((one.code, one.quantity) for one in receipts(harness, site))


def stock_outs(harness: Harness, site: str = "KOLA") -> list[StockOut]:
    site_id = harness.unit_id(site)
    with reading(harness.engine) as connection:
        first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        return stock.stock_outs_between(connection, [site_id], first, last)


def open_codes(harness: Harness, site: str = "KOLA") -> set[str]:
    return {one.code for one in stock_outs(harness, site) if one.until is None}


def test_a_delivery_of_many_products_that_is_asked_about_is_said_back(harness: Harness) -> None:
    harness.told("RCU ENF 20 ATP 150 BEB 40")
    asked = harness.told("RCU ENF 20 ATP 150 BEB 40 .")
    assert "BEB 40, ENF 20, ATP 150" in asked
    assert "OUI" in asked


def test_a_receipt_is_kept_once_and_said_back(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"))
    answer = harness.told("RCU ENF 20, ATP150")
    assert answer == "Recu note: ENF 20, ATP 150. Dernier compte: ENF 12, ATP 450."
    assert quantities(harness) == [("ATP", 150), ("ENF", 20)]


def test_the_same_receipt_on_one_day_is_asked_and_on_another_is_not(harness: Harness) -> None:
    harness.told("RCU ENF 20 ATP 150")
    asked = harness.told("RCU ATP 150 ENF 20")
    assert "Encore une livraison?" in asked
    assert "OUI" in asked
    assert len(receipts(harness)) == 2
    assert harness.told("NON") == "Laisse tomber."
    assert "Rien n'attend" in harness.told("OUI")
    assert len(receipts(harness)) == 2
    harness.told("RCU ENF 20 ATP 150")
    assert harness.told("OUI") == "Recu note: ENF 20, ATP 150."
    assert len(receipts(harness)) == 4
    harness.clock.advance(days=1)
    assert harness.told("RCU ENF 20 ATP 150") == "Recu note: ENF 20, ATP 150."


@pytest.mark.parametrize(
    ("text", "words", "kept"),
    [
        ("RCU ENF 60", "Recu note: ENF 60.", [("ENF", 60)]),
        ("RCU ENF 61", "Tres eleve", []),
        ("RCU ENF 301 BEB 4", "ENF 301: trop grand", [("BEB", 4)]),
        ("RCU VUS 4 BEB 4", "VUS n'est pas un produit", [("BEB", 4)]),
        ("RCU ENF 0", "rien de recu", []),
        ("RCU ENG 20", "est-ce ENF?", []),
        ("RCU", "quel produit", []),
        ("RCU ENF", "ENF: quel nombre?", []),
        ("RCU ENF 20J3", "ENF: les jours", [("ENF", 20)]),
        ("RCU 3 ENF 20", "", [("ENF", 20)]),
    ],
)
def test_what_is_odd_about_a_receipt_is_asked(
    harness: Harness, text: str, words: str, kept: list[tuple[str, int]]
) -> None:
    assert words in harness.told(text)
    assert quantities(harness) == kept


@pytest.mark.parametrize("text", ["RCU ENF 61", "RCU ENG 20"])
def test_an_oui_lets_in_what_was_asked(harness: Harness, text: str) -> None:
    harness.told(text)
    number = int(text.rsplit(maxsplit=1)[-1])
    assert harness.told("OUI") == f"Recu note: ENF {number}."
    assert quantities(harness) == [("ENF", number)]
    assert "Rien n'attend" in harness.told("OUI")


def test_annule_takes_a_receipt_back_and_opens_what_it_had_closed(harness: Harness) -> None:
    harness.told("RUPT ENF")
    harness.clock.advance(hours=1)
    harness.told("RCU ENF 20")
    assert open_codes(harness) == set()
    assert "(RCU)" in harness.told("ANNULE")
    assert harness.told("OUI") == "Dernier message annule."
    assert receipts(harness) == []
    assert open_codes(harness) == {"ENF"}
    assert "(RUPT)" in harness.told("ANNULE")
    harness.told("OUI")
    assert stock_outs(harness) == []
    assert "aucun message a annuler" in harness.told("ANNULE")


def test_annule_undoes_the_last_message_whatever_it_was(harness: Harness) -> None:
    harness.told("RCU ENF 20")
    harness.told(stk("10", "BEB 24 ENF 12"))
    assert "(STK)" in harness.told("ANNULE")
    harness.told("OUI")
    assert quantities(harness) == [("ENF", 20)]
    assert harness.report(form="STK").withdrawn


def test_rupt_asks_which_product_and_takes_several(harness: Harness) -> None:
    assert harness.told("RUPT").startswith(
        "RUPT: quel produit? Envoyez RUPT et le produit: BEB ENF"
    )
    assert stock_outs(harness) == []
    answer = harness.told("RUPT ENF et BEB")
    assert answer.startswith("Rupture notee: ENF BEB. Votre DTC est prevenu.")
    assert open_codes(harness) == {"ENF", "BEB"}
    assert "Rupture deja notee: ENF." in harness.told("RUPT ENF")
    assert len(stock_outs(harness)) == 2


@pytest.mark.parametrize(
    "text", ["RUPT ENF 12", "RUPT ENF 3", "RUPT ENF mars", "RUPT ENF 90 jours"]
)
def test_a_number_beside_rupt_is_never_skipped(harness: Harness, text: str) -> None:
    assert "pas note" in harness.told(text)
    assert stock_outs(harness) == []


def test_days_typed_beside_rupt_date_it_back(harness: Harness) -> None:
    harness.told("RUPT ENF 0J3")
    (out,) = stock_outs(harness)
    assert out.since == harness.clock.now - timedelta(days=3)


def test_the_operators_date_counts(harness: Harness) -> None:
    harness.told("RUPT ENF", sent=OCTOBER_20)
    (out,) = stock_outs(harness)
    assert out.since == OCTOBER_20


def test_a_stock_out_told_late_ends_with_the_receipt_that_came_first(harness: Harness) -> None:
    harness.told("RCU ENF 20", sent=OCTOBER_20 + timedelta(days=9))
    harness.told("RUPT ENF", sent=OCTOBER_20)
    (out,) = stock_outs(harness)
    assert out.until == OCTOBER_20 + timedelta(days=9)
    assert harness.rows("notice") == []


def test_a_count_of_none_opens_and_any_other_closes(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 0J12"), sent=datetime(2026, 10, 2, 12, tzinfo=UTC))
    (out,) = stock_outs(harness)
    assert out.since == datetime(2026, 9, 19, tzinfo=UTC)
    harness.told(stk("10", "BEB 20 ENF 24"))
    harness.told("OUI")  # more than there can be, says rule 18
    assert open_codes(harness) == set()
    (out,) = stock_outs(harness)
    assert out.until == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_zero_that_was_a_mistake_leaves_no_stock_out(harness: Harness) -> None:
    harness.told(stk("10", "BEB 24 ENF 0"))
    assert open_codes(harness) == {"ENF"}
    harness.told("COR ENF 14")
    assert stock_outs(harness) == []


def test_a_zero_of_the_months_end_says_nothing_of_what_came_in_since(harness: Harness) -> None:
    harness.told("RUPT ENF", sent=datetime(2026, 10, 29, 12, tzinfo=UTC))
    harness.told("RCU ENF 30", sent=datetime(2026, 11, 2, 12, tzinfo=UTC))
    harness.told(stk("10", "BEB 24 ENF 0"), sent=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert len(stock_outs(harness)) == 1
    assert open_codes(harness) == set()


def test_a_zero_with_days_tells_of_the_same_days_as_rupt(harness: Harness, dhis2: FarSide) -> None:
    harness.told("RUPT ENF", sent=datetime(2026, 10, 29, 12, tzinfo=UTC))
    harness.told("RCU ENF 30", sent=datetime(2026, 11, 2, 12, tzinfo=UTC))
    harness.told(stk("10", "BEB 24 ENF 0J3"), sent=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert open_codes(harness) == set()
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "3"


def test_an_old_months_count_says_nothing_of_today(harness: Harness) -> None:
    harness.told(stk("10", "BEB 24 ENF 12"))
    harness.told(stk("09", "BEB 24 ENF 0"))
    assert stock_outs(harness) == []


def test_a_receipt_answers_the_doubt_about_a_count(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"))
    asked = harness.told(stk("10", "BEB 24 ENF 32"))
    assert "avez-vous recu du stock?" in asked
    assert "ENF" not in harness.report(form="STK").values
    answer = harness.told("RCU ENF 20")
    assert answer.startswith("Recu note: ENF 20.")
    assert "STK" in answer
    report = harness.report(form="STK")
    assert (report.values["ENF"], report.pending, report.complete) == (32, {}, True)
    assert "Rien n'attend" in harness.told("OUI")


def test_a_receipt_too_small_leaves_the_doubt(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"))
    harness.told(stk("10", "BEB 24 ENF 32"))
    assert "recu 19" in harness.told("RCU ENF 19")
    assert "ENF" not in harness.report(form="STK").values
    harness.told("OUI")
    assert harness.report(form="STK").values["ENF"] == 32


def test_what_was_received_is_no_doubt_and_is_counted_once(harness: Harness) -> None:
    harness.told(stk("08", "BEB 24 ENF 12"), sent=datetime(2026, 9, 2, tzinfo=UTC))
    harness.told("RCU ENF 20", sent=datetime(2026, 9, 10, tzinfo=UTC))
    harness.told(stk("09", "BEB 24 ENF 30"), sent=datetime(2026, 10, 2, tzinfo=UTC))
    assert harness.report(form="STK", period="202609").values["ENF"] == 30
    # The receipt stands in September's count, so it explains no more in October.
    assert "ENF 40, mais ENF 30 avant:" in harness.told(stk("10", "BEB 24 ENF 40"))


@pytest.mark.parametrize(("received", "doubted"), [("", True), ("RCU KIT 30", False)])
def test_tests_used_agree_with_tests_done(harness: Harness, received: str, doubted: bool) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"), sent=datetime(2026, 10, 2, tzinfo=UTC))
    if received:
        harness.told(received, sent=OCTOBER_20)
    harness.told("STK 10 KIT 20")
    answer = harness.told("PEC 10 VUS 45 FIE 41 TDR 40")
    assert ("KIT 30 avant - KIT 20 pour TDR 40?" in answer) is doubted
    assert (harness.report().pending != {}) is doubted


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


def test_stock_belongs_to_ones_own_site(harness: Harness) -> None:
    harness.told("RCU ENF 20", FANTA)
    harness.told("RUPT ENF", ISSA)
    assert (quantities(harness), quantities(harness, "TENE")) == ([], [("ENF", 20)])
    assert (open_codes(harness), open_codes(harness, "SIRAKORO")) == (set(), {"ENF"})
    # Oumar works at two sites: nobody guesses which.
    assert "Pour quel site" in harness.told("RCU ENF 20", OUMAR)
    assert "Pour quel site" in harness.told("RUPT ENF", OUMAR)


def test_a_batch_that_dies_has_kept_nothing_and_a_second_reading_keeps_it_once(
    harness: Harness,
) -> None:
    harness.receive("RCU ENF 20", AWA)
    harness.receive("RUPT BEB", AWA)
    harness.read()
    harness.read()
    assert quantities(harness) == [("ENF", 20)]
    assert len(stock_outs(harness)) == 1
