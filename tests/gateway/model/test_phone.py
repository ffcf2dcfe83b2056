"""Phone numbers: one spelling for each, and no whole number where people look."""

import pytest

from gateway.model.phone import BadPhone, is_person, mask, normalise, operator_of


@pytest.mark.parametrize(
    "typed",
    [
        "+22370000001",
        "+223 70 00 00 01",
        "0022370000001",
        "00 223 70 00 00 01",
        "22370000001",
        "70000001",
        "70-00-00-01",
        "70.00.00.01",
        "70/00/00/01",
        "70\N{NO-BREAK SPACE}00\N{NARROW NO-BREAK SPACE}00\N{NON-BREAKING HYPHEN}01",
        "0 70 00 00 01",
        "(+223) 70 00 00 01",
        "  70000001\t",
        "\N{LEFT-TO-RIGHT EMBEDDING}+22370000001\N{POP DIRECTIONAL FORMATTING}",
        "٧٠٠٠٠٠٠١",
    ],
)
def test_every_spelling_of_a_malian_number_is_one_number(typed: str) -> None:
    assert normalise(typed) == "+22370000001"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("20 22 00 11", "+22320220011"),
        ("20000001", "+22320000001"),
        ("50000001", "+22350000001"),
        ("22312345", "+22322312345"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("00225 07 07 12 34 56", "+2250707123456"),
    ],
)
def test_fixed_lines_and_foreign_numbers(typed: str, number: str) -> None:
    assert normalise(typed) == number


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("2.237E+10", "spreadsheet"),
        ("2,2370000001e10", "spreadsheet"),
        ("", "8 digits"),
        ("7000000", "8 digits"),
        ("700000011", "8 digits"),
        ("10000001", "8 digits"),
        ("36018", "8 digits"),
        ("AFRICASTKNG", "8 digits"),
        ("7OOOOOO1", "8 digits"),
        ("70000001 x5", "8 digits"),
        ("70000001/70000002", "8 digits"),
        ("33612345678", "8 digits"),
        ("70000001\x00", "8 digits"),
        ("0070000001", "give out"),
        ("+2237000000123", "give out"),
        ("+223 7000000", "give out"),
        ("+999 70 00 00 01", "country code"),
    ],
)
def test_what_is_no_number_is_refused_without_showing_it(typed: str, word: str) -> None:
    with pytest.raises(BadPhone) as refused:
        normalise(typed)
    assert word in str(refused.value)
    assert "7000" not in str(refused.value)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+22370000012", "7X XX XX 12"),
        ("70 00 00 12", "7X XX XX 12"),
        ("+33612345678", "+33 XX XX 78"),
        ("36018", "3XXXX"),
        ("AFRICASTKNG", "AXXXX"),
        ("+2237000000123", "XXXX"),
        ("\nforged log line", "fXXXX"),
        ("", "XXXX"),
    ],
)
def test_a_masked_number(phone: str, shown: str) -> None:
    assert mask(phone) == shown


@pytest.mark.parametrize(
    ("phone", "operator"),
    [
        ("+22370000001", "orange"),
        ("+22382000001", "orange"),
        ("+22394000001", "orange"),
        ("+22320010001", "orange"),
        ("+22366000001", "moov"),
        ("+22389000001", "moov"),
        ("+22395000001", "moov"),
        ("+22321700001", "moov"),
        ("+22350000001", "telecel"),
        ("+22354000001", None),
        ("+22320220011", None),
        ("+33612345678", None),
        ("36018", None),
    ],
)
def test_the_operator_follows_from_the_prefix(phone: str, operator: str | None) -> None:
    assert operator_of(phone) == operator


@pytest.mark.parametrize(
    ("sender", "person"),
    [
        ("+22370000001", True),
        ("22370000001", True),
        ("70000001", True),
        ("36018", False),
        ("AFRICASTKNG", False),
        ("+223", False),
        ("", False),
    ],
)
def test_words_and_short_codes_are_no_people(sender: str, person: bool) -> None:
    assert is_person(sender) is person
