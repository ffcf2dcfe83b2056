"""Commands: whether a message is one, which, and what stands beside it.

A word that commands in one message is a mere word in the next (`pour le mois de mars`, `suite
du rapport`), so where it stands decides. What has a code with its number is a report, whatever
word it begins with, except for `COR` and `POUR`, which say what to do with that report.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from menus.model.problem import Problem
from menus.model.reading import MonthSaid
from menus.reading import month_numbers, months
from menus.reading.everyday_words import FILLERS
from menus.reading.pairing import ask
from menus.reading.site_names import site_after
from menus.reading.tokens import Kind, Token
from menus.reading.vocabulary import Vocabulary
from menus.reading.yes_no import ANSWERS, answer_in

# What follows these may be codes and numbers of their own, and no report.
_OWN_PAIRS: Final = frozenset({"RCU", "RUPT", "REF", "CRF"})
_WITH_REPORT: Final = frozenset({"COR", "POUR"})
# What many write for it begins a message about stock received, never a report.
_RECEIVED: Final = "RCU"
_SPELT_OUT: Final = frozenset({"RECU", "RECUE"})
_INSIDE_POUR: Final = frozenset({"COR", "RAS", "ANNULE"})
_WITH_MONTH: Final = frozenset(
    {"RAS", "ANNULE", "ETAT", "VAL", "MANQ", "RELANCE", "RUPT", "SUIVI", "COMMANDE"}
)
# A mistyped one of these is obeyed: it changes nothing, or asks before it does.
_HARMLESS: Final = frozenset(
    {"AIDE", "ETAT", "LANGUE", "RAS", "ANNULE", "MANQ", "RUPT", "SUIVI", "SUITE", "COMMANDE"}
)
_LEADING: Final = frozenset({Kind.MARK, Kind.GREETING})
_SPEECH: Final = _LEADING | {Kind.FILLER}
_BEFORE_PRODUCT: Final = _SPEECH | {Kind.NUMBER}
_BEFORE_COMMAND: Final = frozenset({Kind.KEYWORD, Kind.MONTH, Kind.NUMBER, Kind.FILLER})
_ARTICLES: Final = frozenset({"LE", "LA", "SITE", "DE", "DU", "ASC", "POUR", "SUR"})
_DAYS: Final = frozenset({"J", "JOUR", "JOURS", "JRS"})
_PARTS: Final = re.compile(r"[A-Z0-9]+")
# A receipt is four signs, the first a digit other than 0 and 1, with which months begin.
_RECEIPT: Final = re.compile(r"[2-9][A-Z0-9]{3}")


class Order(NamedTuple):
    """A command; `report` are the tokens of codes and numbers beside it: COR, POUR, RCU."""

    command: str
    arguments: tuple[str, ...] = ()
    report: list[Token] | None = None
    month: MonthSaid | None = None
    forms: tuple[str, ...] = ()
    inner: str = ""
    problems: tuple[Problem, ...] = ()
    personal: bool = False


def order_in(folded: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> Order | None:
    """The command that this message is, or None when it is a report or mere words."""
    if any(token.kind is Kind.COMMAND for token in tokens):
        return _exact(folded, tokens)
    return _spelt_out(tokens, vocabulary) or _mistyped(folded, tokens, vocabulary)


def forms_named(tokens: Iterable[Token]) -> tuple[str, ...]:
    """The keywords of the forms named, each once."""
    return tuple(dict.fromkeys(one.means for one in tokens if one.kind is Kind.KEYWORD))


def _exact(
    folded: str, tokens: Sequence[Token], outside: frozenset[str] = frozenset()
) -> Order | None:
    """The command, or the one inside of the commands `outside`, which never stand twice."""
    answer = answer_in(tokens)
    if answer:
        return Order(answer, forms=forms_named(tokens), personal=_has_name(tokens))
    at = _place(tokens)
    command = "" if at is None else tokens[at].means
    if at is None or command in outside:
        return None
    if command == "COR":
        return _correction(folded, tokens, at, outside)
    if command == "POUR":
        return _for_site(folded, tokens, at, outside)
    if command == _RECEIVED:
        return Order(command, report=[*tokens[:at], *tokens[at + 1 :]])
    return _plain(folded, tokens, at, command)


def _place(tokens: Sequence[Token]) -> int | None:
    """Where the command stands that the message is.

    It comes first, but for greetings, or after a form's keyword and month (`PEC mars RAS`).
    `COR` may come after other words too, as long as no number was given before it.
    """
    has_pairs = _has_pairs(tokens)
    leading, named, alone = True, False, True
    for at, token in enumerate(tokens):
        if token.kind is Kind.COMMAND and _commands_here(
            token, alone=alone, has_pairs=has_pairs, may_start=leading or named
        ):
            return at
        if token.kind is Kind.CODE:
            return None
        named |= token.kind is Kind.KEYWORD
        leading &= token.kind in _LEADING or token.means in ANSWERS
        alone &= leading or token.kind in _BEFORE_COMMAND
    return None


def _commands_here(token: Token, *, alone: bool, has_pairs: bool, may_start: bool) -> bool:
    if token.means == "COR":
        return True
    if not (alone and may_start) or token.means in ANSWERS:
        return False
    return not has_pairs or token.means in _OWN_PAIRS or token.means in _WITH_REPORT


def _has_pairs(tokens: Sequence[Token]) -> bool:
    return any(one.kind is Kind.CODE and two.kind is Kind.NUMBER for one, two in pairwise(tokens))


def _correction(folded: str, tokens: Sequence[Token], at: int, outside: frozenset[str]) -> Order:
    rest = [*tokens[:at], *tokens[at + 1 :]]
    within = _exact(folded, rest, outside | {"COR"})
    if within is not None and within.command == "POUR":
        return within._replace(inner=within.inner or "COR")
    if within is not None and within.command in _INSIDE_POUR:
        return within
    return Order("COR", report=rest)


def _for_site(
    folded: str, tokens: Sequence[Token], at: int, outside: frozenset[str]
) -> Order | None:
    """POUR, when the name of a site follows; `pour le mois de mars` begins a plain report."""
    site = site_after(folded, tokens, at)
    if site is None:
        return None
    rest = [*tokens[:at], *tokens[site.end :]]
    within = _exact(folded, rest, outside | {"POUR"})
    if within is None or within.command not in _INSIDE_POUR:
        return Order("POUR", site.words, report=rest)
    return within._replace(command="POUR", arguments=site.words, inner=within.command)


def _plain(folded: str, tokens: Sequence[Token], at: int, command: str) -> Order:
    """Any other command, with the month and the words that stand beside it."""
    others = [*tokens[:at], *tokens[at + 1 :]]
    words = _words_after(folded, tokens[at].end)
    if command == "ETAT" and any(map(_RECEIPT.fullmatch, words)) and not _has_month_word(others):
        receipt = next(word for word in words if _RECEIPT.fullmatch(word))
        return Order(command, (receipt,))
    days = _days_among(others) if command == "RUPT" else []
    month, unclear, beside = _month_beside([one for one in others if one not in days], command)
    beside += days
    dropped = {token.text for token in tokens} - {token.text for token in beside}
    kept = [word for word in words if not dropped.issuperset(_PARTS.findall(word))]
    if command in _WITH_MONTH:
        while kept and kept[0] in _ARTICLES:
            del kept[0]
    elif command == "AIDE":
        kept = [word for word in kept if word not in FILLERS]
    return Order(
        command,
        tuple(kept),
        month=month,
        forms=forms_named(others),
        problems=(ask("month_unclear"),) if unclear else (),
        personal=_has_name(others) and command not in _WITH_MONTH,
    )


def _month_beside(tokens: list[Token], command: str) -> tuple[MonthSaid | None, bool, list[Token]]:
    """The month said beside a command, whether it is unclear, and the words that are not it."""
    if command not in _WITH_MONTH:
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
        if token.kind is Kind.NUMBER and before.text in _DAYS:
            found.append(token)
        if before.kind is Kind.NUMBER and token.text in _DAYS:
            found.append(before)
    return found


def _has_month_word(tokens: Iterable[Token]) -> bool:
    return any(token.kind is Kind.MONTH for token in tokens)


def _words_after(folded: str, start: int) -> list[str]:
    stripped = (word.strip(".,;:!?\"'()") for word in folded[start:].upper().split())
    return [word for word in stripped if word]


def _has_name(tokens: Iterable[Token]) -> bool:
    return any(token.kind is Kind.NAME for token in tokens)


def _mistyped(folded: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> Order | None:
    """A command one slip away, where no number hangs on it; other ones are proposed.

    Any code in the message, and a command that would confirm, validate or send, make it a
    question. A report that begins with a mistyped POUR must not become the sender's own.
    """
    at = next((i for i, one in enumerate(tokens) if one.kind not in _LEADING), None)
    if at is None:
        return None
    if tokens[at].kind is not Kind.UNKNOWN:
        return None
    typed = tokens[at].text
    received = _product_follows(tokens, at, vocabulary)
    exact = vocabulary.catalogue.keyword_of.get(_squeezed(typed))
    near = [exact] if exact else vocabulary.speller.commands_near(_squeezed(typed))
    for_site = "POUR" in near and site_after(folded, tokens, at) is not None
    if for_site or (received and _RECEIVED in near):
        return _proposed(typed, "POUR" if for_site else _RECEIVED)
    has_codes = any(token.kind is Kind.CODE for token in tokens)
    if len(near) != 1 or near[0] in _WITH_REPORT or has_codes:
        return None
    if near[0] in _HARMLESS:
        return _plain(folded, tokens, at, near[0])
    return _proposed(typed, near[0])


def _spelt_out(tokens: Sequence[Token], vocabulary: Vocabulary) -> Order | None:
    """`j'ai recu 20 ENF`: a product was received, with nothing but speech before it."""
    speech = takewhile(lambda one: one[1].kind in _SPEECH, enumerate(tokens))
    at = next((place for place, one in speech if one.text in _SPELT_OUT), None)
    if at is None or not _product_follows(tokens, at, vocabulary):
        return None
    return _proposed(tokens[at].text, _RECEIVED)


def _product_follows(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a product's code stands next, so that its number is no count of what is left."""
    after = next((one for one in tokens[at + 1 :] if one.kind not in _BEFORE_PRODUCT), None)
    return after is not None and vocabulary.units.get(after.means) is not None


def _squeezed(text: str) -> str:
    """`OUIII` as `OUII`: of a letter held down too long, one too many is left."""
    kept = text[:2]
    for letter in text[2:]:
        if not kept.endswith(letter * 2):
            kept += letter
    return kept


def _proposed(typed: str, near: str) -> Order:
    return Order("", problems=(ask("command_near", typed=typed, near=near),))
