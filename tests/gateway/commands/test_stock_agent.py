"""RCU and RUPT of an agent: what is certain is recorded and said back, what is odd is asked."""

from datetime import timedelta

import pytest

from gateway.commands.stock_agent import out_of_stock, receive
from tests.gateway.harness import FANTA, ISSA, OUMAR, SIRA, Harness
from tests.gateway.stock_rows import open_codes, quantities, receipts, stk, stockouts
from tests.gateway.units_of_work import heard, keys

NOTHING_WAITS = "Rien n'attend votre reponse. Rien n'est change. AIDE explique quoi envoyer."
THEN = "A la livraison, envoyez RCU, le produit et la quantite."
WHICH_SITE = "Pour quel site: Kola, Tene? Rien n'est encore note. Repondez par le nom du site."

# --- RCU


def test_a_delivery_of_many_products_that_is_asked_about_is_said_back(harness: Harness) -> None:
    harness.told("RCU ENF 20 ATP 150 BEB 40")
    assert harness.told("RCU ENF 20 ATP 150 BEB 40 .") == (
        "Deja recu aujourd'hui: BEB 40, ENF 20, ATP 150. Encore une livraison? Si oui, repondez OUI."
    )


def test_a_receipt_is_kept_once_and_said_back(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"))
    answer = harness.told("RCU ENF 20, ATP150")
    assert answer == "Recu note: ENF 20, ATP 150. Dernier compte: ENF 12, ATP 450."
    assert quantities(harness) == [("ATP", 150), ("ENF", 20)]


def test_the_same_receipt_on_one_day_is_asked_and_on_another_is_not(harness: Harness) -> None:
    harness.told("RCU ENF 20 ATP 150")
    assert harness.told("RCU ATP 150 ENF 20") == (
        "Deja recu aujourd'hui: ENF 20, ATP 150. Encore une livraison? Si oui, repondez OUI."
    )
    assert len(receipts(harness)) == 2
    assert harness.told("NON") == "Laisse tomber."
    assert harness.told("OUI") == NOTHING_WAITS
    assert len(receipts(harness)) == 2
    harness.told("RCU ENF 20 ATP 150")
    assert harness.told("OUI") == "Recu note: ENF 20, ATP 150."
    assert len(receipts(harness)) == 4
    harness.clock.advance(days=1)
    assert harness.told("RCU ENF 20 ATP 150") == "Recu note: ENF 20, ATP 150."


@pytest.mark.parametrize(
    ("text", "problems", "kept"),
    [
        ("RCU ENF 60", [], [("ENF", 60)]),
        ("RCU ENF 61", ["receipt_above_ask"], []),
        ("RCU ENF 301 BEB 4", ["receipt_above_refuse"], [("BEB", 4)]),
        ("RCU VUS 4 BEB 4", ["receipt_no_product"], [("BEB", 4)]),
        ("RCU ENF 0", ["receipt_of_nothing"], []),
        ("RCU ENG 20", ["receipt_near"], []),
        ("RCU", ["receipt_missing"], []),
        ("RCU ENF", ["code_without_number"], []),
        ("RCU ENF 20J3", ["days_out_unexpected"], [("ENF", 20)]),
        ("RCU 3 ENF 20", [], [("ENF", 20)]),
    ],
)
def test_what_is_odd_about_a_receipt_is_asked(
    harness: Harness, text: str, problems: list[str], kept: list[tuple[str, int]]
) -> None:
    with heard(harness, text) as (uow, understood):
        assert keys(receive(uow, understood)) == problems
    assert quantities(harness) == kept


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("RCU ENF 61", "ENF 61 recu? Tres eleve, pas encore note. Si oui, repondez OUI."),
        ("RCU ENG 20", "Code ENG inconnu, pas note: est-ce ENF? Si oui, repondez OUI."),
    ],
)
def test_an_oui_lets_in_what_was_asked(harness: Harness, text: str, asked: str) -> None:
    assert harness.told(text) == asked
    number = int(text.rsplit(maxsplit=1)[-1])
    assert harness.told("OUI") == f"Recu note: ENF {number}."
    assert quantities(harness) == [("ENF", number)]
    assert harness.told("OUI") == NOTHING_WAITS


def test_an_oui_dates_a_receipt_by_the_message_that_told_of_it(harness: Harness) -> None:
    told_at = harness.clock.now
    harness.told("RCU ENF 61")
    harness.clock.advance(hours=5)
    harness.told("OUI")
    assert [receipt.received_at for receipt in receipts(harness)] == [told_at]


