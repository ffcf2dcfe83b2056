"""Report reader: read codes and numbers as a report (`read_report`)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.problem import Problem
from menus.model.reading import Filled, MonthSaid, Reading
from menus.reading import months
from menus.reading.certainty import filled_form, foreign_aliases, minus_separates, unknown_code
from menus.reading.closing import without_closing
from menus.reading.pairing import Pair, ask, pair_up
from menus.reading.personal_data import name_names, without_phones
from menus.reading.sections import split, without_times
from menus.reading.slots import Section
from menus.reading.tokens import Kind, Token, forms_named
from menus.reading.truncation import Ending, ending_of
from menus.reading.vocabulary import Vocabulary

_PLAIN: Final = frozenset({Kind.KEYWORD, Kind.CODE, Kind.NUMBER, Kind.MARK, Kind.DAYS, Kind.UNIT})


def read_report(
    text: str, tokens: list[Token], vocabulary: Vocabulary, *, behind_command: bool = False
) -> Reading:
    """Return what tokens say as a report; `text` is the whole SMS, whose length tells of a cut.

    `behind_command` tells that the keyword of a command stood before them.
    """
    return _ReportReader(text, tokens, vocabulary, behind_command).report()


def is_plain(tokens: Iterable[Token]) -> bool:
    """Return whether there are codes and numbers only, so that words need no attention."""
    return _PLAIN.issuperset([token.kind for token in tokens])


@dataclass(slots=True)
class _ReportReader:
    """The reader of one report, step by step.

    `pairs` and `unknown` are of all sections, `said` the months of the whole message, `stray` a
    number that may be its month.
    """

    text: str
    tokens: list[Token]
    vocabulary: Vocabulary
    behind_command: bool
    problems: list[Problem] = field(default_factory=list)
    pairs: list[tuple[Section, Pair]] = field(default_factory=list)
    unknown: list[tuple[Token, list[Token]]] = field(default_factory=list)
    said: list[MonthSaid] = field(default_factory=list)
    unclear_month: bool = False
    stray: Token | None = None

    def report(self) -> Reading:
        """Return the reading: its body is the order in which a report is read."""
        plain = is_plain(self.tokens)
        phoneless, phones = without_phones(self.tokens if plain else without_times(self.tokens))
        ending = ending_of(self.text, phoneless, self.catalogue.code_of)
        rest = ending.tokens if plain else self._without_words(ending.tokens)
        sections, strays = split(rest, self.catalogue, self.vocabulary.speller.forms_near)
        sections[0].behind_command = self.behind_command
        bare = self._pair_all(sections)
        self._drop_doubtful(ending)
        self._ask_unknown_codes(strays, bare)
        month = self._month(unread=any(map(_begins_as_month, sections)))
        filled = () if self.unclear_month else self._filled()
        self._ask_when_empty(sections)
        return Reading(
            filled=filled,
            month=month,
            forms_named=forms_named(section.keyword for section in sections if section.keyword),
            problems=tuple(_each_once(self.problems)),
            personal=phones or (not plain and self._has_names(sections)),
            cut=ending.cut,
            stray_number=self.stray.value if self.stray else None,
        )

    @property
    def catalogue(self) -> Catalogue:
        return self.vocabulary.catalogue

    def _without_words(self, tokens: Sequence[Token]) -> list[Token]:
        """Return the tokens with names marked and without the months said in words, now noted."""
        may_be_code = self.vocabulary.speller.may_be_code
        named = name_names(without_closing(tokens, may_be_code), may_be_code)
        self.said, rest = months.take_words(named)
        return rest

    def _pair_all(self, sections: Sequence[Section]) -> list[str]:
        """Pair every section and return the codes in a sentence without a number."""
        known = {month.month for month in self.said}
        bare: list[str] = []
        for section in sections:
            paired = pair_up(section, self.vocabulary, known)
            self.pairs += [(section, pair) for pair in paired.pairs]
            self.unknown += paired.unknown
            self.said += paired.months
            self.unclear_month |= paired.unclear_month
            self.problems += paired.problems
            self.stray = self.stray or paired.stray
            bare += paired.bare
        return bare

    def _drop_doubtful(self, ending: Ending) -> None:
        """Take out the pairs that are doubtful after all, and ask about them."""
        minus = minus_separates([pair for _, pair in self.pairs])
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
        self._ask_two_values()

    def _is_doubtful(
        self, pair: Pair, *, minus: bool, foreign: Collection[Token], lost: int
    ) -> bool:
        """Return whether a pair is doubtful, and note the question about it.

        `minus` tells that hyphens separate, `foreign` are the aliases of another form's codes,
        and `lost` is the end of the number that may have lost digits, -1 without one.
        """
        code = pair.token.means
        if pair.end == lost:
            self.problems.append(ask("cut", code))
        elif pair.number.minus and pair.number.value == 1 and not minus:
            self.problems.append(ask("code_without_number", code))
        elif pair.token in foreign:
            self.problems.append(ask("unknown_code", typed=pair.token.text))
        else:
            return False
        return True

    def _ask_two_values(self) -> None:
        """Ask about each code that was typed twice with different numbers or days out."""
        if len({pair.token.means for _, pair in self.pairs}) == len(self.pairs):
            return
        seen: dict[str, Pair] = {}
        for _, pair in self.pairs:
            code = pair.token.means
            before = seen.setdefault(code, pair)
            if pair.number.value != before.number.value or pair.days != before.days:
                self.problems.append(ask("two_values", code))

    def _ask_unknown_codes(self, strays: Sequence[Token], bare: Sequence[str]) -> None:
        """Ask about words in a code's place, stray commands and, without pairs, bare codes."""
        present = {pair.token.means for _, pair in self.pairs}
        for token, numbers in self.unknown:
            self.problems.extend(unknown_code(token, numbers, self.vocabulary.speller, present))
        self.problems.extend(ask("unknown_code", typed=token.text) for token in strays)
        if not self.pairs:
            self.problems.extend(ask("code_without_number", code) for code in bare)

    def _month(self, *, unread: bool) -> MonthSaid | None:
        """Return the month that was said; None, with a question, when it is unclear.

        `unread` tells that a word may be a month that could not be read.
        """
        month, differ = months.agreed(self.said)
        self.unclear_month |= differ or (month is None and unread)
        if self.unclear_month:
            self.problems.insert(0, ask("month_unclear"))
        if self.stray and (month or self.unclear_month):
            self._ask_stray(self.stray, month)
        return None if self.unclear_month else month

    def _ask_stray(self, number: Token, month: MonthSaid | None) -> None:
        """Ask about a stray number where another month is said, or none is clear."""
        if month is None or number.value != month.month:
            self.problems.append(ask("number_without_code", number=number.value))
        self.stray = None

    def _filled(self) -> tuple[Filled, ...]:
        """Return the pairs by form, without the codes that are asked."""
        asked = {code for problem in self.problems for code in problem.codes}
        certain = [pair for _, pair in self.pairs if pair.token.means not in asked]
        touched = {self.catalogue.form_of[pair.token.means] for pair in certain}
        return tuple(
            filled_form(keyword, codes, certain)
            for keyword, codes in self.vocabulary.codes.items()
            if keyword in touched
        )

    def _ask_when_empty(self, sections: Sequence[Section]) -> None:
        """Ask when nothing was understood, or when a form was named without numbers."""
        if not any(map(_is_understood, sections)):
            self.problems = [ask("nothing_understood")]
            return
        touched = {self.catalogue.form_of[pair.token.means] for _, pair in self.pairs}
        empty = [section.keyword for section in sections if section.keyword and not section.slots]
        for keyword in empty:
            if keyword.means not in touched:
                self.problems.append(ask("form_without_numbers", form=keyword.means))
        if not self.pairs and not self.problems:
            self.problems.append(ask("nothing_understood"))

    def _has_names(self, sections: Sequence[Section]) -> bool:
        """Return whether a name, or a word that is neither code nor everyday, was typed."""
        codes = {token for token, _ in self.unknown}
        understood = any(map(_is_understood, sections))
        return any(
            token.kind is Kind.NAME or (_is_free_word(token) and understood and token not in codes)
            for section in sections
            for token in section.tokens
        )


def _is_understood(section: Section) -> bool:
    return bool(section.keyword or section.slots)


def _is_free_word(token: Token) -> bool:
    return token.kind is Kind.UNKNOWN and len(token.text) > 2


def _begins_as_month(section: Section) -> bool:
    """Return whether a word before the first code may be a month that could not be read."""
    free = (token.text for token in section.preface if _is_free_word(token))
    return section.keyword is not None and any(map(months.may_be_month, free))


def _each_once(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Yield the problems in order, each once; a Problem holds a mapping and has no hash."""
    seen = set()
    for problem in problems:
        mark = (problem.key, problem.codes, tuple(problem.values.items()))
        if mark not in seen:
            seen.add(mark)
            yield problem
