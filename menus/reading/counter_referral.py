"""What a CRF says, and which referral PARTI, REFUS and FAIT are about."""

from collections.abc import Mapping, Sequence
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
    """Return what the lexemes behind a CRF say, upper case and without accents."""
    found = _WORDS.pieces(lexemes)
    days = [one for at, one in enumerate(found.all) if _is_days(found.all, at)]
    letter, said = _letter(found), _days(days)
    if days and (letter != "G" or said is None):
        letter = ""
    return ReferralOutcome(_number(found, days), letter, said, *_private(found))


def number_of(lexemes: Sequence[Lexeme]) -> ReferralOutcome:
    """Return the number behind PARTI, REFUS or FAIT."""
    found = _WORDS.pieces(lexemes)
    return ReferralOutcome(_number(found, ()), "", None, *_private(found))


def _private(found: Pieces) -> tuple[bool, bool]:
    return found.phones or found.names, found.phones or bool(found.strange)


def _number(found: Pieces, days: Sequence[Piece]) -> str:
    """The one number, of four digits, that is there besides the days."""
    numbers = [
        one for one in found.all if one.kind == "number" and not any(one is day for day in days)
    ]
    same = {one.text for one in numbers}
    sure = len(same) == 1 and len(numbers[0].text) == _NUMBER
    return numbers[0].text if sure and not any(one.doubtful for one in numbers) else ""


def _letter(found: Pieces) -> str:
    """The one thing that was said. `pas arrive` is N; beside another word `pas` is unclear."""
    said = {one.means for one in found.all if one.kind == "word" and one.means != DAYS}
    denied = any(one.text in _DENIALS for one in found.all)
    if denied:
        return "N" if said <= {"A", "N"} and said else ""
    return said.pop() if len(said) == 1 else ""


def _is_days(pieces: Sequence[Piece], at: int) -> bool:
    """Whether this number says days: `J3`, `3 jours`; a number of a referral never does."""
    if pieces[at].kind != "number" or len(pieces[at].text) >= _NUMBER:
        return False
    sides = [*pieces[max(at - 1, 0) : at], *pieces[at + 1 : at + 2]]
    return any(one.means == DAYS for one in sides)


def _days(found: Sequence[Piece]) -> int | None:
    if len(found) != 1 or found[0].doubtful or not 1 <= found[0].value <= MOST_DAYS:
        return None
    return found[0].value
