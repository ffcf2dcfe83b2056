"""Counter-referral: read the outcome that CRF says, and the number behind PARTI, REFUS, FAIT."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from menus.model.arguments import ReferralOutcome
from menus.reading.lexer import Lexeme
from menus.reading.referral_words import Piece, Pieces, Words

LETTERS: Final = ("A", "H", "G", "D", "N")
DAYS: Final = "J"
MOST_DAYS: Final = 30
_NUMBER: Final = 4  # digits

_MEANINGS: Final[Mapping[str, str]] = {
    **{letter: letter for letter in (*LETTERS, DAYS)},
    **dict.fromkeys(("ARRIVE", "ARRIVEE"), "A"),
    **dict.fromkeys(("HOSPITALISE", "HOSPITALISEE", "EVACUE", "EVACUEE"), "H"),
    **dict.fromkeys(("GUERI", "GUERIE", "TRAITE", "TRAITEE", "SOIGNE", "SOIGNEE"), "G"),
    **dict.fromkeys(("DECEDE", "DECEDEE"), "D"),
    **dict.fromkeys(("JOUR", "JOURS"), DAYS),
}
_DENIALS: Final = frozenset({"PAS", "NON", "JAMAIS", "NI"})
_WORDS: Final = Words(_MEANINGS, {"G", DAYS})


def outcome_of(lexemes: Sequence[Lexeme]) -> ReferralOutcome:
    """Return the outcome that the lexemes behind a CRF say, upper case and without accents.

    A healed patient may be visited after 1 to 30 days; days beside any other outcome, or more
    than one number of days, leave it unclear.
    """
    found = _WORDS.pieces(lexemes)
    places = [at for at in range(len(found.all)) if _is_days(found.all, at)]
    letter, said = _letter(found), _days([found.all[at] for at in places])
    if places and (letter != "G" or said is None):
        letter = ""
    return ReferralOutcome(_number(found, frozenset(places)), letter, said, *_private(found))


def number_of(lexemes: Sequence[Lexeme]) -> ReferralOutcome:
    """Return the number of the referral behind PARTI, REFUS or FAIT."""
    found = _WORDS.pieces(lexemes)
    return ReferralOutcome(_number(found, frozenset()), "", None, *_private(found))


def _private(found: Pieces) -> tuple[bool, bool]:
    """Return `personal` and `strange` of a ReferralOutcome."""
    return found.phones or found.names, found.phones or bool(found.strange)


def _number(found: Pieces, days: Collection[int]) -> str:
    """Return the only number besides the days; empty when it is unclear or not of four digits.

    `days` are the places of the numbers of days.
    """
    numbers = [
        piece for at, piece in enumerate(found.all) if piece.kind == "number" and at not in days
    ]
    same = {number.text for number in numbers}
    sure = len(same) == 1 and len(numbers[0].text) == _NUMBER
    return numbers[0].text if sure and not any(number.doubtful for number in numbers) else ""


def _letter(found: Pieces) -> str:
    """Return the only outcome that was said; empty when it is unclear.

    `pas arrive` is N; beside any other outcome `pas` is unclear.
    """
    said = {piece.means for piece in found.all if piece.kind == "word" and piece.means != DAYS}
    denied = any(piece.text in _DENIALS for piece in found.all)
    if denied:
        return "N" if said <= {"A", "N"} and said else ""
    return said.pop() if len(said) == 1 else ""


def _is_days(pieces: Sequence[Piece], at: int) -> bool:
    """Return whether a piece is a number of days: `J3`, `3 jours`.

    The number of a referral, which has four digits, never is.
    """
    if pieces[at].kind != "number" or len(pieces[at].text) >= _NUMBER:
        return False
    sides = [*pieces[max(at - 1, 0) : at], *pieces[at + 1 : at + 2]]
    return any(side.means == DAYS for side in sides)


def _days(numbers: Sequence[Piece]) -> int | None:
    if len(numbers) != 1 or numbers[0].doubtful or not 1 <= numbers[0].value <= MOST_DAYS:
        return None
    return numbers[0].value
