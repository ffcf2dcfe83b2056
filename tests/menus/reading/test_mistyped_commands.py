"""Mistyped commands: obeyed where that does no harm, proposed elsewhere, or none at all."""

import pytest

from menus.model.arguments import Arguments, Place, Topic
from menus.reading.mistyped_commands import command_near, receipt_spelt_out
from menus.reading.pairing import ask
from menus.reading.plain_command import CommandSaid
from tests.menus.reading.scanning import VOCABULARY, scanned, tokens_in


def proposed(typed: str, near: str) -> CommandSaid:
    return CommandSaid("", problems=(ask("command_near", typed=typed, near=near),))


@pytest.mark.parametrize(
    ("text", "command", "arguments"),
    [
        ("ANULE", "ANNULE", None),
        ("bonjour ANULE", "ANNULE", None),
        ("aidde PEC", "AIDE", Topic("PEC")),
        ("ETATT KOLA", "ETAT", Place(("KOLA",))),
    ],
)
def test_a_forgiving_command_is_obeyed(
    text: str, command: str, arguments: Arguments | None
) -> None:
    found = command_near(scanned(text), VOCABULARY)
    assert found is not None
    assert (found.command, found.arguments, found.problems) == (command, arguments, ())


@pytest.mark.parametrize(
    ("text", "typed", "near"),
    [
        ("OUII", "OUII", "OUI"),
        ("ouiiiii", "OUIIIII", "OUI"),
        ("NNON", "NNON", "NON"),
        ("RELANC", "RELANC", "RELANCE"),
        ("POUUR KOLA VUS 4", "POUUR", "POUR"),
        ("POR", "POR", "POUR"),
        ("RCV ENF 20", "RCV", "RCU"),
        ("RCV 20", "RCV", "RCU"),
    ],
)
def test_any_other_command_is_proposed(text: str, typed: str, near: str) -> None:
    assert command_near(scanned(text), VOCABULARY) == proposed(typed, near)


@pytest.mark.parametrize(
    "text", ["", "merci KOLA", "XYZ", "COM", "PCE", "CORE", "ANULE VUS 4", "VUS 4 ANULE", "RAPORT"]
)
def test_no_command_is_near(text: str) -> None:
    assert command_near(scanned(text), VOCABULARY) is None


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("recu ENF 20", "RECU"),
        ("j'ai recu 20 ENF", "RECU"),
        ("Bonjour, nous avons bien recue du ENF", "RECUE"),
    ],
)
def test_a_receipt_that_is_spelt_out_is_proposed(text: str, typed: str) -> None:
    assert receipt_spelt_out(tokens_in(text), VOCABULARY) == proposed(typed, "RCU")


@pytest.mark.parametrize(
    "text", ["recu", "recu VUS 4", "recue merci", "PEC recu ENF", "Awa recu ENF"]
)
def test_recu_may_be_a_mere_word(text: str) -> None:
    assert receipt_spelt_out(tokens_in(text), VOCABULARY) is None
