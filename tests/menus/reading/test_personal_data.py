"""Personal data: telephone numbers and names are found, and counts are not taken for them."""

import pytest

from menus.reading.personal_data import name_names, without_phones
from tests.menus.reading.scanning import VOCABULARY, brief, tokens_in


@pytest.mark.parametrize(
    "text",
    [
        "76123456",
        "22376123456",
        "0022376123456",
        "+223 76123456",
        "223 76123456",
        "223 76 12 34 56",
        "00223 76 12 34 56",
        "76 12 34 56",
        "76.12.34.56",
        "76-12-34-56",
        "7612 3456",
    ],
)
def test_a_telephone_number_is_dropped(text: str) -> None:
    rest, found = without_phones(tokens_in(f"VUS 4 Awa {text} FIE 5"))
    assert (brief(rest), found) == ("code VUS, number 4, name AWA, code FIE, number 5", True)


@pytest.mark.parametrize(
    "text",
    [
        "VUS 12 FIE 34",
        "46123456",
        "761234567",
        "12 34 56 78",
        "76 12 34",
        "76 12 34 56 78",
        "44 76 12 34 56",
        "45, 76 12 34 56",
        "+ 5",
        "+",
    ],
)
def test_a_row_of_counts_is_no_telephone_number(text: str) -> None:
    tokens = tokens_in(text)
    assert without_phones(tokens) == (tokens, False)


def test_a_count_before_the_groups_is_kept() -> None:
    rest, found = without_phones(tokens_in("VUS 4 76 12 34 56"))
    assert (brief(rest), found) == ("code VUS, number 4", True)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("VUS 4 merci", "code VUS, number 4, greeting MERCI"),
        ("oumou sangare 14", "name OUMOU, name SANGARE, number 14"),
        ("Xylo", "name XYLO"),
        ("xylo", "unknown XYLO"),
        ("VUS 4 Xylo", "code VUS, number 4, name XYLO"),
        ("VUS 4 Fei", "code VUS, number 4, name FEI"),
        ("VUS 4 Fei 3", "code VUS, number 4, unknown FEI, number 3"),
        ("Vus 4 Xylo 3", "code VUS, number 4, unknown XYLO, number 3"),
        ("Vus 4 Awa", "code VUS, number 4, name AWA"),
        ("VUS 4 Awa 14", "code VUS, number 4, name AWA, filler "),
        ("VUS 4 Awa 14 ans", "code VUS, number 4, name AWA, filler , time ANS"),
        ("VUS 4 Awa 14 FIE", "code VUS, number 4, name AWA, number 14, code FIE"),
    ],
)
def test_names_are_marked_and_their_numbers_count_nothing(text: str, tokens: str) -> None:
    assert brief(name_names(tokens_in(text), VOCABULARY.speller.may_be_code)) == tokens
