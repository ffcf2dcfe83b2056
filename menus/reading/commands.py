"""Whether a message is a command, which one, and what stands beside it.

A word that commands in one message is a mere word in the next (`pour le mois de mars`, `suite
du rapport`), so where it stands decides. What has a code with its number is a report, whatever
word it begins with, unless the keyword takes codes and numbers (`keywords.toml`: report).
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from menus.model.arguments import Arguments, Place
from menus.model.catalogue import Catalogue
from menus.model.command import COR, NON, OUI, POUR, RCU, ArgumentKind, Command, ReportUse
from menus.model.problem import Problem
from menus.model.reading import MonthSaid
from menus.reading import month_numbers, months
from menus.reading.arguments import READERS, Beside, receipt_unlike_a_month
from menus.reading.named_site import site_after
from menus.reading.pairing import ask
from menus.reading.scanned import Scanned, words_after
from menus.reading.stock_words import DAYS
from menus.reading.tokens import Kind, Token, forms_named
from menus.reading.vocabulary import Vocabulary
from menus.reading.yes_no import answer_in

# What many write for RCU begins a message about stock received, never a report.
_RECEIVED: Final = frozenset({"RECU", "RECUE"})
_LEADING: Final = frozenset({Kind.MARK, Kind.GREETING})
_SPEECH: Final = _LEADING | {Kind.FILLER}
_BEFORE_PRODUCT: Final = _SPEECH | {Kind.NUMBER}
_BEFORE_COMMAND: Final = frozenset({Kind.KEYWORD, Kind.MONTH, Kind.NUMBER, Kind.FILLER})


class CommandSaid(NamedTuple):
    """A command as it was said.

    `report` are the tokens of the codes and numbers that it takes, None when it takes none.
    `within` is the command inside POUR: COR, RAS or ANNULE.
    """

    command: str
    arguments: Arguments | None = None
    report: list[Token] | None = None
    month: MonthSaid | None = None
    forms: tuple[str, ...] = ()
    within: str = ""
    problems: tuple[Problem, ...] = ()
    personal: bool = False


def command_in(scanned: Scanned, vocabulary: Vocabulary) -> CommandSaid | None:
    """Return the command that a message is; None when it is a report or mere words."""
    if any(token.kind is Kind.COMMAND for token in scanned.tokens):
        return _exact(scanned, vocabulary)
    return _spelt_out(scanned.tokens, vocabulary) or _mistyped(scanned, vocabulary)


def _exact(
    scanned: Scanned, vocabulary: Vocabulary, outside: frozenset[str] = frozenset()
) -> CommandSaid | None:
    """The command, or the one inside of the commands `outside`, which never stand twice."""
    tokens = scanned.tokens
    answer = answer_in(tokens)
    if answer:
        return CommandSaid(answer, forms=forms_named(tokens), personal=_has_name(tokens))
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
    return _plain(scanned, at, command, vocabulary)


def _place(tokens: Sequence[Token], catalogue: Catalogue) -> int | None:
    """Where the command stands that the message is.

    It comes first, but for greetings, or after a form's keyword and month (`PEC mars RAS`).
    `COR` may come after other words too, as long as no number was given before it.
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
        leading &= token.kind in _LEADING or token.means in (OUI, NON)
        alone &= leading or token.kind in _BEFORE_COMMAND
    return None


def _commands_here(command: Command, *, alone: bool, has_pairs: bool, may_start: bool) -> bool:
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
    """POUR, when the name of a site follows; `pour le mois de mars` begins a plain report."""
    site = site_after(scanned.text, scanned.tokens, at)
    if site is None:
        return None
    rest = [*scanned.tokens[:at], *scanned.tokens[site.end :]]
    within = _exact(scanned._replace(tokens=rest), vocabulary, outside | {POUR})
    place = Place(site.words)
    if within is None or not vocabulary.catalogue.commands[within.command].within_pour:
        return CommandSaid(POUR, place, report=rest)
    return within._replace(command=POUR, arguments=place, within=within.command)


