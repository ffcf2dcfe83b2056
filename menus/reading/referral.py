"""What a REF says: `refer`.

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
# How many days each unit has; what is left over of a month does not count.
_DAYS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("MOIS", "MOI"), 30),
    **dict.fromkeys(("AN", "ANS", "ANNEE", "ANNEES"), 360),
    **dict.fromkeys(("SEMAINE", "SEMAINES", "SEM"), 7),
    **dict.fromkeys(("JOUR", "JOURS", "JRS", "JR", "J"), 1),
}
_MONTH, _YEAR = 30, 360
# These are French words as well: before another word, or beside a reason, they are just that.
_ALSO_FRENCH: Final = frozenset({"LE", "AU", "PAR"})


def refer(lexemes: Sequence[Lexeme], catalogue: Catalogue) -> ReferredPatient:
    """Return what the lexemes behind a REF say, upper case and without accents."""
    vocabulary = _vocabulary_of(catalogue)
    pieces = vocabulary.words.pieces(lexemes)
    return _Reader(catalogue, vocabulary, pieces).read()


class _Vocabulary:
    def __init__(self, catalogue: Catalogue) -> None:
        self.reasons = _by_word(catalogue.referrals.reasons.values())
        self.treatments = _by_word(catalogue.referrals.treatments.values())
        choices = {**_SEXES, **self.reasons, **self.treatments}
        self.words = Words({**choices, **_units()}, {*choices, "MOIS"})


def _by_word(choices: Iterable[Choice]) -> dict[str, str]:
    return {word: one.code for one in choices for word in (one.code, *one.aliases)}


def _units() -> dict[str, str]:
    return {word: f"{days} days" for word, days in _DAYS.items()}


@lru_cache(maxsize=8)
def _vocabulary_of(catalogue: Catalogue) -> _Vocabulary:
    return _Vocabulary(catalogue)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one REF from its pieces."""

    catalogue: Catalogue
    vocabulary: _Vocabulary
    found: Pieces

    def read(self) -> ReferredPatient:
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
        """Whether a word may be a name. While a reason is missing, a short one may be that."""
        return any(len(one.text) > (3 if missing else 1) for one in self.found.strange)

    def _reasons(self) -> tuple[str, ...]:
        """The reasons typed, each once. `le 14` and `au centre` are none beside another one."""
        codes = self.vocabulary.reasons
        meant = [(at, codes[one.text]) for at, one in self._words() if one.text in codes]
        sure = [code for at, code in meant if not self._is_french(at)]
        return tuple(dict.fromkeys(sure or [code for _, code in meant]))

    def _treatments(self) -> tuple[str, ...]:
        codes = self.vocabulary.treatments
        return tuple(
            dict.fromkeys(
                codes[one.text]
                for at, one in self._words()
                if one.text in codes and not self._is_french(at)
            )
        )

    def _contradict(self, treatments: Sequence[str]) -> bool:
        """Whether nothing was given, and something was."""
        known = self.catalogue.referrals.treatments
        return len(treatments) > 1 and any(known[one].none for one in treatments)

    def _is_french(self, at: int) -> bool:
        pieces = self.found.all
        if pieces[at].text not in _ALSO_FRENCH or at + 1 == len(pieces):
            return False
        after = pieces[at + 1].kind
        return after in {"plain", "strange"} or (after == "number" and pieces[at].text != "PAR")

    def _sexes(self) -> set[str]:
        """The sexes typed. `14m F` is a girl of fourteen months: M is months then."""
        return {_SEXES[one.text] for at, one in self._words() if self._is_sex(at, one)}

    def _is_sex(self, at: int, one: Piece) -> bool:
        return one.text in _SEXES and not self._is_month(at)

    def _is_month(self, at: int) -> bool:
        """Whether this M after a number is the unit, since the sex is said elsewhere."""
        pieces = self.found.all
        if pieces[at].text != "M" or at == 0 or pieces[at - 1].kind != "number":
            return False
        return any(_SEXES.get(one.text) for other, one in self._words() if other != at)

    def _sex(self, sexes: set[str], reason: Reason | None) -> str:
        if reason is not None and reason.adult:
            return "F" if sexes <= {"F"} else ""
        return next(iter(sexes)) if len(sexes) == 1 else ""

    def _near(self, *, missing_reason: bool) -> str:
        """The code that a strange word must be a slip of, where one is missing or may be."""
        given = {one.means for _, one in self._words()}
        for one in self.found.strange:
            near = self.vocabulary.words.near(one.text)
            wanted = near in self.vocabulary.treatments or (
                missing_reason and near in self.vocabulary.reasons
            )
            if wanted and near not in given:
                return near
        return ""

    def _age(self, reason: Reason | None) -> int | None:
        """The age in months, if there is one without doubt, and it goes with the reason."""
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
        """The age as typed, a month being thirty days; None when it is missing or unclear."""
        numbers = [(at, one) for at, one in enumerate(self.found.all) if one.kind == "number"]
        if any(one.doubtful for _, one in numbers):
            return None
        named = [(one.value, self._unit(at)) for at, one in numbers if self._unit(at)]
        bare = [at for at, _ in numbers if not self._unit(at)]
        # A number right behind a treatment is its dose, where another one can be the age.
        others = [at for at in bare if not self._is_dose(at)]
        if named:
            return None if others else _sum(named)
        only = others or bare
        return self.found.all[only[0]].value * _MONTH if len(only) == 1 else None

    def _unit(self, at: int) -> int:
        """How many days the unit behind this number has; 0 when none is there."""
        pieces = self.found.all
        if at + 1 == len(pieces):
            return 0
        if self._is_month(at + 1):
            return _MONTH
        return _DAYS.get(pieces[at + 1].text, 0)

    def _is_dose(self, at: int) -> bool:
        return at > 0 and self.found.all[at - 1].text in self.vocabulary.treatments

    def _words(self) -> Iterator[tuple[int, Piece]]:
        return ((at, one) for at, one in enumerate(self.found.all) if one.kind == "word")


def _sum(named: Sequence[tuple[int, int]]) -> int | None:
    """`1 an 2 mois` is one age; two of anything else are not."""
    (value, unit), *rest = named
    if not rest:
        return value * unit
    (more, smaller), *none = rest
    whole = unit == _YEAR and smaller == _MONTH and more < 12 and not none
    return value * unit + more * smaller if whole else None
