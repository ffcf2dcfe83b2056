"""The lexer: typography never matters, digits and letters part, nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.reading.lexer import ODD, Shape, normalise_input, scan


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("PÉC févr", "PEC fevr"),
        ("e\N{COMBINING ACUTE ACCENT}te", "ete"),
        ("ＶＵＳ　４５", "VUS 45"),
        ("٤٥ ߄߅", "45 45"),
        ("VUS\N{NO-BREAK SPACE}45", "VUS 45"),
        ("1\N{THIN SPACE}250", "1 250"),
        ("NUT\N{ZERO WIDTH SPACE} 09", "NUT 09"),
        ("“VUS” ’45’ – 3", " VUS  '45' - 3"),
        ("🙏3️⃣ cas", " 3 cas"),
        ("denw kɛnɛya ɲɛ ŋana", "denw keneya nye ngana"),
        ("cœur", "coeur"),
        ("a\r\nb\u2028c\td", "a\n\nb\nc d"),
        ("\x00\ud800", "  "),
        ("45½ 3² ① 1º", f"45{ODD} 3{ODD} {ODD} 1{ODD}"),
        ("30−12", "30-12"),
        ("л45", " 45"),
    ],
)
def test_folding(typed: str, folded: str) -> None:
    assert normalise_input(typed) == folded


def test_more_signs_than_are_remembered_are_read_all_the_same() -> None:
    signs = "".join(map(chr, range(0x4E00, 0x4E00 + 5000)))
    assert normalise_input(f"{signs}é") == f"{' ' * 5000}e"


@pytest.mark.parametrize(
    ("folded", "texts"),
    [
        ("FIE38TDR37", ["FIE", "38", "TDR", "37"]),
        ("VUS= 45;", ["VUS", "=", "45", ";"]),
        ("j'ai 4l", ["j'", "ai", "4", "l"]),
        ("aujourd'hui", ["aujourd", "'", "hui"]),
        ("1'250", ["1", "'", "250"]),
        ("0J12\nKIT", ["0", "J", "12", "\n", "KIT"]),
        ("", []),
    ],
)
def test_scanning(folded: str, texts: list[str]) -> None:
    assert [lexeme.text for lexeme in scan(folded)] == texts


def test_positions_and_shapes() -> None:
    word, number, mark = scan(" ab12 ,")

    assert (word.shape, word.start, word.end) == (Shape.WORD, 1, 3)
    assert (number.shape, number.start, number.end) == (Shape.NUMBER, 3, 5)
    assert (mark.shape, mark.start, mark.end) == (Shape.MARK, 6, 7)


@given(st.text(alphabet=st.characters()))
def test_every_sign_of_the_folded_text_is_in_a_lexeme_or_a_blank(text: str) -> None:
    folded = normalise_input(text)
    lexemes = scan(folded)

    assert folded.replace(ODD, "0").replace("\n", " ").isascii()
    assert "".join(lexeme.text for lexeme in lexemes) == folded.replace(" ", "")
    assert all(folded[lexeme.start : lexeme.end] == lexeme.text for lexeme in lexemes)
