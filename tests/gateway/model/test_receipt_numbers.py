"""Receipt numbers: their characters, and the same numbers for the same report."""

from itertools import islice

from gateway.model.receipt_numbers import RECEIPT_DIGITS, RECEIPT_LETTERS, receipts


def test_a_receipt_is_four_signs_and_the_first_is_a_digit() -> None:
    numbers = list(islice(receipts("KOLA/PEC/202610"), 500))
    assert {len(number) for number in numbers} == {4}
    assert {number[0] for number in numbers} <= set(RECEIPT_DIGITS)
    assert set("".join(numbers)) <= set(RECEIPT_DIGITS + RECEIPT_LETTERS)
    assert len(set(numbers)) > 495


def test_no_character_is_mistaken_for_another() -> None:
    assert not set(RECEIPT_DIGITS + RECEIPT_LETTERS) & set("01IO")


def test_a_report_has_the_same_receipts_each_time_and_no_other_has() -> None:
    assert list(islice(receipts("KOLA/PEC/202610"), 3)) == ["2UQV", "8EP2", "2PEX"]
    assert next(receipts("KOLA/NUT/202610")) != "2UQV"
