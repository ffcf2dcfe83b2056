"""Referral: read the patient that the words behind a REF describe (`refer`).

In any order and with any separators: an age in months, a sex, a reason, treatments. What is
certain is taken and what is not is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from menus.model.arguments import AGE, REASON, SEX, TREATMENTS, ReferredPatient
from menus.model.catalogue import Catalogue
from menus.model.referrals import Choice, Reason
from menus.reading.lexer import Lexeme
from menus.reading.referral_words import Piece, Pieces, Words

_SEXES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("F", "FILLE", "FEMME", "FEM", "FEMININ", "FILLETTE"), "F"),
    **dict.fromkeys(("M", "GARCON", "MASCULIN", "MASC"), "M"),
}
# The days of each unit of age; what is left over of a month does not count.
_DAYS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("MOIS", "MOI"), 30),
    **dict.fromkeys(("AN", "ANS", "ANNEE", "ANNEES"), 360),
    **dict.fromkeys(("SEMAINE", "SEMAINES", "SEM"), 7),
    **dict.fromkeys(("JOUR", "JOURS", "JRS", "JR", "J"), 1),
}
_MONTH, _YEAR = 30, 360
# Codes that are also French words. Before an everyday or unknown word, and before a number (not
# PAR, which may have a dose), they are just that, except for the only reason that was typed.
_ALSO_FRENCH: Final = frozenset({"LE", "AU", "PAR"})


def refer(lexemes: Sequence[Lexeme], catalogue: Catalogue) -> ReferredPatient:
    """Return the patient that the lexemes behind a REF describe, upper case, without accents."""
    vocabulary = _vocabulary_of(catalogue)
    pieces = vocabulary.words.pieces(lexemes)
    several_sexes = sum(piece.text in _SEXES for piece in pieces.all) > 1
    return _PatientReader(catalogue, vocabulary, pieces, several_sexes).read()


class _Vocabulary:
    """The words of a referral in a catalogue; `reasons` and `treatments` are codes by word."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.reasons = _by_word(catalogue.referrals.reasons.values())
        self.treatments = _by_word(catalogue.referrals.treatments.values())
        choices = {**_SEXES, **self.reasons, **self.treatments}
        self.words = Words({**choices, **_units()}, {*choices, "MOIS"})


def _by_word(choices: Iterable[Choice]) -> dict[str, str]:
    return {word: choice.code for choice in choices for word in (choice.code, *choice.aliases)}


def _units() -> dict[str, str]:
    return {word: f"{days} days" for word, days in _DAYS.items()}


@lru_cache(maxsize=8)
def _vocabulary_of(catalogue: Catalogue) -> _Vocabulary:
    return _Vocabulary(catalogue)


