"""Holds up: stock by SMS — receipts, stock-outs, what they do to reports and to each other."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.storage import stock
from gateway.storage.engine import reading
from gateway.storage.stock import Receipt, StockOut
from tests.gateway.dhis2_server import FarSide
from tests.gateway.harness import AWA, FANTA, ISSA, OUMAR, Pipes

OTHERS = "KIT 30 SEL 40 ZIN 200 MOX 300 SUP 6 ATP 450 PAR 200 PLQ 20 SAY 15 CAP 100"
OCTOBER_20 = datetime(2026, 10, 20, 12, tzinfo=UTC)


def stk(month: str, cta: str) -> str:
    return f"STK {month} {cta} {OTHERS}"


def receipts(pipes: Pipes, site: str = "KOLA") -> list[Receipt]:
    site_id = pipes.unit_id(site)
    with reading(pipes.engine) as connection:
        return stock.receipts_of(connection, [site_id], datetime(2026, 1, 1, tzinfo=UTC)).get(
            site_id, []
        )


def quantities(pipes: Pipes, site: str = "KOLA") -> list[tuple[str, int]]:
    return sorted((one.code, one.quantity) for one in receipts(pipes, site))


def outs(pipes: Pipes, site: str = "KOLA") -> list[StockOut]:
    site_id = pipes.unit_id(site)
    with reading(pipes.engine) as connection:
        first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        return stock.outs_between(connection, [site_id], first, last)


def open_codes(pipes: Pipes, site: str = "KOLA") -> set[str]:
    return {one.code for one in outs(pipes, site) if one.until is None}


def test_a_delivery_of_many_products_that_is_asked_about_is_said_back(pipes: Pipes) -> None:
    pipes.told("RCU ENF 20 ATP 150 BEB 40")
    asked = pipes.told("RCU ENF 20 ATP 150 BEB 40 .")
    assert "BEB 40, ENF 20, ATP 150" in asked
    assert "OUI" in asked


def test_a_receipt_is_kept_once_and_said_back(pipes: Pipes) -> None:
    pipes.told(stk("09", "BEB 24 ENF 12"))
    answer = pipes.told("RCU ENF 20, ATP150")
    assert answer == "Recu note: ENF 20, ATP 150. Dernier compte: ENF 12, ATP 450."
    assert quantities(pipes) == [("ATP", 150), ("ENF", 20)]


def test_the_same_receipt_on_one_day_is_asked_and_on_another_is_not(pipes: Pipes) -> None:
    pipes.told("RCU ENF 20 ATP 150")
    asked = pipes.told("RCU ATP 150 ENF 20")
    assert "Encore une livraison?" in asked
    assert "OUI" in asked
    assert len(receipts(pipes)) == 2
    assert pipes.told("NON") == "Laisse tomber."
    assert "Rien n'attend" in pipes.told("OUI")
    assert len(receipts(pipes)) == 2
    pipes.told("RCU ENF 20 ATP 150")
    assert pipes.told("OUI") == "Recu note: ENF 20, ATP 150."
    assert len(receipts(pipes)) == 4
    pipes.clock.advance(days=1)
    assert pipes.told("RCU ENF 20 ATP 150") == "Recu note: ENF 20, ATP 150."


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
    pipes: Pipes, text: str, words: str, kept: list[tuple[str, int]]
) -> None:
    assert words in pipes.told(text)
    assert quantities(pipes) == kept


@pytest.mark.parametrize("text", ["RCU ENF 61", "RCU ENG 20"])
def test_an_oui_lets_in_what_was_asked(pipes: Pipes, text: str) -> None:
    pipes.told(text)
    number = int(text.rsplit(maxsplit=1)[-1])
    assert pipes.told("OUI") == f"Recu note: ENF {number}."
    assert quantities(pipes) == [("ENF", number)]
    assert "Rien n'attend" in pipes.told("OUI")


def test_annule_takes_a_receipt_back_and_opens_what_it_had_closed(pipes: Pipes) -> None:
    pipes.told("RUPT ENF")
    pipes.clock.advance(hours=1)
    pipes.told("RCU ENF 20")
    assert open_codes(pipes) == set()
    assert "(RCU)" in pipes.told("ANNULE")
    assert pipes.told("OUI") == "Dernier message annule."
    assert receipts(pipes) == []
    assert open_codes(pipes) == {"ENF"}
    assert "(RUPT)" in pipes.told("ANNULE")
    pipes.told("OUI")
    assert outs(pipes) == []
    assert "aucun message a annuler" in pipes.told("ANNULE")


def test_annule_undoes_the_last_message_whatever_it_was(pipes: Pipes) -> None:
    pipes.told("RCU ENF 20")
    pipes.told(stk("10", "BEB 24 ENF 12"))
    assert "(STK)" in pipes.told("ANNULE")
    pipes.told("OUI")
    assert quantities(pipes) == [("ENF", 20)]
    assert pipes.report(form="STK").withdrawn


def test_rupt_asks_which_product_and_takes_several(pipes: Pipes) -> None:
    assert pipes.told("RUPT").startswith("RUPT: quel produit? Envoyez RUPT et le produit: BEB ENF")
    assert outs(pipes) == []
    answer = pipes.told("RUPT ENF et BEB")
    assert answer.startswith("Rupture notee: ENF BEB. Votre DTC est prevenu.")
    assert open_codes(pipes) == {"ENF", "BEB"}
    assert "Rupture deja notee: ENF." in pipes.told("RUPT ENF")
    assert len(outs(pipes)) == 2


@pytest.mark.parametrize(
    "text", ["RUPT ENF 12", "RUPT ENF 3", "RUPT ENF mars", "RUPT ENF 90 jours"]
)
def test_a_number_beside_rupt_is_never_skipped(pipes: Pipes, text: str) -> None:
    assert "pas note" in pipes.told(text)
    assert outs(pipes) == []


def test_days_typed_beside_rupt_date_it_back(pipes: Pipes) -> None:
    pipes.told("RUPT ENF 0J3")
    (out,) = outs(pipes)
    assert out.since == pipes.clock.now - timedelta(days=3)


def test_the_operators_date_counts(pipes: Pipes) -> None:
    pipes.told("RUPT ENF", sent=OCTOBER_20)
    (out,) = outs(pipes)
    assert out.since == OCTOBER_20


def test_a_stock_out_told_late_ends_with_the_receipt_that_came_first(pipes: Pipes) -> None:
    pipes.told("RCU ENF 20", sent=OCTOBER_20 + timedelta(days=9))
    pipes.told("RUPT ENF", sent=OCTOBER_20)
    (out,) = outs(pipes)
    assert out.until == OCTOBER_20 + timedelta(days=9)
    assert pipes.rows("notice") == []


def test_a_count_of_none_opens_and_any_other_closes(pipes: Pipes) -> None:
    pipes.told(stk("09", "BEB 24 ENF 0J12"), sent=datetime(2026, 10, 2, 12, tzinfo=UTC))
    (out,) = outs(pipes)
    assert out.since == datetime(2026, 9, 19, tzinfo=UTC)
    pipes.told(stk("10", "BEB 20 ENF 24"))
    pipes.told("OUI")  # more than there can be, says rule 18
    assert open_codes(pipes) == set()
    (out,) = outs(pipes)
    assert out.until == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_zero_that_was_a_mistake_leaves_no_stock_out(pipes: Pipes) -> None:
    pipes.told(stk("10", "BEB 24 ENF 0"))
    assert open_codes(pipes) == {"ENF"}
    pipes.told("COR ENF 14")
    assert outs(pipes) == []


def test_a_zero_of_the_months_end_says_nothing_of_what_came_in_since(pipes: Pipes) -> None:
    pipes.told("RUPT ENF", sent=datetime(2026, 10, 29, 12, tzinfo=UTC))
    pipes.told("RCU ENF 30", sent=datetime(2026, 11, 2, 12, tzinfo=UTC))
    pipes.told(stk("10", "BEB 24 ENF 0"), sent=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert len(outs(pipes)) == 1
    assert open_codes(pipes) == set()


def test_a_zero_with_days_tells_of_the_same_days_as_rupt(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told("RUPT ENF", sent=datetime(2026, 10, 29, 12, tzinfo=UTC))
    pipes.told("RCU ENF 30", sent=datetime(2026, 11, 2, 12, tzinfo=UTC))
    pipes.told(stk("10", "BEB 24 ENF 0J3"), sent=datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert open_codes(pipes) == set()
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "3"


def test_an_old_months_count_says_nothing_of_today(pipes: Pipes) -> None:
    pipes.told(stk("10", "BEB 24 ENF 12"))
    pipes.told(stk("09", "BEB 24 ENF 0"))
    assert outs(pipes) == []


def test_a_receipt_answers_the_doubt_about_a_count(pipes: Pipes) -> None:
    pipes.told(stk("09", "BEB 24 ENF 12"))
    asked = pipes.told(stk("10", "BEB 24 ENF 32"))
    assert "avez-vous recu du stock?" in asked
    assert "ENF" not in pipes.report(form="STK").values
    answer = pipes.told("RCU ENF 20")
    assert answer.startswith("Recu note: ENF 20.")
    assert "STK" in answer
    report = pipes.report(form="STK")
    assert (report.values["ENF"], report.pending, report.complete) == (32, {}, True)
    assert "Rien n'attend" in pipes.told("OUI")


def test_a_receipt_too_small_leaves_the_doubt(pipes: Pipes) -> None:
    pipes.told(stk("09", "BEB 24 ENF 12"))
    pipes.told(stk("10", "BEB 24 ENF 32"))
    assert "recu 19" in pipes.told("RCU ENF 19")
    assert "ENF" not in pipes.report(form="STK").values
    pipes.told("OUI")
    assert pipes.report(form="STK").values["ENF"] == 32


def test_what_was_received_is_no_doubt_and_is_counted_once(pipes: Pipes) -> None:
    pipes.told(stk("08", "BEB 24 ENF 12"), sent=datetime(2026, 9, 2, tzinfo=UTC))
    pipes.told("RCU ENF 20", sent=datetime(2026, 9, 10, tzinfo=UTC))
    pipes.told(stk("09", "BEB 24 ENF 30"), sent=datetime(2026, 10, 2, tzinfo=UTC))
    assert pipes.report(form="STK", period="202609").values["ENF"] == 30
    # The receipt stands in September's count, so it explains no more in October.
    assert "ENF 40, mais ENF 30 avant:" in pipes.told(stk("10", "BEB 24 ENF 40"))


@pytest.mark.parametrize(("received", "doubted"), [("", True), ("RCU KIT 30", False)])
def test_tests_used_agree_with_tests_done(pipes: Pipes, received: str, doubted: bool) -> None:
    pipes.told(stk("09", "BEB 24 ENF 12"), sent=datetime(2026, 10, 2, tzinfo=UTC))
    if received:
        pipes.told(received, sent=OCTOBER_20)
    pipes.told("STK 10 KIT 20")
    answer = pipes.told("PEC 10 VUS 45 FIE 41 TDR 40")
    assert ("KIT 30 avant - KIT 20 pour TDR 40?" in answer) is doubted
    assert (pipes.report().pending != {}) is doubted


def test_days_between_rupt_and_rcu_reach_dhis2_and_typed_ones_win(
    pipes: Pipes, dhis2: FarSide
) -> None:
    pipes.told("RUPT ENF BEB", sent=OCTOBER_20)
    pipes.told("RCU ENF 20 BEB 20", sent=OCTOBER_20 + timedelta(days=9))
    pipes.told(stk("10", "BEB 4J3 ENF 18"))
    dhis2.send()
    cells = dhis2.held(form="STK")
    assert (cells["ENF J"], cells["BEB J"]) == ("9", "3")
    assert "KIT J" not in cells


def test_a_stock_out_that_lasts_counts_to_the_end_of_the_month(
    pipes: Pipes, dhis2: FarSide
) -> None:
    pipes.told("RUPT ENF", sent=OCTOBER_20)
    pipes.told(stk("10", "BEB 4 ENF 0"))
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "12"
    pipes.told("RCU ENF 20", sent=OCTOBER_20 + timedelta(days=5))
    dhis2.send()
    assert dhis2.held(form="STK")["ENF J"] == "5"


def test_a_stock_out_of_a_part_of_a_day_is_no_zero(pipes: Pipes, dhis2: FarSide) -> None:
    pipes.told("RUPT ENF", sent=OCTOBER_20)
    pipes.told("RCU ENF 20", sent=OCTOBER_20 + timedelta(hours=3))
    pipes.told(stk("10", "BEB 4 ENF 18"))
    dhis2.send()
    assert "ENF J" not in dhis2.held(form="STK")


def test_stock_belongs_to_ones_own_site(pipes: Pipes) -> None:
    pipes.told("RCU ENF 20", FANTA)
    pipes.told("RUPT ENF", ISSA)
    assert (quantities(pipes), quantities(pipes, "TENE")) == ([], [("ENF", 20)])
    assert (open_codes(pipes), open_codes(pipes, "SIRAKORO")) == (set(), {"ENF"})
    # Oumar works at two sites: nobody guesses which.
    assert "Pour quel site" in pipes.told("RCU ENF 20", OUMAR)
    assert "Pour quel site" in pipes.told("RUPT ENF", OUMAR)


def test_a_batch_that_dies_has_kept_nothing_and_a_second_reading_keeps_it_once(
    pipes: Pipes,
) -> None:
    pipes.receive("RCU ENF 20", AWA)
    pipes.receive("RUPT BEB", AWA)
    pipes.read()
    pipes.read()
    assert quantities(pipes) == [("ENF", 20)]
    assert len(outs(pipes)) == 1