def test_a_receipt_leaves_the_numbers_asked_before_open(harness: Harness) -> None:
    harness.told("PEC 10 VUS 160")
    harness.told("RCU ENF 61")
    harness.told("OUI")
    assert harness.report().values == {"VUS": 160}
    assert quantities(harness) == [("ENF", 61)]


def test_annule_takes_a_receipt_back_and_opens_what_it_had_closed(harness: Harness) -> None:
    harness.told("RUPT ENF")
    harness.clock.advance(hours=1)
    assert harness.told("RCU ENF 20") == "Recu note: ENF 20. Fin de rupture: ENF."
    assert open_codes(harness) == set()
    assert harness.told("ANNULE") == "Annuler votre dernier message (RCU)? Si oui, repondez OUI."
    assert harness.told("OUI") == "Dernier message annule."
    assert receipts(harness) == []
    assert open_codes(harness) == {"ENF"}
    assert harness.told("ANNULE") == "Annuler votre dernier message (RUPT)? Si oui, repondez OUI."
    harness.told("OUI")
    assert stockouts(harness) == []
    assert harness.told("ANNULE") == "Il n'y a aucun message a annuler. Rien n'est change."


def test_annule_undoes_the_last_message_whatever_it_was(harness: Harness) -> None:
    harness.told("RCU ENF 20")
    harness.told(stk("10", "BEB 24 ENF 12"))
    assert harness.told("ANNULE") == "Annuler votre dernier message (STK)? Si oui, repondez OUI."
    harness.told("OUI")
    assert quantities(harness) == [("ENF", 20)]
    assert harness.report(form="STK").withdrawn


# --- RUPT


def test_rupt_takes_several_products_once(harness: Harness) -> None:
    assert harness.told("RUPT ENF et BEB") == (
        f"Rupture notee: ENF BEB. Votre DTC est prevenu. {THEN}"
    )
    assert open_codes(harness) == {"ENF", "BEB"}
    assert harness.told("RUPT ENF") == f"Rupture deja notee: ENF. {THEN}"
    assert harness.told("RUPT ENF KIT") == (
        f"Rupture notee: KIT. Votre DTC est prevenu. Rupture deja notee: ENF. {THEN}"
    )
    assert len(stockouts(harness)) == 3


def test_an_agent_without_a_dtc_is_not_told_that_there_is_one(harness: Harness) -> None:
    assert harness.told("RUPT ENF", SIRA) == f"Rupture notee: ENF. {THEN}"


@pytest.mark.parametrize(
    ("text", "problems", "codes"),
    [
        ("RUPT", ["out_which"], set()),
        ("RUPT ENG", ["receipt_near"], set()),
        ("RUPT ENF 12", ["out_with_number"], set()),
        ("RUPT ENF 3", ["out_with_number"], set()),
        ("RUPT ENF mars", ["out_with_number"], set()),
        ("RUPT ENF 90 jours", ["out_with_number"], set()),
        ("RUPT ENF 0J62", [], {"ENF"}),
        ("RUPT ENF 0J63", ["out_with_number"], set()),
        ("RUPT BEB ENF 0J63", ["out_with_number"], {"BEB"}),
    ],
)
def test_a_number_beside_rupt_is_never_skipped(
    harness: Harness, text: str, problems: list[str], codes: set[str]
) -> None:
    with heard(harness, text) as (uow, understood):
        assert keys(out_of_stock(uow, understood)) == problems
    assert open_codes(harness) == codes


def test_days_typed_beside_rupt_date_it_back(harness: Harness) -> None:
    harness.told("RUPT ENF 0J3")
    (stockout,) = stockouts(harness)
    assert stockout.since == harness.clock.now - timedelta(days=3)


def test_stock_belongs_to_ones_own_site(harness: Harness) -> None:
    harness.told("RCU ENF 20", FANTA)
    harness.told("RUPT ENF", ISSA)
    assert (quantities(harness), quantities(harness, "TENE")) == ([], [("ENF", 20)])
    assert (open_codes(harness), open_codes(harness, "SIRAKORO")) == (set(), {"ENF"})


@pytest.mark.parametrize("text", ["RCU ENF 20", "RUPT ENF"])
def test_the_agent_of_two_sites_is_asked_which(harness: Harness, text: str) -> None:
    assert harness.told(text, OUMAR) == WHICH_SITE
