"""Commands: find out whether a message is a command, and which one.

A word that commands in one message is a mere word in the next (`pour le mois de mars`, `suite
du rapport`), so its place decides. A message with a code and its number is a report, whatever
word it begins with, unless the keyword takes codes and numbers (`keywords.toml`: report).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from menus.model.arguments import Place
from menus.model.catalogue import Catalogue
from menus.model.command import COR, NON, OUI, POUR, Command, ReportUse
from menus.reading.mistyped_commands import command_near, receipt_spelt_out
from menus.reading.named_site import site_after
from menus.reading.plain_command import CommandSaid, has_name, plain_command
from menus.reading.scanned import Scanned
from menus.reading.tokens import LEADING, Kind, Token, forms_named
from menus.reading.vocabulary import Vocabulary
from menus.reading.yes_no import answer_in

_BEFORE_COMMAND: Final = frozenset({Kind.KEYWORD, Kind.MONTH, Kind.NUMBER, Kind.FILLER})


def command_in(scanned: Scanned, vocabulary: Vocabulary) -> CommandSaid | None:
    """Return the command that a message is; None when it is a report or mere words."""
    if any(token.kind is Kind.COMMAND for token in scanned.tokens):
        return _exact(scanned, vocabulary)
    return receipt_spelt_out(scanned.tokens, vocabulary) or command_near(scanned, vocabulary)


def _exact(
    scanned: Scanned, vocabulary: Vocabulary, outside: frozenset[str] = frozenset()
) -> CommandSaid | None:
    """Return the command that a message names without a slip; None without one.

    `outside` are the commands that it stands within (COR, POUR), which never stand twice.
    """
    tokens = scanned.tokens
    answer = answer_in(tokens)
    if answer:
        return CommandSaid(answer, forms=forms_named(tokens), personal=has_name(tokens))
    at = _place(tokens, vocabulary.catalogue)
    if at is None or tokens[at].means in outside:
        return None
    command = vocabulary.catalogue.commands[tokens[at].means]
    if command.keyword == COR:
        return _correction(scanned, at, vocabulary, outside)
    if command.keyword == POUR:
        return _for_site(scanned, at, vocabulary, outside)
    if command.report is ReportUse.QUANTITIES:
        return CommandSaid(command.keyword, report=[*tokens[:at], *tokens[at + 1 :]])
    return plain_command(scanned, at, command, vocabulary)


def _place(tokens: Sequence[Token], catalogue: Catalogue) -> int | None:
    """Return the place of the token that makes the message a command; None without one.

    It comes first, except for greetings, or after a form's keyword and month (`PEC mars RAS`).
    `COR` may come after other words too, as long as no code was given before it.
    """
    has_pairs = _has_pairs(tokens)
    leading, named, alone = True, False, True
    for at, token in enumerate(tokens):
        if token.kind is Kind.COMMAND and _commands_here(
            catalogue.commands[token.means],
            alone=alone,
            has_pairs=has_pairs,
            may_start=leading or named,
        ):
            return at
        if token.kind is Kind.CODE:
            return None
        named |= token.kind is Kind.KEYWORD
        leading &= token.kind in LEADING or token.means in (OUI, NON)
        alone &= leading or token.kind in _BEFORE_COMMAND
    return None


def _commands_here(command: Command, *, alone: bool, has_pairs: bool, may_start: bool) -> bool:
    """Return whether a command's keyword commands at its place in the message.

    `may_start` tells that it comes first, except for greetings, or after a form's keyword;
    `alone` that only months, numbers and everyday words stand between. `has_pairs` tells that a
    code with its number stands in the message.
    """
    if command.keyword == COR:
        return True
    if not (alone and may_start) or command.keyword in (OUI, NON):
        return False
    return not has_pairs or command.report is not ReportUse.NONE


def _has_pairs(tokens: Sequence[Token]) -> bool:
    return any(
        first.kind is Kind.CODE and second.kind is Kind.NUMBER for first, second in pairwise(tokens)
    )


def _correction(
    scanned: Scanned, at: int, vocabulary: Vocabulary, outside: frozenset[str]
) -> CommandSaid:
    """Return COR with its report, or the command with which it stands (POUR, RAS, ANNULE)."""
    rest = [*scanned.tokens[:at], *scanned.tokens[at + 1 :]]
    within = _exact(scanned._replace(tokens=rest), vocabulary, outside | {COR})
    if within is not None and within.command == POUR:
        return within._replace(within=within.within or COR)
    if within is not None and vocabulary.catalogue.commands[within.command].within_pour:
        return within
    return CommandSaid(COR, report=rest)


def _for_site(
    scanned: Scanned, at: int, vocabulary: Vocabulary, outside: frozenset[str]
) -> CommandSaid | None:
    """Return POUR with the site named after it; None where it is a mere word.

    `pour le mois de mars` begins a plain report.
    """
    site = site_after(scanned.text, scanned.tokens, at)
    if site is None:
        return None
    rest = [*scanned.tokens[:at], *scanned.tokens[site.end :]]
    within = _exact(scanned._replace(tokens=rest), vocabulary, outside | {POUR})
    place = Place(site.words)
    if within is None or not vocabulary.catalogue.commands[within.command].within_pour:
        return CommandSaid(POUR, place, report=rest)
    return within._replace(command=POUR, arguments=place, within=within.command)
