"""Mistyped commands: find a command that was mistyped, or said in a sentence.

It is obeyed where that does no harm, and proposed in a question elsewhere.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from menus.model.command import POUR, RCU, ReportUse
from menus.reading.named_site import site_after
from menus.reading.pairing import ask
from menus.reading.plain_command import CommandSaid, plain_command
from menus.reading.scanned import Scanned
from menus.reading.tokens import LEADING, Kind, Token
from menus.reading.vocabulary import Vocabulary

# Many write these for RCU: they begin a message about stock received, never a report.
_RECEIVED: Final = frozenset({"RECU", "RECUE"})
_SPEECH: Final = LEADING | {Kind.FILLER}
_BEFORE_PRODUCT: Final = _SPEECH | {Kind.NUMBER}


def command_near(scanned: Scanned, vocabulary: Vocabulary) -> CommandSaid | None:
    """Return the command whose keyword the first word is a slip of; None without exactly one.

    A forgiving command is said; any other, which may confirm, validate or send, is proposed in
    a question. A message with a code is none, so that it is read as a report. Two commands are
    proposed all the same: POUR before a site, since the report must not become the sender's
    own, and RCU before a product, since what was received is no stock count.
    """
    tokens, commands = scanned.tokens, vocabulary.catalogue.commands
    at = next((at for at, token in enumerate(tokens) if token.kind not in LEADING), None)
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
        return plain_command(scanned, at, command, vocabulary)
    return _proposed(typed, near[0])


def receipt_spelt_out(tokens: Sequence[Token], vocabulary: Vocabulary) -> CommandSaid | None:
    """Return the question whether RCU is meant; None where no receipt is spelt out.

    In `j'ai recu 20 ENF` a product was received, with nothing but everyday words before.
    """
    speech = takewhile(lambda entry: entry[1].kind in _SPEECH, enumerate(tokens))
    at = next((at for at, token in speech if token.text in _RECEIVED), None)
    if at is None or not _product_follows(tokens, at, vocabulary):
        return None
    return _proposed(tokens[at].text, RCU)


def _product_follows(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Return whether a product's code is next, so that its number is no count of what is left."""
    after = next((token for token in tokens[at + 1 :] if token.kind not in _BEFORE_PRODUCT), None)
    return after is not None and vocabulary.units.get(after.means) is not None


def _squeezed(text: str) -> str:
    """Return a word with each letter at most twice in a row: `OUIII` as `OUII`, one slip away.

    The first two letters stay.
    """
    kept = text[:2]
    for letter in text[2:]:
        if not kept.endswith(letter * 2):
            kept += letter
    return kept


def _proposed(typed: str, near: str) -> CommandSaid:
    """Return the question whether the command `near` is meant by a word."""
    return CommandSaid("", problems=(ask("command_near", typed=typed, near=near),))
