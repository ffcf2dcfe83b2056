"""What is composed on USSD screens becomes the reading of the SMS that says the same."""

from collections.abc import Iterator
from itertools import product

import pytest

from menus.model.arguments import Place
from menus.model.reading import MonthSaid, Reading
from menus.reading.chosen import reading_of
from menus.reading.parser import read
from tests.menus.reading.scanning import CATALOGUE

ITEMS = {
    f"{'+'.join(menu.roles)} {item.digit} {item.command}": item
    for menu in CATALOGUE.ussd.menus
    for item in menu.items
    if item.command
}
PRODUCTS = tuple(
    field.code for form in CATALOGUE.forms.values() for field in form.fields if field.product
)
SITES = ("KOLA", "TENE")
MONTHS = tuple(map(str, range(1, 13)))
LISTS = {"products": PRODUCTS, "sites": SITES, "months": MONTHS}


def answers(item: str) -> Iterator[tuple[str, ...]]:
    """Yield the answers to the questions of an item: each choice, and numbers at the limits."""
    offered: list[tuple[str, ...]] = []
    for question in ITEMS[item].questions:
        single = tuple(choice.value for choice in question.choices)
        single += LISTS.get(question.listed, ())
        if question.high:
            limits = (question.low, question.low + 1, question.high - 1, question.high)
            single += tuple(map(str, limits))
        several = (" ".join(single[:2]), " ".join(single)) if question.many else ()
        offered.append(single + several)
    yield from product(*offered)


def listed(item: str, words: tuple[str, ...]) -> dict[str, str]:
    """Return the answers that were chosen from a list, by the kind of list."""
    return {
        question.listed: word
        for question, word in zip(ITEMS[item].questions, words, strict=True)
        if question.listed
    }


def test_the_menus_compose_these_commands() -> None:
    assert sorted({item.command for item in ITEMS.values()}) == [
        "AIDE", "ETAT", "LANGUE", "MANQ", "REF", "RUPT", "SUIVI", "VAL",
    ]  # fmt: skip


@pytest.mark.parametrize("item", ITEMS)
def test_a_command_reads_as_its_sms(item: str) -> None:
    command = ITEMS[item].command
    for words in answers(item):
        chosen = listed(item, words)
        site, month = chosen.get("sites", ""), int(chosen.get("months", 0))
        by_sms = read(" ".join((command, *words)), CATALOGUE)
        on_screen = reading_of(command, words, CATALOGUE, site=site, month=month)

        assert (on_screen.command, on_screen.month) == (command, by_sms.month)
        if site:
            # A site of a list is known by its code, which no name can be taken for.
            assert (by_sms.arguments, on_screen.arguments) == (Place((site,)), Place(chosen=site))
        else:
            assert on_screen == by_sms


def test_a_site_of_a_list_is_never_taken_for_a_name_or_a_month() -> None:
    reading = reading_of("VAL", ("03", "4"), CATALOGUE, site="03", month=4)
    assert reading == Reading(command="VAL", arguments=Place(chosen="03"), month=MonthSaid(4))


def test_an_unknown_keyword_is_an_error() -> None:
    with pytest.raises(KeyError):
        reading_of("XYZ", (), CATALOGUE)
