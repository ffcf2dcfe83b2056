"""Everyday words: in the form in which they are looked up, and in no two lists that clash."""

import pytest

from menus.reading import everyday_words
from menus.reading.lexer import normalise_input
from tests.menus.reading.scanning import CATALOGUE

LISTS = {
    name: words for name, words in vars(everyday_words).items() if isinstance(words, frozenset)
}
KINDS = ("GREETINGS", "FILLERS", "UNITS", "PACKS", "TIMES", "NAMES")
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@pytest.mark.parametrize("name", LISTS)
def test_words_are_upper_case_without_accents(name: str) -> None:
    assert {word for word in LISTS[name] if not PLAIN.issuperset(word)} == set()
    assert {word for word in LISTS[name] if normalise_input(word).upper() != word} == set()


def test_every_list_of_kinds_is_known() -> None:
    others = {"YES", "SENTENCE", "TAKING_BACK", "DETERMINERS", "HOMONYMS", "FOOTERS"}
    assert LISTS.keys() == {*KINDS, *others}


@pytest.mark.parametrize("name", [name for name in KINDS if name != "NAMES"])
def test_a_known_name_is_no_everyday_word(name: str) -> None:
    assert everyday_words.NAMES & LISTS[name] == frozenset()


def test_homonyms_are_codes_and_names_are_none() -> None:
    assert CATALOGUE.code_of.keys() >= everyday_words.HOMONYMS
    assert not everyday_words.NAMES & (CATALOGUE.code_of.keys() | CATALOGUE.keyword_of.keys())


def test_words_of_a_sentence_are_everyday_words_or_codes_that_are_french() -> None:
    french = everyday_words.FILLERS | everyday_words.HOMONYMS
    assert french >= everyday_words.SENTENCE | everyday_words.TAKING_BACK
