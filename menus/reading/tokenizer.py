"""Tokenizer: from lexemes to tokens, by the words of the catalogue and of everyday speech."""

from collections.abc import Container, Iterable, Sequence
from typing import Final

from menus.reading.lexer import ODD, Lexeme, Shape
from menus.reading.tokens import Kind, Token
from menus.reading.vocabulary import Vocabulary
from menus.reading.word_splitter import DIGIT_OF, cut, is_lookalike

# Letters of these kinds that touch a number may be mistyped digits; `cas` and `h` may not.
_PROSE: Final = frozenset({Kind.UNKNOWN, Kind.FILLER, Kind.GREETING, Kind.LONE})
# A number of more digits counts nothing; it is not converted, which would take long for many.
_MOST_DIGITS: Final = 9
_HUGE: Final = 10**_MOST_DIGITS


def tokens_of(lexemes: Sequence[Lexeme], vocabulary: Vocabulary) -> list[Token]:
    """Return a token for each word, number and mark; letters typed for digits are digits.

    A run of letters may become several tokens (see `word_splitter`), and touching numbers one.
    """
    words = vocabulary.words
    for shape, text, _, _ in lexemes:
        if shape is Shape.WORD and not _is_plain(text, words):
            lexemes = _joined(_cut_all(lexemes, vocabulary))
            break
    tokens = [_token(lexeme, vocabulary) for lexeme in lexemes]
    for at, token in enumerate(tokens):
        if token.kind is Kind.NUMBER:
            tokens[at] = _number_in_place(tokens, at, vocabulary)
        elif token.kind is Kind.LONE:
            tokens[at] = _lone_in_place(tokens, at)
        elif token.text == "J" and _counts_days(tokens, at):
            tokens[at] = token._replace(kind=Kind.DAYS)
    return tokens


def _is_plain(word: str, words: Container[str]) -> bool:
    """Return whether a word is known as it stands: not run together, no letters for digits."""
    return word.upper() in words and not is_lookalike(word)


