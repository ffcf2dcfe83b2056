"""Codes and numbers of one SMS -> the report that they are: `read_report`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.problem import Problem
from menus.model.reading import Filled, MonthSaid, Reading
from menus.reading import months
from menus.reading.certainty import filled_form, foreign_aliases, minus_separates, unknown_code
from menus.reading.pairing import Pair, ask, pair
from menus.reading.personal_data import name_names, without_phones
from menus.reading.sections import split, without_times
from menus.reading.slots import Section
from menus.reading.tokens import Kind, Token, forms_named
from menus.reading.truncation import Ending, ending_of
from menus.reading.vocabulary import Vocabulary

_PLAIN: Final = frozenset({Kind.KEYWORD, Kind.CODE, Kind.NUMBER, Kind.MARK, Kind.DAYS, Kind.UNIT})


def read_report(text: str, tokens: list[Token], vocabulary: Vocabulary) -> Reading:
    """What the tokens say as a report; `text` is the SMS that they are of."""
    return _Reader(text, tokens, vocabulary).report()


def is_plain(tokens: Iterable[Token]) -> bool:
    """Whether there are codes and numbers only, so that words need not be looked at."""
    return _PLAIN.issuperset([token.kind for token in tokens])


@dataclass(slots=True)
class _Reader:
    """Reads one report, step by step."""

    text: str
    tokens: list[Token]
    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    pairs: list[tuple[Section, Pair]] = field(default_factory=list)
    unknown: list[tuple[Token, list[Token]]] = field(default_factory=list)
    said: list[MonthSaid] = field(default_factory=list)
    unclear_month: bool = False

    def report(self) -> Reading:
        plain = is_plain(self.tokens)
        phoneless, phones = without_phones(self.tokens if plain else without_times(self.tokens))
        ending = ending_of(self.text, phoneless, self.catalogue.code_of)
        rest = ending.tokens if plain else self._without_words(ending.tokens)
        sections, strays = split(rest, self.catalogue, self.vocabulary.speller.forms_near)
        bare = self._pair_all(sections)
        self._certain(ending)
        self._unknown_codes(strays, bare)
        month = self._month(unread=any(map(_begins_as_month, sections)))
        filled = () if self.unclear_month else self._filled()
        self._emptiness(sections)
        return Reading(
            filled=filled,
            month=month,
            forms_named=forms_named(one.keyword for one in sections if one.keyword),
            problems=tuple(_each_once(self.problems)),
            personal=phones or (not plain and self._names_somebody(sections)),
            cut=ending.cut,
        )

    @property
    def catalogue(self) -> Catalogue:
        return self.vocabulary.catalogue

    def _without_words(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with names marked and the months said in words taken note of."""
        named = name_names(tokens, self.vocabulary.speller.may_be_code)
        self.said, rest = months.take_words(named)
        return rest

    def _pair_all(self, sections: Sequence[Section]) -> list[str]:
        """Pairs every section; gives the codes that stand in a sentence without a number."""
        known = {one.month for one in self.said}
        bare: list[str] = []
        for section in sections:
            paired = pair(section, self.vocabulary, known)
            self.pairs += [(section, one) for one in paired.pairs]
            self.unknown += paired.unknown
            self.said += paired.months
            self.unclear_month |= paired.unclear_month
            self.problems += paired.problems
            bare += paired.bare
        return bare

    def _certain(self, ending: Ending) -> None:
        """Takes out the pairs that something speaks against, and asks for them."""
        minus = minus_separates([one for _, one in self.pairs])
        foreign = foreign_aliases(self.pairs, self.catalogue)
        lost = ending.doubted.end if ending.doubted else -1
        if not minus or foreign or ending.doubted:
            self.pairs = [
                entry
                for entry in self.pairs
                if not self._is_doubtful(entry[1], minus=minus, foreign=foreign, lost=lost)
            ]
        if ending.cut and not any(problem.key == "cut" for problem in self.problems):
            self.problems.append(ask("cut"))
        self._two_values()

    def _is_doubtful(
        self, one: Pair, *, minus: bool, foreign: Collection[Token], lost: int
    ) -> bool:
        """Whether this pair must be asked, which is noted."""
        code = one.token.means
        if one.end == lost:
            self.problems.append(ask("cut", code))
        elif one.number.minus and one.number.value == 1 and not minus:
            self.problems.append(ask("code_without_number", code))
        elif one.token in foreign:
            self.problems.append(ask("unknown_code", typed=one.token.text))
        else:
            return False
        return True

    def _two_values(self) -> None:
        """One code twice must say the same; its days out as well, where both say any."""
        if len({one.token.means for _, one in self.pairs}) == len(self.pairs):
            return
        seen: dict[str, Pair] = {}
        for _, one in self.pairs:
            code = one.token.means
            before = seen.setdefault(code, one)
            if one.number.value != before.number.value or one.days != before.days:
                self.problems.append(ask("two_values", code))

    def _unknown_codes(self, strays: Sequence[Token], bare: Sequence[str]) -> None:
        present = {one.token.means for _, one in self.pairs}
        for token, numbers in self.unknown:
            self.problems.extend(unknown_code(token, numbers, self.vocabulary.speller, present))
        self.problems.extend(ask("unknown_code", typed=token.text) for token in strays)
        if not self.pairs:
            self.problems.extend(ask("code_without_number", code) for code in bare)

    def _month(self, *, unread: bool) -> MonthSaid | None:
        month, differ = months.agreed(self.said)
        self.unclear_month |= differ or (month is None and unread)
        if self.unclear_month:
            self.problems.insert(0, ask("month_unclear"))
            return None
        return month

    def _filled(self) -> tuple[Filled, ...]:
        """The pairs by form, less the codes that are asked."""
        asked = {code for problem in self.problems for code in problem.codes}
        certain = [one for _, one in self.pairs if one.token.means not in asked]
        touched = {self.catalogue.form_of[one.token.means] for one in certain}
        return tuple(
            filled_form(keyword, codes, certain)
            for keyword, codes in self.vocabulary.codes.items()
            if keyword in touched
        )

    def _emptiness(self, sections: Sequence[Section]) -> None:
        """Says so when nothing was understood, or a form was named and no number given."""
        if not any(map(_speaks, sections)):
            self.problems = [ask("nothing_understood")]
            return
        touched = {self.catalogue.form_of[one.token.means] for _, one in self.pairs}
        empty = [one.keyword.means for one in sections if one.keyword and not one.slots]
        for keyword in empty:
            if keyword not in touched:
                self.problems.append(ask("form_without_numbers", form=keyword))
        if not self.pairs and not self.problems:
            self.problems.append(ask("nothing_understood"))

    def _names_somebody(self, sections: Sequence[Section]) -> bool:
        """Whether a name was typed, or any word that is neither a code nor everyday speech."""
        codes = {token for token, _ in self.unknown}
        understood = any(map(_speaks, sections))
        return any(
            token.kind is Kind.NAME or (_is_free_word(token) and understood and token not in codes)
            for section in sections
            for token in section.tokens
        )


def _speaks(section: Section) -> bool:
    return bool(section.keyword or section.slots)


def _is_free_word(token: Token) -> bool:
    return token.kind is Kind.UNKNOWN and len(token.text) > 2


def _begins_as_month(section: Section) -> bool:
    """Whether a word before the first code may be a month that could not be read."""
    free = (token.text for token in section.preface if _is_free_word(token))
    return section.keyword is not None and any(map(months.may_be_month, free))


def _each_once(problems: Iterable[Problem]) -> Iterable[Problem]:
    seen = set()
    for problem in problems:
        mark = (problem.key, problem.codes, tuple(problem.values.items()))
        if mark not in seen:
            seen.add(mark)
            yield problem
