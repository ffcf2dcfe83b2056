"""Receipts: what is taken, asked or refused, and which doubted counts are weighed again."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from gateway.stock.receipts import is_repeat, judge, last_counts, listed, record
from gateway.stock.shipments import Shipment
from menus.model.catalogue import Catalogue
from tests.gateway.harness import AWA, NOON, Harness
from tests.gateway.stock_rows import open_codes, quantities, receipts, stk
from tests.gateway.units_of_work import heard

OCTOBER_20 = datetime(2026, 10, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quantities", "near", "judged"),
    [
        ({"ENF": 60, "ATP": 150}, {}, ({"ENF": 60, "ATP": 150}, {}, [])),
        ({"ENF": 61}, {}, ({}, {"ENF": 61}, ["receipt_above_ask"])),
        ({"ENF": 300}, {}, ({}, {"ENF": 300}, ["receipt_above_ask"])),
        ({"ENF": 301, "BEB": 4}, {}, ({"BEB": 4}, {}, ["receipt_above_refuse"])),
        ({"ENF": 0}, {}, ({}, {}, ["receipt_of_nothing"])),
        ({"VUS": 4}, {}, ({}, {}, ["receipt_no_product"])),
        ({}, {"ENF": 20}, ({}, {"ENF": 20}, [])),
        ({"BEB": 4}, {"ENF": 301}, ({"BEB": 4}, {}, ["receipt_above_refuse"])),
    ],
)
def test_quantities_are_judged_by_the_limits_of_their_fields(
    catalogue: Catalogue,
    quantities: Mapping[str, int],
    near: Mapping[str, int],
    judged: tuple[Mapping[str, int], Mapping[str, int], list[str]],
) -> None:
    """Taken, asked, and the keys of the problems, which name no codes."""
    found = judge(catalogue, quantities, near)
    assert (found.taken, found.asked, [problem.key for problem in found.problems]) == judged
    assert all(problem.codes == () for problem in found.problems)


@pytest.mark.parametrize(
    ("hour", "quantities", "repeat"),
    [
        (23, {"ENF": 20, "ATP": 150}, True),
        (23, {"ENF": 20}, False),
        (23, {"ENF": 20, "ATP": 151}, False),
        (24, {"ENF": 20, "ATP": 150}, False),
    ],
)
def test_a_repeat_is_the_same_quantities_on_the_same_day(
    harness: Harness, hour: int, quantities: Mapping[str, int], repeat: bool
) -> None:
    harness.told("RCU ENF 20 ATP 150")
    harness.clock.advance(hours=hour - NOON.hour)
    with heard(harness, "RCU ENF 20 ATP 150") as (uow, understood):
        site = harness.unit_id("KOLA")
        assert is_repeat(uow, site, quantities, understood.message) is repeat
        assert not is_repeat(uow, harness.unit_id("TENE"), quantities, understood.message)


def test_a_message_is_no_repeat_of_itself(harness: Harness) -> None:
    with heard(harness, "RCU ENF 20") as (uow, understood):
        message, post = understood.message, understood.post
        assert post is not None
        shipment = Shipment(post.unit_id, {"ENF": 20}, message.sent_at)
        record(uow, message, post, shipment)
        assert not is_repeat(uow, post.unit_id, {"ENF": 20}, message)


def test_what_is_recorded_is_stored_seen_and_said(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"))
    harness.told("RUPT ENF", sent=OCTOBER_20)
    with heard(harness, "RCU ENF 20 BEB 4", sent=NOON) as (uow, understood):
        message, post = understood.message, understood.post
        assert post is not None
        assert last_counts(uow, post.unit_id)["ENF"] == 12
        recorded = record(uow, message, post, Shipment(post.unit_id, {"ENF": 20, "BEB": 4}, NOON))
        assert recorded.text == (
            "Recu note: BEB 4, ENF 20. Fin de rupture: ENF 15j. Dernier compte: BEB 24."
        )
        assert recorded.replies == ()
        assert {receipt.code for receipt in uow.history.of(post.unit_id).received} == {"ENF", "BEB"}
    assert [
        (receipt.code, receipt.quantity, receipt.received_at, receipt.inbox_id, receipt.post_id)
        for receipt in sorted(receipts(harness), key=lambda receipt: receipt.code)
    ] == [("BEB", 4, NOON, message.id, post.id), ("ENF", 20, NOON, message.id, post.id)]
    assert open_codes(harness) == set()


def test_products_are_listed_in_the_order_of_the_forms(catalogue: Catalogue) -> None:
    assert listed(catalogue, {"ATP": 150, "ENF": 20}) == "ENF 20, ATP 150"
    assert listed(catalogue, {}) == ""


# --- A doubted count is weighed again


def test_a_receipt_answers_the_doubt_about_a_count(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"))
    harness.told(stk("10", "BEB 24 ENF 32"))
    assert harness.report(form="STK").pending["ENF"].value == 32
    assert "ENF" not in harness.report(form="STK").values
    assert harness.told("RCU ENF 20") == (
        "Recu note: ENF 20. Dernier compte: ENF 12. STK oct OK. No 6K26. BEB24 ENF32 KIT30 SEL40 "
        "ZIN200 MOX300 SUP6 ATP450 PAR200 PLQ20 SAY15 CAP100. Retard."
    )
    report = harness.report(form="STK")
    assert (report.values["ENF"], report.pending, report.complete) == (32, {}, True)
    assert harness.told("OUI") == (
        "Rien n'attend votre reponse. Rien n'est change. AIDE explique quoi envoyer."
    )


def test_a_receipt_too_small_leaves_the_doubt(harness: Harness) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"))
    harness.told(stk("10", "BEB 24 ENF 32"))
    assert harness.told("RCU ENF 19") == (
        "Recu note: ENF 19. Dernier compte: ENF 12. STK oct A CONFIRMER. No 6K26. CTA-beb24 Tests30 "
        "SRO40 Zinc200 Amox300 ArtR6 ATPE450 Parac200 Pilule20 Inject15 Preserv100. ENF 32, ENF 12 "
        "avant + recu 19: stock recu? Si exact OUI, sinon COR ENF .. Retard. Le reste est garde."
    )
    assert "ENF" not in harness.report(form="STK").values
    harness.told("OUI")
    assert harness.report(form="STK").values["ENF"] == 32


def test_what_was_received_is_no_doubt_and_is_counted_once(harness: Harness) -> None:
    harness.told(stk("08", "BEB 24 ENF 12"), sent=datetime(2026, 9, 2, tzinfo=UTC))
    harness.told("RCU ENF 20", sent=datetime(2026, 9, 10, tzinfo=UTC))
    harness.told(stk("09", "BEB 24 ENF 30"), sent=datetime(2026, 10, 2, tzinfo=UTC))
    assert harness.report(form="STK", period="202609").values["ENF"] == 30
    # The receipt stands in September's count, so it explains no more in October.
    harness.told(stk("10", "BEB 24 ENF 40"))
    (problem,) = harness.report(form="STK").problems
    assert (problem["level"], problem["codes"]) == ("confirm", ["ENF"])
    assert harness.report(form="STK").pending.keys() == {"ENF"}


@pytest.mark.parametrize(("received", "doubted"), [("", True), ("RCU KIT 30", False)])
def test_tests_used_agree_with_tests_done(harness: Harness, received: str, doubted: bool) -> None:
    harness.told(stk("09", "BEB 24 ENF 12"), sent=datetime(2026, 10, 2, tzinfo=UTC))
    if received:
        harness.told(received, sent=OCTOBER_20)
    harness.told("STK 10 KIT 20")
    harness.told("PEC 10 VUS 45 FIE 41 TDR 40")
    assert (harness.report().pending.keys() == {"TDR"}) is doubted
    assert (harness.report().pending != {}) is doubted


def test_a_message_read_twice_records_once(harness: Harness) -> None:
    harness.receive("RCU ENF 20", AWA)
    harness.receive("RCU ATP 150", AWA)
    harness.read()
    harness.read()
    assert quantities(harness) == [("ATP", 150), ("ENF", 20)]
