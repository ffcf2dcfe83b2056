"""The tokenizer: what each word is, letters for digits, and numbers marked by their neighbours."""

import pytest

from menus.reading.tokens import Kind
from tests.menus.reading.scanning import brief, tokens_in


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("PEC 03 VUS 45 cas", "keyword PEC, number 03, code VUS, number 45, unit CAS"),
        ("bonjour Awa", "greeting BONJOUR, name AWA"),
        ("2 boites", "number 2, pack BOITES"),
        ("3 jours", "number 3, time JOURS"),
        ("oui mars", "command OUI, month MARS"),
        ("j'ai xyz", "filler j', filler AI, unknown XYZ"),
        ("BEB 0J5", "code BEB, number 0, days J, number 5"),
        ("VUS J 4", "code VUS, days J, number 4"),
        ("J 3", "filler J, number 3"),
        ("VUS 45 J", "code VUS, number 45, filler J"),
        ("VUSFIE 3", "code VUS, code FIE, number 3"),
        ("PECMARSVUS45", "keyword PEC, month MARS, code VUS, number 45"),
        ("VUSl", "unknown VUSL"),
        ("ol mari", "filler OL, unknown MARI"),
        ("URE O 3", "code URE, filler O, number 3"),
        ("VUS l O", "code VUS, number 1, filler O"),
    ],
)
def test_each_word_has_its_kind(text: str, tokens: str) -> None:
    assert brief(tokens_in(text)) == tokens


@pytest.mark.parametrize(
    ("text", "code", "value", "repaired"),
    [
        ("VUS 45", "VUS", 45, False),
        ("CON 45", "VUS", 45, False),
        ("4OFIE38", "FIE", 40, True),
        ("PILl2", "PIL", 12, True),
        ("URE O", "URE", 0, True),
        ("CPN l6", "CPN", 16, True),
    ],
)
def test_aliases_mean_their_code_and_letters_their_digits(
    text: str, code: str, value: int, repaired: bool
) -> None:
    tokens = tokens_in(text)
    number = next(token for token in tokens if token.kind is Kind.NUMBER)
    assert [token.means for token in tokens if token.kind is Kind.CODE] == [code]
    assert (number.value, number.repaired) == (value, repaired)


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("45", [False]),
        ("½", [True]),
        ("45%", [True]),
        ("45 %", [True]),
        ("4S", [True]),
        ("S4", [True]),
        ("45cas", [False]),
        ("45h", [False]),
        ("4x", [True]),
        ("4SFIE38", [True, False]),
        ("4ABCFIE3", [False, False]),
        ("0J5", [False, False]),
        ("999999999", [False]),
        ("9999999999", [True]),
    ],
)
def test_letters_that_touch_a_number_make_it_doubtful(text: str, doubtful: list[bool]) -> None:
    numbers = [token for token in tokens_in(text) if token.kind is Kind.NUMBER]
    assert [number.doubtful for number in numbers] == doubtful


def test_a_number_too_long_to_count_anything_is_not_converted() -> None:
    (number,) = tokens_in("12345678901")
    assert (number.text, number.value) == ("12345678901", 1_000_000_000)


@pytest.mark.parametrize(("text", "minus"), [("-1", True), ("- 1", True), ("1-", False)])
def test_a_hyphen_before_a_number_is_noted(text: str, minus: bool) -> None:
    number = next(token for token in tokens_in(text) if token.kind is Kind.NUMBER)
    assert number.minus is minus


@pytest.mark.parametrize(
    ("word", "month", "doubtful"),
    [
        ("mars", 3, False),
        ("mar", 3, True),
        ("DEC", 12, True),
        ("marisi", 3, True),
        ("fevirer", 2, True),
        ("setembre", 9, True),
    ],
)
def test_only_a_full_french_month_is_beyond_doubt(word: str, month: int, doubtful: bool) -> None:
    (token,) = tokens_in(word)
    assert (token.kind, token.value, token.doubtful) == (Kind.MONTH, month, doubtful)


@pytest.mark.parametrize(
    ("word", "titled"),
    [("Awa", True), ("AWA", False), ("awa", False), ("Xo", False), ("Xyz", True)],
)
def test_a_capital_in_front_is_noted_from_three_letters_on(word: str, titled: bool) -> None:
    (token,) = tokens_in(word)
    assert token.titled is titled


def test_tokens_keep_their_places_in_the_text() -> None:
    places = [(token.text, token.start, token.end) for token in tokens_in(" 4OFIE 38")]
    assert places == [("40", 1, 3), ("FIE", 3, 6), ("38", 7, 9)]
