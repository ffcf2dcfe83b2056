"""Lexemes -> tokens: what each word of an SMS is, by the catalogue and by everyday speech."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from menus import everyday
from menus.cutting import DIGIT_OF, cut, is_lookalike
from menus.lexer import ODD, Lexeme, Shape, fold
from menus.model import Catalogue
from menus.months import month_near, month_of
from menus.tokens import Kind, Token

_EVERYDAY: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(everyday.NAMES, Kind.NAME),
    **dict.fromkeys(everyday.FILLERS, Kind.FILLER),
    **dict.fromkeys(everyday.GREETINGS, Kind.GREETING),
    **dict.fromkeys(everyday.UNITS, Kind.UNIT),
    **dict.fromkeys(everyday.PACKS, Kind.PACK),
    **dict.fromkeys(everyday.TIMES, Kind.TIME),
}
# Letters of these that touch a number may be digits mistyped; `cas` and `h` may not.
_PROSE: Final = frozenset({Kind.UNKNOWN, Kind.FILLER, Kind.GREETING, Kind.LONE})
# More digits than this are no count of anything; their value is not worth working out.
_MOST_DIGITS: Final = 9
_HUGE: Final = 10**_MOST_DIGITS


def tokens_of(lexemes: list[Lexeme], catalogue: Catalogue) -> list[Token]:
    """Every word, number and mark with its meaning; letters typed for digits are digits."""
    pieces = _joined(_cut_all(lexemes, catalogue))
    tokens = [_token(piece, catalogue) for piece in pieces]
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind is Kind.NUMBER:
            tokens[at] = _number_in_place(token, before, after, catalogue, tokens[at + 1 :][:2])
        elif token.kind is Kind.LONE:
            tokens[at] = _lone_in_place(token, before, after)
        elif token.text == "J" and _counts_days(before, after):
            tokens[at] = token._replace(kind=Kind.DAYS)
    return tokens


def _counts_days(before: Token | None, after: Token | None) -> bool:
    """Whether a J stands between a code or its count and another number."""
    if before is None or after is None:
        return False
    return before.kind in {Kind.NUMBER, Kind.CODE} and after.kind is Kind.NUMBER


def _cut_all(lexemes: list[Lexeme], catalogue: Catalogue) -> Iterable[Lexeme]:
    """The lexemes, with unknown runs of letters cut into words and look-alike digits."""
    for at, lexeme in enumerate(lexemes):
        if lexeme.shape is not Shape.WORD or lexeme.text.upper() in catalogue.code_of:
            yield lexeme
            continue
        left = at > 0 and _touch(lexemes[at - 1], lexeme)
        right = at + 1 < len(lexemes) and _touch(lexeme, lexemes[at + 1])
        if (left or right) and is_lookalike(lexeme.text):
            yield lexeme._replace(shape=Shape.NUMBER)
        elif is_lookalike(lexeme.text) or _is_word(lexeme.text.upper(), catalogue):
            yield lexeme
        else:
            months = tuple(catalogue.programme.months.get("fr", ()))
            atoms = _atoms(tuple(catalogue.code_of), tuple(catalogue.keyword_of), months)
            yield from _pieces(lexeme, cut(lexeme.text, atoms, left=left, right=right))


@lru_cache(maxsize=8)
def _atoms(
    codes: tuple[str, ...], keywords: tuple[str, ...], months: tuple[str, ...]
) -> frozenset[str]:
    return frozenset((*codes, *keywords, *map(str.upper, map(fold, months)), *everyday.UNITS))


def _is_word(word: str, catalogue: Catalogue) -> bool:
    return (
        word in catalogue.keyword_of
        or word in _EVERYDAY
        or month_of(word, catalogue.programme) is not None
    )


def _touch(one: Lexeme, other: Lexeme) -> bool:
    return one.end == other.start and Shape.NUMBER in (one.shape, other.shape)


def _pieces(lexeme: Lexeme, texts: list[str]) -> Iterable[Lexeme]:
    """One lexeme for each piece; a piece of look-alikes is a number."""
    if not texts:
        yield lexeme
    start = lexeme.start
    for text in texts:
        shape = Shape.NUMBER if is_lookalike(text) else Shape.WORD
        yield Lexeme(shape, text, start, start + len(text))
        start += len(text)


def _joined(lexemes: Iterable[Lexeme]) -> list[Lexeme]:
    """Numbers that touch are one number: `4` and `O` are `4O`."""
    joined: list[Lexeme] = []
    for lexeme in lexemes:
        last = joined[-1] if joined else None
        if last and last.shape is lexeme.shape is Shape.NUMBER and last.end == lexeme.start:
            joined[-1] = Lexeme(Shape.NUMBER, last.text + lexeme.text, last.start, lexeme.end)
        else:
            joined.append(lexeme)
    return joined


def _token(lexeme: Lexeme, catalogue: Catalogue) -> Token:
    shape, text, start, end = lexeme
    if shape is Shape.NUMBER:
        return _number(text, start, end)
    if shape is Shape.WORD:
        return _word(text, start, end, catalogue)
    if text == ODD:
        return Token(Kind.NUMBER, text, start, end, doubtful=True)
    kind = Kind.MARK if shape is Shape.MARK else Kind.FILLER
    return Token(kind, text, start, end)


def _number(text: str, start: int, end: int) -> Token:
    digits = text.translate(DIGIT_OF)
    huge = len(digits) > _MOST_DIGITS
    value = _HUGE if huge else int(digits)
    return Token(Kind.NUMBER, digits, start, end, value, repaired=digits != text, doubtful=huge)


def _word(raw: str, start: int, end: int, catalogue: Catalogue) -> Token:
    text = raw.upper()
    titled = len(raw) > 2 and raw.istitle()
    if text in catalogue.code_of:
        means = catalogue.code_of[text]
        return Token(Kind.CODE, text, start, end, means=means, titled=titled)
    if text in catalogue.keyword_of:
        means = catalogue.keyword_of[text]
        kind = Kind.KEYWORD if means in catalogue.forms else Kind.COMMAND
        return Token(kind, text, start, end, means=means, titled=titled)
    month = month_of(text, catalogue.programme)
    if month is not None:
        return Token(Kind.MONTH, text, start, end, month[0], doubtful=not month[1])
    kind = Kind.UNKNOWN if is_lookalike(raw) else _EVERYDAY.get(text, Kind.UNKNOWN)
    if kind is not Kind.UNKNOWN:
        return Token(kind, text, start, end, titled=titled)
    return _unknown(raw, text, start, end, catalogue)


def _unknown(raw: str, text: str, start: int, end: int, catalogue: Catalogue) -> Token:
    if is_lookalike(raw) and len(raw) < 3:
        value = int(raw.translate(DIGIT_OF))
        return Token(Kind.LONE, text, start, end, value)
    if len(text) > 4:
        near = month_near(text, catalogue.programme)
        if near is not None:
            return Token(Kind.MONTH, text, start, end, near, doubtful=True)
    return Token(Kind.UNKNOWN, text, start, end, titled=len(raw) > 2 and raw.istitle())


def _number_in_place(
    token: Token,
    before: Token | None,
    after: Token | None,
    catalogue: Catalogue,
    following: list[Token],
) -> Token:
    """The number with what its neighbours do to it: signs, units, letters that touch it."""
    doubtful = token.doubtful
    if after and after.text == "%":
        doubtful = True
    if after and after.kind in _PROSE and token.glued_to(after):
        doubtful |= _may_hold_digits(after, following, catalogue)
    if before and before.kind in _PROSE and before.glued_to(token):
        doubtful |= len(before.text) < 3
    minus = before is not None and before.text == "-"
    return token._replace(doubtful=doubtful, minus=minus) if doubtful or minus else token


def _may_hold_digits(after: Token, following: list[Token], catalogue: Catalogue) -> bool:
    """Whether letters right after a number may be mistyped digits of it: `4S`, `4SFIE38`."""
    text = after.text
    before_number = len(following) > 1 and following[1].kind is Kind.NUMBER
    if text == "J" and before_number:
        return False
    if after.kind is not Kind.UNKNOWN:
        return len(text) < 3
    if len(text) < 3 or not before_number:
        return True
    return text[1:] in catalogue.code_of or text[2:] in catalogue.code_of


def _lone_in_place(token: Token, before: Token | None, after: Token | None) -> Token:
    """`URE O` is 0; anywhere else a lone letter is a letter."""
    follows_code = before is not None and before.kind is Kind.CODE
    if follows_code and (after is None or after.kind is not Kind.NUMBER):
        return token._replace(kind=Kind.NUMBER, text=str(token.value), repaired=True)
    return token._replace(kind=Kind.FILLER)