def _plain(scanned: Scanned, at: int, command: Command, vocabulary: Vocabulary) -> CommandSaid:
    """Any other command, with the month and the words that stand beside it."""
    others = [*scanned.tokens[:at], *scanned.tokens[at + 1 :]]
    end = scanned.tokens[at].end
    if command.arguments is ArgumentKind.RECEIPT_OR_PLACE and not _has_month_word(others):
        every_word = words_after(scanned, end, {token.start for token in others})
        receipt = receipt_unlike_a_month(every_word)
        if receipt is not None:
            return CommandSaid(command.keyword, receipt)
    days = _days_among(others) if command.arguments is ArgumentKind.PRODUCTS else []
    month, unclear, beside = _month_beside([one for one in others if one not in days], command)
    words = words_after(scanned, end, {token.start for token in (*beside, *days)})
    return CommandSaid(
        command.keyword,
        READERS[command.arguments](Beside(words, vocabulary)),
        month=month,
        forms=forms_named(others),
        problems=(ask("month_unclear"),) if unclear else (),
        personal=_has_name(others) and not command.takes_month,
    )


def _month_beside(
    tokens: list[Token], command: Command
) -> tuple[MonthSaid | None, bool, list[Token]]:
    """The month said beside a command, whether it is unclear, and the words that are not it."""
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


def _days_among(tokens: Sequence[Token]) -> list[Token]:
    """The numbers that belong to days (`3 jours`, `0J3`) and so to no month."""
    found = []
    for before, token in pairwise(tokens):
        if token.kind is Kind.NUMBER and before.text in DAYS:
            found.append(token)
        if before.kind is Kind.NUMBER and token.text in DAYS:
            found.append(before)
    return found


def _has_month_word(tokens: Iterable[Token]) -> bool:
    return any(token.kind is Kind.MONTH for token in tokens)


def _has_name(tokens: Iterable[Token]) -> bool:
    return any(token.kind is Kind.NAME for token in tokens)


def _mistyped(scanned: Scanned, vocabulary: Vocabulary) -> CommandSaid | None:
    """A command one slip away, where no number hangs on it; other ones are proposed.

    Any code in the message, and a command that would confirm, validate or send, make it a
    question. A report that begins with a mistyped POUR must not become the sender's own.
    """
    tokens, commands = scanned.tokens, vocabulary.catalogue.commands
    at = next((i for i, token in enumerate(tokens) if token.kind not in _LEADING), None)
    if at is None or tokens[at].kind is not Kind.UNKNOWN:
        return None
    typed = tokens[at].text
    received = _product_follows(tokens, at, vocabulary)
    exact = vocabulary.catalogue.keyword_of.get(_squeezed(typed))
    near = [exact] if exact else vocabulary.speller.commands_near(_squeezed(typed))
    for_site = POUR in near and site_after(scanned.text, tokens, at) is not None
    if for_site or (received and RCU in near):
        return _proposed(typed, POUR if for_site else RCU)
    has_codes = any(token.kind is Kind.CODE for token in tokens)
    if len(near) != 1 or has_codes:
        return None
    command = commands.get(near[0])
    if command is None or command.report is ReportUse.FILLS:
        return None
    if command.forgiving:
        return _plain(scanned, at, command, vocabulary)
    return _proposed(typed, near[0])


def _spelt_out(tokens: Sequence[Token], vocabulary: Vocabulary) -> CommandSaid | None:
    """`j'ai recu 20 ENF`: a product was received, with nothing but speech before it."""
    speech = takewhile(lambda entry: entry[1].kind in _SPEECH, enumerate(tokens))
    at = next((place for place, token in speech if token.text in _RECEIVED), None)
    if at is None or not _product_follows(tokens, at, vocabulary):
        return None
    return _proposed(tokens[at].text, RCU)


def _product_follows(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a product's code stands next, so that its number is no count of what is left."""
    after = next((token for token in tokens[at + 1 :] if token.kind not in _BEFORE_PRODUCT), None)
    return after is not None and vocabulary.units.get(after.means) is not None


def _squeezed(text: str) -> str:
    """`OUIII` as `OUII`: of a letter held down too long, one too many is left."""
    kept = text[:2]
    for letter in text[2:]:
        if not kept.endswith(letter * 2):
            kept += letter
    return kept


def _proposed(typed: str, near: str) -> CommandSaid:
    return CommandSaid("", problems=(ask("command_near", typed=typed, near=near),))
