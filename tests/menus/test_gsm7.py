"""The GSM 7-bit alphabet is that of 3GPP TS 23.038: compared with two independent libraries."""

import gsmcodecs  # noqa: F401  (registers its codec)
import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from menus.gsm7 import BASIC, EXTENSION, is_gsm7, lost, parts, septets, to_gsm7

ALPHABET = BASIC + EXTENSION
inside = st.text(alphabet=ALPHABET, max_size=700)


def of_oracle(text: str) -> int | None:
    """Return the septets by gsmcodecs (one byte each), None outside the alphabet."""
    try:
        return len(text.encode("gsm23.038"))
    except UnicodeEncodeError:
        return None


@pytest.mark.parametrize(
    ("typed", "converted"),
    [
        ("PEC mars OK. No 7K4P.", "PEC mars OK. No 7K4P."),
        ("é è à ù ò ì É Ç ñ ü €", "é è à ù ò ì É Ç ñ ü €"),
        ("ç â ê ë î ï ô û ÿ À È Ê Œuf œdème", "c a e e i i o u y A E E Oeuf oedème"),
        ("ɛ ɔ ɲ ŋ Ɛ Ɔ Ɲ Ŋ", "è ò ny ng E O Ny Ng"),
        ("kɛnɛya dɔgɔtɔrɔ", "kènèya dògòtòrò"),
        ("Ɔ̀kutɔ́buru", "Okutòburu"),
        ("l’école — «\u00a0oui\u202f» – “non”…", 'l\'école - " oui " - "non"...'),
        ("e\u0301te\u0301", "été"),
        ("a\u200bb\ufeff\tc", "ab c"),
        ("n° 3 × 2", "no 3 x 2"),
        ("\x00 \x1b \ud800 😀 ع", "? ? ? ? ?"),
        ("\u0301", ""),
        ("", ""),
    ],
)
def test_to_gsm7(typed: str, converted: str) -> None:
    assert to_gsm7(typed) == converted


@given(st.text())
def test_to_gsm7_ends_inside_the_alphabet_and_makes_no_digit(text: str) -> None:
    converted = to_gsm7(text)
    assert is_gsm7(converted)
    assert to_gsm7(converted) == converted
    digits = [letter for letter in text if letter in "0123456789"]
    assert [letter for letter in converted if letter.isdigit()] == digits


@given(inside)
def test_what_is_inside_stays(text: str) -> None:
    assert to_gsm7(text) == text
    assert lost(text) == ()


def test_lost_names_each_letter_once() -> None:
    assert lost("ɛ ع?ع 😀") == ("ع", "😀")


def test_alphabet_over_the_whole_basic_plane() -> None:
    ours = [code for code in range(0x10000) if is_gsm7(chr(code))]
    # gsmcodecs lets the bare escape through, which no text may hold.
    theirs = [code for code in range(0x10000) if of_oracle(chr(code)) is not None and code != 0x1B]
    assert ours == theirs


@given(inside)
def test_septets_as_by_gsmcodecs(text: str) -> None:
    assert septets(text) == of_oracle(text)


@given(st.text())
def test_outside_as_by_gsmcodecs(text: str) -> None:
    known = "\x1b" not in text and of_oracle(text) is not None
    assert is_gsm7(text) is known


@pytest.mark.parametrize("text", ["ê", "ɛ", "OK\x1b", "\ud800"])
def test_septets_refuse_what_is_outside(text: str) -> None:
    with pytest.raises(ValueError, match="not in the GSM 7-bit alphabet"):
        septets(text)


@given(st.text(alphabet="a€é[", min_size=1, max_size=700))
def test_parts_as_by_smsutil(text: str) -> None:
    assert parts(text) == [part.content for part in smsutil.split(text).parts]


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("", [0]),
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("€" * 80, [160]),
        ("a" * 152 + "€" * 5, [152, 10]),
        ("a" * 307, [153, 153, 1]),
    ],
)
def test_parts_at_the_edges(text: str, sizes: list[int]) -> None:
    found = parts(text)
    assert [septets(part) for part in found] == sizes
    assert "".join(found) == text
