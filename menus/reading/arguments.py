"""Arguments: read the words beside a keyword, by a reader for each kind of arguments.

A reader gets what the tokenizer made of the SMS (or of the words chosen on a USSD screen) and
returns a value of `menus.model.arguments`. It raises nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import dropwhile
from typing import Final, NamedTuple

from menus.model.arguments import (
    Arguments,
    LanguageChoice,
    NumberChange,
    Place,
    ReceiptNumber,
    Topic,
)
from menus.model.command import ArgumentKind
from menus.reading import counter_referral, referral, stock_words
from menus.reading.everyday_words import FILLERS
from menus.reading.scanned import Word, lexemes_of_words, tokens_of_words
from menus.reading.vocabulary import Vocabulary

_ARTICLES: Final = frozenset({"LE", "LA", "SITE", "DE", "DU", "ASC", "POUR", "SUR"})
# A receipt number has four characters, the first of them a digit.
_RECEIPT_LENGTH: Final = 4
# A receipt number that cannot be a month: its first digit is neither 0 nor 1.
_UNLIKE_A_MONTH: Final = re.compile(r"[2-9][A-Z0-9]{3}")
_DIGITS: Final = re.compile(r"[+\d./-]*\d[\d./-]*")


class Beside(NamedTuple):
    """The words behind a keyword, without its month and greetings."""

    words: Sequence[Word]
    vocabulary: Vocabulary

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the words as typed, upper case."""
        return tuple(word.text for word in self.words)


Reader = Callable[[Beside], Arguments | None]
"""A function from the words beside a keyword to its arguments; None for a keyword without."""


def receipt_unlike_a_month(words: Sequence[Word]) -> ReceiptNumber | None:
    """Return the first word that is a receipt number and cannot be a month; None without one."""
    numbers = (word.text for word in words if _UNLIKE_A_MONTH.fullmatch(word.text))
    number = next(numbers, None)
    return ReceiptNumber(number) if number is not None else None


def _place(beside: Beside) -> Place:
    return Place(tuple(dropwhile(_ARTICLES.__contains__, beside.texts)))


def _receipt_or_place(beside: Beside) -> ReceiptNumber | Place:
    for text in beside.texts:
        if len(text) == _RECEIPT_LENGTH and text[0].isdigit():
            return ReceiptNumber(text)
    return _place(beside)


def _products(beside: Beside) -> Arguments:
    return stock_words.products_said(tokens_of_words(beside.words), beside.vocabulary)


def _patient(beside: Beside) -> Arguments:
    return referral.refer(lexemes_of_words(beside.words), beside.vocabulary.catalogue)


def _outcome(beside: Beside) -> Arguments:
    return counter_referral.outcome_of(lexemes_of_words(beside.words))


def _referral_number(beside: Beside) -> Arguments:
    return counter_referral.number_of(lexemes_of_words(beside.words))


def _topic(beside: Beside) -> Topic:
    told = [text for text in beside.texts if text not in FILLERS]
    return Topic(told[0] if told else "")


def _language(beside: Beside) -> LanguageChoice:
    return LanguageChoice(beside.texts[0].lower() if beside.texts else "")


def _number_change(beside: Beside) -> NumberChange:
    """Return a site and the digits behind it; the first word is always the site's.

    `KOLA 70000009`, `KOLA 70 00 00 09`, `KOLA 01 70000009`.
    """
    texts = beside.texts
    at = len(texts)
    while at > 1 and _DIGITS.fullmatch(texts[at - 1]):
        at -= 1
    return NumberChange(Place(texts[:at]), texts[at:])


READERS: Final[Mapping[ArgumentKind, Reader]] = {
    ArgumentKind.NONE: lambda _: None,
    ArgumentKind.PLACE: _place,
    ArgumentKind.RECEIPT_OR_PLACE: _receipt_or_place,
    ArgumentKind.PRODUCTS: _products,
    ArgumentKind.PATIENT: _patient,
    ArgumentKind.OUTCOME: _outcome,
    ArgumentKind.REFERRAL_NUMBER: _referral_number,
    ArgumentKind.TOPIC: _topic,
    ArgumentKind.LANGUAGE: _language,
    ArgumentKind.NUMBER_CHANGE: _number_change,
}
