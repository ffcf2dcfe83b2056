"""Vocabulary: every word that can be understood, prepared once for a catalogue."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from menus.model.catalogue import Catalogue
from menus.model.command import OUI
from menus.model.programme import Programme
from menus.reading import everyday_words
from menus.reading.lexer import normalise_input
from menus.reading.spelling import Slips, Speller
from menus.reading.tokens import Kind, KindName

_FRENCH: Final = "fr"
_SHORT_MONTHS: Final = {
    "JAN": 1, "JANV": 1, "FEB": 2, "FEV": 2, "FEVR": 2, "MAR": 3, "AVR": 4, "AVRI": 4, "JUN": 6,
    "JUL": 7, "JUIL": 7, "AOU": 8, "SEP": 9, "SEPT": 9, "OCT": 10, "NOV": 11, "DEC": 12,
}  # fmt: skip


class Meaning(NamedTuple):
    """The meaning of a word by itself; the fields are those of a token."""

    kind: KindName
    means: str = ""
    value: int = 0
    doubtful: bool = False


class Vocabulary:
    """The words of a catalogue and of everyday speech, and how they may be mistyped.

    `words` are upper case and without accents. `atoms` may be cut out of a run of letters.
    `codes` are those of each form, in its order. `units` has every code with the unit that it
    is counted in; None for what is no stock count.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.speller = Speller(catalogue)
        self.words: Mapping[str, Meaning] = {
            **_EVERYDAY,
            **dict(_months(catalogue.programme)),
            **dict.fromkeys(everyday_words.YES, Meaning(Kind.COMMAND, OUI)),
            **dict(_keywords(catalogue)),
            **{word: Meaning(Kind.CODE, code) for word, code in catalogue.code_of.items()},
        }
        names = [_plain(name) for name in catalogue.programme.months.get(_FRENCH, ())]
        self.atoms = frozenset(
            (*catalogue.code_of, *catalogue.keyword_of, *names, *everyday_words.UNITS)
        )
        self.codes = {keyword: form.codes for keyword, form in catalogue.forms.items()}
        self.units: Mapping[str, str | None] = {
            field.code: field.product.unit if field.product else None
            for form in catalogue.forms.values()
            for field in form.fields
        }
        self._month_of = {name: month for month, name in enumerate(names, start=1)}
        self._month_slips = Slips(name for name in names if len(name) > 4)

    def month_near(self, word: str) -> int | None:
        """Return the month 1-12 whose French name is one slip away; None without exactly one.

        The names have five letters or more.
        """
        found = self._month_slips.near(word)
        return self._month_of[found[0]] if len(found) == 1 else None


@lru_cache(maxsize=8)
def vocabulary_of(catalogue: Catalogue) -> Vocabulary:
    """Return the vocabulary of a catalogue, made once for each catalogue."""
    return Vocabulary(catalogue)


def _keywords(catalogue: Catalogue) -> Iterator[tuple[str, Meaning]]:
    for word, means in catalogue.keyword_of.items():
        is_form = means in catalogue.forms
        yield word, Meaning(Kind.KEYWORD, means) if is_form else Meaning(Kind.COMMAND, means)


def _months(programme: Programme) -> Iterator[tuple[str, Meaning]]:
    """Yield the months in words; only a full French name is beyond doubt."""
    for short, month in _SHORT_MONTHS.items():
        yield short, Meaning(Kind.MONTH, value=month, doubtful=True)
    for language, names in sorted(programme.months.items(), key=lambda item: item[0] == _FRENCH):
        for month, name in enumerate(map(_plain, names), start=1):
            # Two letters, as in the Bambara name of May, stand in every other sentence.
            if len(name) > 2:
                yield name, Meaning(Kind.MONTH, value=month, doubtful=language != _FRENCH)


def _plain(name: str) -> str:
    return normalise_input(name).upper()


_EVERYDAY: Final[Mapping[str, Meaning]] = {
    **dict.fromkeys(everyday_words.NAMES, Meaning(Kind.NAME)),
    **dict.fromkeys(everyday_words.FILLERS, Meaning(Kind.FILLER)),
    **dict.fromkeys(everyday_words.GREETINGS, Meaning(Kind.GREETING)),
    **dict.fromkeys(everyday_words.UNITS, Meaning(Kind.UNIT)),
    **dict.fromkeys(everyday_words.PACKS, Meaning(Kind.PACK)),
    **dict.fromkeys(everyday_words.TIMES, Meaning(Kind.TIME)),
}
