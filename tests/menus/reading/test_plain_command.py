"""A command without a report: its arguments, its month, and the forms named beside it."""

import pytest

from menus.model.arguments import (
    Arguments,
    LanguageChoice,
    Place,
    Products,
    ReceiptNumber,
    ReferralOutcome,
    Topic,
)
from menus.model.reading import MonthSaid
from menus.reading.pairing import ask
from menus.reading.plain_command import CommandSaid, has_name, plain_command
from menus.reading.tokens import Kind
from tests.menus.reading.scanning import CATALOGUE, VOCABULARY, scanned, tokens_in

MARCH = MonthSaid(3)


def said(text: str) -> CommandSaid:
    """Return the first command of a text, read as a plain one."""
    sms = scanned(text)
    at = next(at for at, token in enumerate(sms.tokens) if token.kind is Kind.COMMAND)
    command = CATALOGUE.commands[sms.tokens[at].means]
    return plain_command(sms, at, command, VOCABULARY)


@pytest.mark.parametrize(
    ("text", "arguments", "month"),
    [
        ("ETAT", Place(), None),
        ("ETAT 03", Place(), MARCH),
        ("ETAT KOLA mars 2026", Place(("KOLA",)), MonthSaid(3, 2026)),
        ("bonjour ETAT KOLA merci", Place(("KOLA",)), None),
        ("ETAT 2347", ReceiptNumber("2347"), None),
        ("ETAT 0326", Place(), MonthSaid(3, 2026)),
        ("VAL KOLA 3", Place(("KOLA",)), MARCH),
        ("RUPT ENF 3 jours", Products({"ENF": 3}), None),
        ("RUPT ENF 0J3 mars", Products({"ENF": 3}), MARCH),
        ("RUPT 3", Products(), MARCH),
        ("LANGUE BM", LanguageChoice("bm"), None),
        ("PARTI 4721", ReferralOutcome("4721"), None),
        ("SUITE", None, None),
    ],
)
def test_arguments_and_month(
    text: str, arguments: Arguments | None, month: MonthSaid | None
) -> None:
    found = said(text)
    assert (found.arguments, found.month, found.problems, found.report) == (
        arguments,
        month,
        (),
        None,
    )


@pytest.mark.parametrize(
    ("text", "arguments", "month"),
    [
        ("ETAT 03 04", Place(("04",)), MARCH),
        ("ETAT mars avril", Place(), None),
        ("ETAT 2347 mars", ReceiptNumber("2347"), MARCH),
    ],
)
def test_two_months_are_asked(text: str, arguments: Arguments, month: MonthSaid | None) -> None:
    found = said(text)
    assert (found.arguments, found.month) == (arguments, month)
    assert found.problems == (ask("month_unclear"),)


@pytest.mark.parametrize(
    ("text", "forms"), [("RAS", ()), ("PEC mars RAS", ("PEC",)), ("PEC RAS NUT", ("PEC", "NUT"))]
)
def test_forms_beside_a_command(text: str, forms: tuple[str, ...]) -> None:
    assert said(text).forms == forms


@pytest.mark.parametrize(
    ("text", "arguments", "personal"),
    [
        ("AIDE Awa", Topic("AWA"), True),
        ("AIDE merci", Topic(), False),
        ("ETAT Awa", Place(("AWA",)), False),
    ],
)
def test_a_name_is_personal_but_for_a_place(
    text: str, arguments: Arguments, personal: bool
) -> None:
    found = said(text)
    assert (found.arguments, found.personal) == (arguments, personal)


@pytest.mark.parametrize(("text", "expected"), [("oui Awa", True), ("oui merci", False)])
def test_a_name_is_seen(text: str, expected: bool) -> None:
    assert has_name(tokens_in(text)) is expected