@dataclass(frozen=True, slots=True)
class _PatientReader:
    """The reader of one REF from its pieces; `several_sexes` tells that two words may say one."""

    catalogue: Catalogue
    vocabulary: _Vocabulary
    found: Pieces
    several_sexes: bool

    def read(self) -> ReferredPatient:
        """Return the patient, with all that is unclear named."""
        reasons = self._reasons()
        reason = self.catalogue.referrals.reasons[reasons[0]] if len(reasons) == 1 else None
        sexes = self._sexes()
        treatments = self._treatments()
        near = self._near(missing_reason=not reasons)
        age = self._age(reason)
        unclear = {
            AGE: age is None and not (reason and reason.adult),
            SEX: self._sex(sexes, reason) == "",
            REASON: reason is None,
            TREATMENTS: self._contradict(treatments) or near in self.vocabulary.treatments,
        }
        strange = bool(self.found.strange)
        return ReferredPatient(
            age_months=age,
            sex=self._sex(sexes, reason),
            reason=reason.code if reason else "",
            treatments=treatments,
            unclear=tuple(name for name, asked in unclear.items() if asked),
            near=near,
            personal=self.found.phones or (not near and self._names(missing=reason is None)),
            strange=strange or self.found.phones,
        )

    def _names(self, *, missing: bool) -> bool:
        """Return whether a word may be a name.

        While the reason is `missing`, a word of two or three letters may be a mistyped reason.
        """
        return any(len(word.text) > (3 if missing else 1) for word in self.found.strange)

    def _reasons(self) -> tuple[str, ...]:
        """Return the reasons typed, each once.

        `le 14` and `au centre` are reasons (LE, AU) only where no other reason was typed.
        """
        codes = self.vocabulary.reasons
        meant = [(at, codes[word.text]) for at, word in self._words() if word.text in codes]
        sure = [code for at, code in meant if not self._is_french(at)]
        return tuple(dict.fromkeys(sure or [code for _, code in meant]))

    def _treatments(self) -> tuple[str, ...]:
        codes = self.vocabulary.treatments
        return tuple(
            dict.fromkeys(
                codes[word.text]
                for at, word in self._words()
                if word.text in codes and not self._is_french(at)
            )
        )

    def _contradict(self, treatments: Sequence[str]) -> bool:
        """Return whether both no treatment and a treatment were typed."""
        known = self.catalogue.referrals.treatments
        return len(treatments) > 1 and any(known[code].none for code in treatments)

    def _is_french(self, at: int) -> bool:
        """Return whether a code is a French word here: `le 14`, `au CSCom`, `par ma mere`."""
        pieces = self.found.all
        if pieces[at].text not in _ALSO_FRENCH or at + 1 == len(pieces):
            return False
        after = pieces[at + 1].kind
        return after in {"plain", "strange"} or (after == "number" and pieces[at].text != "PAR")

    def _sexes(self) -> set[str]:
        """Return the sexes typed. `14m F` is a girl of fourteen months: M is months then."""
        return {_SEXES[word.text] for at, word in self._words() if self._is_sex(at, word)}

    def _is_sex(self, at: int, word: Piece) -> bool:
        return word.text in _SEXES and not self._is_month(at)

    def _is_month(self, at: int) -> bool:
        """Return whether an M after a number is the unit, since the sex is said elsewhere."""
        pieces = self.found.all
        after_number = at > 0 and pieces[at - 1].kind == "number"
        return pieces[at].text == "M" and after_number and self.several_sexes

    def _sex(self, sexes: set[str], reason: Reason | None) -> str:
        """Return the sex, F for the reasons of adults; empty when it must be asked."""
        if reason is not None and reason.adult:
            return "F" if sexes <= {"F"} else ""
        return next(iter(sexes)) if len(sexes) == 1 else ""

    def _near(self, *, missing_reason: bool) -> str:
        """Return the code that a strange word must be a slip of; empty without one.

        It is a treatment, or a reason where that is missing, and was not typed besides.
        """
        given = {word.means for _, word in self._words()}
        for strange in self.found.strange:
            near = self.vocabulary.words.near(strange.text)
            wanted = near in self.vocabulary.treatments or (
                missing_reason and near in self.vocabulary.reasons
            )
            if wanted and near not in given:
                return near
        return ""

    def _age(self, reason: Reason | None) -> int | None:
        """Return the age in months; None when it is in doubt or does not fit the reason.

        An adult has none, and 0 stands for it (`REF 0 F FE`).
        """
        days = self._days()
        if days is None:
            return None
        months = days // _MONTH
        if reason is None:
            return months
        if reason.adult:
            return 0 if months == 0 else None
        return months if reason.youngest <= months <= reason.oldest else None

    def _days(self) -> int | None:
        """Return the age in days, a month being 30; None when it is missing or unclear."""
        pieces = self.found.all
        numbers = [(at, piece) for at, piece in enumerate(pieces) if piece.kind == "number"]
        if any(number.doubtful for _, number in numbers):
            return None
        named = [(number.value, self._unit(at)) for at, number in numbers if self._unit(at)]
        bare = [at for at, _ in numbers if not self._unit(at)]
        # A number right behind a treatment is its dose, where another number can be the age.
        others = [at for at in bare if not self._is_dose(at)]
        if named:
            return None if others else _sum(named)
        only = others or bare
        return pieces[only[0]].value * _MONTH if len(only) == 1 else None

    def _unit(self, at: int) -> int:
        """Return the days of the unit behind a number; 0 without a unit."""
        pieces = self.found.all
        if at + 1 == len(pieces):
            return 0
        if self._is_month(at + 1):
            return _MONTH
        return _DAYS.get(pieces[at + 1].text, 0)

    def _is_dose(self, at: int) -> bool:
        """Return whether a number stands right behind a treatment."""
        return at > 0 and self.found.all[at - 1].text in self.vocabulary.treatments

    def _words(self) -> Iterator[tuple[int, Piece]]:
        """Yield the words with a meaning, each with its place."""
        return ((at, piece) for at, piece in enumerate(self.found.all) if piece.kind == "word")


def _sum(named: Sequence[tuple[int, int]]) -> int | None:
    """Return the days of an age in one unit, or in years and months (`1 an 2 mois`); else None.

    `named` are numbers with the days of the unit behind each.
    """
    (value, unit), *rest = named
    if not rest:
        return value * unit
    (more, smaller), *none = rest
    whole = unit == _YEAR and smaller == _MONTH and more < 12 and not none
    return value * unit + more * smaller if whole else None
