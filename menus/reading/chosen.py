"""Chosen: make of a command composed on USSD screens the Reading that an SMS becomes."""

from collections.abc import Sequence

from menus.model.arguments import Place
from menus.model.catalogue import Catalogue
from menus.model.reading import MonthSaid, Reading
from menus.reading.arguments import READERS, Beside
from menus.reading.lexer import scan
from menus.reading.scanned import Scanned, words_after
from menus.reading.tokenizer import tokens_of
from menus.reading.vocabulary import vocabulary_of


def reading_of(
    keyword: str, words: Sequence[str], catalogue: Catalogue, *, site: str = "", month: int = 0
) -> Reading:
    """Return the reading of a keyword with the words that were chosen for its questions.

    `site` is the code of a site that was chosen from a list, which is never taken for a name;
    empty when none was. `month` is the month 1-12 that was chosen with it, 0 when none was.
    Raises KeyError for an unknown keyword.
    """
    said = MonthSaid(month) if month else None
    if site:
        return Reading(command=keyword, arguments=Place(chosen=site), month=said)
    vocabulary = vocabulary_of(catalogue)
    text = " ".join(words)
    lexemes = scan(text)
    tokens = tokens_of(lexemes, vocabulary)
    every_word = words_after(Scanned(text, lexemes, tokens), 0, {token.start for token in tokens})
    read = READERS[catalogue.commands[keyword].arguments]
    return Reading(command=keyword, arguments=read(Beside(every_word, vocabulary)), month=said)
