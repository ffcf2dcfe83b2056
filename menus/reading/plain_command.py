"""Plain command: read the arguments and the month of a command that takes no report."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from menus.model.arguments import Arguments
from menus.model.command import ArgumentKind, Command
from menus.model.problem import Problem
from menus.model.reading import MonthSaid
from menus.reading import month_numbers, months
from menus.reading.arguments import READERS, Beside, receipt_unlike_a_month
from menus.reading.pairing import ask
from menus.reading.scanned import Scanned, words_after
from menus.reading.stock_words import DAYS
from menus.reading.tokens import Kind, Token, forms_named
from menus.reading.vocabulary import Vocabulary


class CommandSaid(NamedTuple):
    """A command as a message says it.

    `command` is its keyword, empty when the message is none and `problems` ask for it. `report`
    are the tokens of the codes and numbers that it takes, None when it takes none. `forms` are
    the forms named beside it. `within` is the command inside POUR: COR, RAS or ANNULE.
    `personal` tells that a name stands beside it.
    """

    command: str
    arguments: Arguments | None = None
    report: list[Token] | None = None
    month: MonthSaid | None = None
    forms: tuple[str, ...] = ()
    within: str = ""
    problems: tuple[Problem, ...] = ()
    personal: bool = False


def plain_command(
    scanned: Scanned, at: int, command: Command, vocabulary: Vocabulary
) -> CommandSaid:
    """Return the command at a place, with the month and the words that stand beside it."""
    others = [*scanned.tokens[:at], *scanned.tokens[at + 1 :]]
    end = scanned.tokens[at].end
    if command.arguments is ArgumentKind.RECEIPT_OR_PLACE and not _has_month_word(others):
        every_word = words_after(scanned, end, {token.start for token in others})
        receipt = receipt_unlike_a_month(every_word)
        if receipt is not None:
            return CommandSaid(command.keyword, receipt)
    days = _starts_of_days(others) if command.arguments is ArgumentKind.PRODUCTS else set()
    undated = [token for token in others if token.start not in days]
    month, unclear, beside = _month_beside(undated, command)
    words = words_after(scanned, end, {token.start for token in beside} | days)
    return CommandSaid(
        command.keyword,
        READERS[command.arguments](Beside(words, vocabulary)),
        month=month,
        forms=forms_named(others),
        problems=(ask("month_unclear"),) if unclear else (),
        personal=has_name(others) and not command.takes_month,
    )


def has_name(tokens: Iterable[Token]) -> bool:
    """Return whether a person's name was typed."""
    return any(token.kind is Kind.NAME for token in tokens)


def _month_beside(
    tokens: list[Token], command: Command
) -> tuple[MonthSaid | None, bool, list[Token]]:
    """Return the month beside a command, whether it is unclear, and the tokens that are not it.

    Greetings are left out of the tokens.
    """
    if not command.takes_month:
        return None, False, [token for token in tokens if token.kind is not Kind.GREETING]
    said, rest = months.take_words(tokens)
    digits = month_numbers.take(rest)
    month, differ = months.agreed([*said, *digits.months])
    left = {token.start for token in digits.rest}
    beside = [
        token
        for token in rest
        if token.kind is not Kind.GREETING
        and (token.kind is not Kind.NUMBER or token.start in left)
    ]
    return month, differ or digits.unclear, beside


def _starts_of_days(tokens: Sequence[Token]) -> set[int]:
    """Return where the numbers start that belong to days (`3 jours`, `0J3`) and so to no month."""
    found = set()
    for before, token in pairwise(tokens):
        if token.kind is Kind.NUMBER and before.text in DAYS:
            found.add(token.start)
        if before.kind is Kind.NUMBER and token.text in DAYS:
            found.add(before.start)
    return found


def _has_month_word(tokens: Iterable[Token]) -> bool:
    return any(token.kind is Kind.MONTH for token in tokens)
