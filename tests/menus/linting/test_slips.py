"""The check of near words: every pair that may be mistyped is accepted, or a fault."""

from dataclasses import replace

import pytest

from menus.linting.slips import nearness, slip_faults
from menus.loading.loader import load
from menus.model.catalogue import Catalogue
from menus.model.command import Command
from menus.model.programme import NearWords

CATALOGUE = load()


def with_word(word: str) -> Catalogue:
    """Return the shipped catalogue with another command."""
    commands = {**CATALOGUE.commands, word: Command(word, ("asc",), "help_aide")}
    keywords = {**CATALOGUE.keyword_of, word: word}
    return replace(CATALOGUE, commands=commands, keyword_of=keywords)


def with_near(*near: NearWords) -> Catalogue:
    return replace(CATALOGUE, programme=replace(CATALOGUE.programme, near=near))


def test_the_shipped_catalogue_names_every_pair() -> None:
    assert slip_faults(CATALOGUE) == []
    assert len(CATALOGUE.programme.near) > 5
    assert all(near.why for near in CATALOGUE.programme.near)


@pytest.mark.parametrize(
    ("word", "neighbour", "how"),
    [
        ("TEL", "SEL (STK)", "are one slip apart"),
        ("SLE", "SEL (STK)", "are one slip apart"),
        ("SELL", "SEL (STK)", "are one slip apart"),
        ("TON", "VNN (SMI)", "are typed with the same telephone keys"),
        ("TDO", "TDP (PEC POS)", "are one slip apart"),
        ("PEK", "PEC (form)", "are one slip apart"),
        ("CORX", "CORR (command COR)", "are one slip apart"),
    ],
)
def test_a_new_word_near_another_is_a_fault(word: str, neighbour: str, how: str) -> None:
    new = f"{word} (command)"
    either = (f"{new} and {neighbour} {how}: ", f"{neighbour} and {new} {how}: ")
    found = slip_faults(with_word(word))
    assert any(told.startswith(either) for told in found)
    assert all(new in told for told in found)


def test_a_word_far_from_all_is_none() -> None:
    assert slip_faults(with_word("BONJOUR")) == []


def test_an_alias_may_be_near_its_own_code() -> None:
    assert nearness("SRZ", "SRO") == "are one slip apart"
    assert not any("SRZ" in near.words for near in CATALOGUE.programme.near)


@pytest.mark.parametrize("dropped", range(len(CATALOGUE.programme.near)))
def test_every_accepted_group_is_needed(dropped: int) -> None:
    near = CATALOGUE.programme.near
    words = near[dropped].words
    found = slip_faults(with_near(*near[:dropped], *near[dropped + 1 :]))
    assert found
    assert all(sum(f"{word} (" in told for word in words) == 2 for told in found)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("MAM", "XYZ"), "programme.toml: near: XYZ is no word of the language"),
        (("MAM", "BEB"), "programme.toml: near: BEB is near none of the others in MAM BEB"),
    ],
)
def test_an_excuse_that_excuses_nothing_is_a_fault(words: tuple[str, ...], fault: str) -> None:
    near = (*CATALOGUE.programme.near, NearWords(words, "because"))
    assert fault in slip_faults(with_near(*near))
