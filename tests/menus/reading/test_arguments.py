"""Arguments: what each reader makes of the words beside a keyword."""

import pytest

from menus.model.arguments import (
    Arguments,
    LanguageChoice,
    NumberChange,
    Place,
    Products,
    ReceiptNumber,
    ReferralOutcome,
    ReferredPatient,
    Topic,
)
from menus.model.command import ArgumentKind
from menus.reading.arguments import READERS, Beside, receipt_unlike_a_month
from menus.reading.scanned import words_after
from tests.menus.reading.scanning import VOCABULARY, scanned


def beside(text: str) -> Beside:
    """Return the words of a text as those beside a keyword."""
    sms = scanned(text)
    return Beside(words_after(sms, 0, {token.start for token in sms.tokens}), VOCABULARY)


@pytest.mark.parametrize(
    ("kind", "text", "arguments"),
    [
        (ArgumentKind.NONE, "KOLA", None),
        (ArgumentKind.PLACE, "", Place()),
        (ArgumentKind.PLACE, "Sirakoro ba", Place(("SIRAKORO", "BA"))),
        (ArgumentKind.PLACE, "le site de kola", Place(("KOLA",))),
        (ArgumentKind.PLACE, "tout", Place(("TOUT",))),
        (ArgumentKind.PLACE, "de la", Place()),
        (ArgumentKind.RECEIPT_OR_PLACE, "7k4p", ReceiptNumber("7K4P")),
        (ArgumentKind.RECEIPT_OR_PLACE, "de 2347", ReceiptNumber("2347")),
        (ArgumentKind.RECEIPT_OR_PLACE, "kola", Place(("KOLA",))),
        (ArgumentKind.RECEIPT_OR_PLACE, "7K4", Place(("7K4",))),
        (ArgumentKind.RECEIPT_OR_PLACE, "A7K4", Place(("A7K4",))),
        (ArgumentKind.PRODUCTS, "ENF 0J3 KOLA", Products({"ENF": 3}, place=Place(("KOLA",)))),
        (ArgumentKind.PATIENT, "14 f pg art", ReferredPatient(14, "F", "PG", ("ART",))),
        (ArgumentKind.OUTCOME, "4721 g j3", ReferralOutcome("4721", "G", 3)),
        (ArgumentKind.REFERRAL_NUMBER, "no 4721", ReferralOutcome("4721")),
        (ArgumentKind.TOPIC, "", Topic()),
        (ArgumentKind.TOPIC, "sur le pec", Topic("PEC")),
        (ArgumentKind.LANGUAGE, "", LanguageChoice()),
        (ArgumentKind.LANGUAGE, "BM merci", LanguageChoice("bm")),
        (ArgumentKind.NUMBER_CHANGE, "", NumberChange()),
        (ArgumentKind.NUMBER_CHANGE, "KOLA", NumberChange(Place(("KOLA",)))),
        (
            ArgumentKind.NUMBER_CHANGE,
            "KOLA 70000009",
            NumberChange(Place(("KOLA",)), ("70000009",)),
        ),
        (
            ArgumentKind.NUMBER_CHANGE,
            "kola ba 70 00 00 09",
            NumberChange(Place(("KOLA", "BA")), ("70", "00", "00", "09")),
        ),
        (
            ArgumentKind.NUMBER_CHANGE,
            "KOLA 01 +22370000009",
            NumberChange(Place(("KOLA",)), ("01", "+22370000009")),
        ),
        (ArgumentKind.NUMBER_CHANGE, "70000009", NumberChange(Place(("70000009",)))),
    ],
)
def test_each_reader(kind: ArgumentKind, text: str, arguments: Arguments | None) -> None:
    assert READERS[kind](beside(text)) == arguments


@pytest.mark.parametrize(
    ("text", "number"),
    [("2347", "2347"), ("kola 9abc", "9ABC"), ("KOLA 2347 3456", "2347")],
)
def test_a_receipt_number_unlike_a_month(text: str, number: str) -> None:
    assert receipt_unlike_a_month(beside(text).words) == ReceiptNumber(number)


@pytest.mark.parametrize("text", ["", "KOLA", "0326", "1K4P", "234", "23456"])
def test_no_receipt_number_or_perhaps_a_month(text: str) -> None:
    assert receipt_unlike_a_month(beside(text).words) is None
