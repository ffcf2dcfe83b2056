"""The words of an SMS: runs between spaces, with the tokens and lexemes that they hold."""

import pytest

from menus.reading.scanned import lexemes_of_words, tokens_of_words, words_after
from tests.menus.reading.scanning import brief, scanned


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        (
            "ETAT Kola 03",
            0,
            [("ETAT", "command ETAT"), ("KOLA", "unknown KOLA"), ("03", "number 03")],
        ),
        ("ETAT (Kola), mars.", 4, [("KOLA", "unknown KOLA"), ("MARS", "month MARS")]),
        ("ETAT 7K4", 4, [("7K4", "number 7, filler K, number 4")]),
        ("ETAT N'Debou-ba", 4, [("N'DEBOU-BA", "filler N', unknown DEBOU, mark -, filler BA")]),
        ("ETAT ... , ba", 4, [("BA", "filler BA")]),
        ("ETAT", 4, []),
    ],
)
def test_words_and_their_tokens(text: str, start: int, words: list[tuple[str, str]]) -> None:
    sms = scanned(text)
    found = words_after(sms, start, {token.start for token in sms.tokens})
    assert [(word.text, brief(word.tokens)) for word in found] == words


def test_only_words_with_a_kept_token_are_found() -> None:
    sms = scanned("ETAT Kola 03/26 Ba")
    kept = {token.start for token in sms.tokens if token.text in ("KOLA", "26")}
    assert [word.text for word in words_after(sms, 0, kept)] == ["KOLA", "03/26"]


def test_tokens_and_lexemes_of_words_in_order() -> None:
    sms = scanned("ref 14mois Fille")
    words = words_after(sms, 3, {token.start for token in sms.tokens})
    assert brief(tokens_of_words(words)) == "number 14, time MOIS, unit FILLE"
    assert [lexeme.text for lexeme in lexemes_of_words(words)] == ["14", "MOIS", "FILLE"]