def _counts_days(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a J stands between a code or its count and another number."""
    if not 0 < at < len(tokens) - 1:
        return False
    return tokens[at - 1].kind in {Kind.NUMBER, Kind.CODE} and tokens[at + 1].kind is Kind.NUMBER


def _cut_all(lexemes: Sequence[Lexeme], vocabulary: Vocabulary) -> Iterable[Lexeme]:
    """Yield the lexemes, with unknown runs of letters cut into words and look-alike digits."""
    for at, lexeme in enumerate(lexemes):
        if lexeme.shape is not Shape.WORD or _is_plain(lexeme.text, vocabulary.words):
            yield lexeme
            continue
        left = at > 0 and _touch(lexemes[at - 1], lexeme)
        right = at + 1 < len(lexemes) and _touch(lexeme, lexemes[at + 1])
        if not is_lookalike(lexeme.text):
            yield from _pieces(lexeme, cut(lexeme.text, vocabulary.atoms, left=left, right=right))
        elif left or right:
            yield lexeme._replace(shape=Shape.NUMBER)
        else:
            yield lexeme


def _touch(left: Lexeme, right: Lexeme) -> bool:
    """Return whether no space stands between two lexemes and one of them is a number."""
    return left.end == right.start and Shape.NUMBER in (left.shape, right.shape)


def _pieces(lexeme: Lexeme, texts: list[str]) -> Iterable[Lexeme]:
    """Yield a lexeme for each piece of a lexeme; a piece of look-alikes is a number.

    No pieces leave the lexeme whole.
    """
    if not texts:
        yield lexeme
    start = lexeme.start
    for text in texts:
        piece = Lexeme(Shape.WORD, text, start, start + len(text))
        yield piece._replace(shape=Shape.NUMBER) if is_lookalike(text) else piece
        start = piece.end


def _joined(lexemes: Iterable[Lexeme]) -> list[Lexeme]:
    """Return the lexemes with touching numbers made one: `4` and `O` are `4O`."""
    joined: list[Lexeme] = []
    for lexeme in lexemes:
        last = joined[-1] if joined else None
        if last and last.shape is lexeme.shape is Shape.NUMBER and last.end == lexeme.start:
            joined[-1] = Lexeme(Shape.NUMBER, last.text + lexeme.text, last.start, lexeme.end)
        else:
            joined.append(lexeme)
    return joined


def _token(lexeme: Lexeme, vocabulary: Vocabulary) -> Token:
    shape, text, start, end = lexeme
    if shape is Shape.WORD:
        return _word(text, start, end, vocabulary)
    if shape is Shape.NUMBER:
        return _number(text, start, end)
    if text == ODD:
        return Token(Kind.NUMBER, text, start, end, doubtful=True)
    if shape is Shape.MARK:
        return Token(Kind.MARK, text, start, end)
    return Token(Kind.FILLER, text, start, end)


def _number(text: str, start: int, end: int) -> Token:
    repaired = not text.isdecimal()
    digits = text.translate(DIGIT_OF) if repaired else text
    if len(digits) > _MOST_DIGITS:
        return Token(Kind.NUMBER, digits, start, end, _HUGE, "", repaired, doubtful=True)
    return Token(Kind.NUMBER, digits, start, end, int(digits), "", repaired)


def _word(raw: str, start: int, end: int, vocabulary: Vocabulary) -> Token:
    text = raw.upper()
    meaning = vocabulary.words.get(text)
    if meaning is None or (is_lookalike(raw) and text not in vocabulary.atoms):
        return _unknown(raw, text, start, end, vocabulary)
    kind, means, value, doubtful = meaning
    titled = raw.istitle() and len(raw) > 2
    return Token(kind, text, start, end, value, means, False, doubtful, False, titled)


def _unknown(raw: str, text: str, start: int, end: int, vocabulary: Vocabulary) -> Token:
    if len(raw) < 3 and is_lookalike(raw):
        value = int(raw.translate(DIGIT_OF))
        return Token(Kind.LONE, text, start, end, value)
    near = vocabulary.month_near(text) if len(text) > 4 else None
    if near is not None:
        return Token(Kind.MONTH, text, start, end, near, doubtful=True)
    return Token(Kind.UNKNOWN, text, start, end, titled=len(raw) > 2 and raw.istitle())


def _number_in_place(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> Token:
    """Return a number marked by its neighbours: a sign before it, letters that touch it."""
    token = tokens[at]
    doubtful, minus = token.doubtful, False
    if at + 1 < len(tokens):
        after = tokens[at + 1]
        doubtful |= after.text == "%"
        if after.kind in _PROSE and token.end == after.start:
            doubtful |= _may_hold_digits(tokens, at + 1, vocabulary)
    if at:
        before = tokens[at - 1]
        minus = before.text == "-"
        if before.kind in _PROSE and before.end == token.start:
            doubtful |= len(before.text) < 3
    return token._replace(doubtful=doubtful, minus=minus) if doubtful or minus else token


def _may_hold_digits(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Return whether letters right after a number may be mistyped digits: `4S`, `4SFIE38`."""
    word = tokens[at]
    before_number = at + 1 < len(tokens) and tokens[at + 1].kind is Kind.NUMBER
    if word.text == "J" and before_number:
        return False
    if word.kind is not Kind.UNKNOWN:
        return len(word.text) < 3
    if len(word.text) < 3 or not before_number:
        return True
    code_of = vocabulary.catalogue.code_of
    return word.text[1:] in code_of or word.text[2:] in code_of


def _lone_in_place(tokens: Sequence[Token], at: int) -> Token:
    """Return a lone letter as the number after a code (`URE O` is 0), elsewhere as a letter."""
    token = tokens[at]
    follows_code = at > 0 and tokens[at - 1].kind is Kind.CODE
    before_number = at + 1 < len(tokens) and tokens[at + 1].kind is Kind.NUMBER
    if follows_code and not before_number:
        return token._replace(kind=Kind.NUMBER, text=str(token.value), repaired=True)
    return token._replace(kind=Kind.FILLER)
