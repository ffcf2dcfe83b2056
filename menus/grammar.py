"""One SMS -> what it says: `read`.

The language is `KEYWORD [month] CODE number CODE number ...`, in any order, case and
punctuation; codes are unique over all forms, so they decide the form and the keyword is only
a hint. What is certain is filled in, everything else becomes a question; nothing that may be
a number is ever skipped in silence. Time is linear in the length of the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from menus import month_numbers, months
from menus.certainty import filled_form, foreign_aliases, minus_separates, unknown_code
from menus.ending import Ending, ending_of
from menus.lexer import fold, scan
from menus.meaning import tokens_of
from menus.model import Catalogue, Filled, MonthSaid, Problem, Reading
from menus.pairing import Pair, ask, pair
from menus.private import name_names, without_phones
from menus.sections import command_in, split, without_times
from menus.slots import Section
from menus.spelling import Speller
from menus.tokens import Kind, Token


def read(text: str, catalogue: Catalogue) -> Reading:
    """What one SMS says, as far as it is certain; the rest as Problems of level ask.

    `filled` has at most one entry per form, in the catalogue's order. It is empty when the
    message is a command, and when the month is unclear, since nothing may be stored then.
    Numbers with O, l or I for a digit are filled and named in `Filled.repaired`. Whether a
    month may be reported, and what the limits and rules say, is not judged here. Takes any
    text whatever and raises nothing.
    """
    folded = fold(text)
    tokens = tokens_of(scan(folded), catalogue)
    command = command_in(tokens)
    if command is not None:
        return _command(folded, command, tokens)
    return _Reader(text, tokens, catalogue).report()


def _command(folded: str, command: Token, tokens: Sequence[Token]) -> Reading:
    """A command with its arguments; `PEC 03 RAS` names its form and month before it."""
    before = [token for token in tokens if token.end <= command.start]
    said, rest = months.take_words(before)
    month, _ = months.agreed([*said, *month_numbers.take(rest).months])
    stripped = (word.strip(".,;:!?\"'()") for word in folded[command.end :].upper().split())
    return Reading(
        month=month,
        command=command.means,
        arguments=tuple(word for word in stripped if word),
        forms_named=_named(before),
    )


def _named(tokens: Iterable[Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.means for one in tokens if one.kind is Kind.KEYWORD))


@dataclass(slots=True)
class _Reader:
    """Reads one report, step by step."""

    text: str
    tokens: list[Token]
    catalogue: Catalogue
    problems: list[Problem] = field(default_factory=list)
    pairs: list[tuple[Section, Pair]] = field(default_factory=list)
    unknown: list[tuple[Token, list[Token]]] = field(default_factory=list)
    said: list[MonthSaid] = field(default_factory=list)
    unclear_month: bool = False

    def report(self) -> Reading:
        speller = Speller(self.catalogue)
        phoneless, phones = without_phones(without_times(self.tokens))
        ending = ending_of(self.text, phoneless, self.catalogue.code_of)
        named = name_names(ending.tokens, speller.may_be_code)
        self.said, rest = months.take_words(named)
        sections, strays = split(rest, self.catalogue, speller.forms_near)
        bare = self._pair_all(sections, speller)
        self._certain(ending)
        self._unknown_codes(speller, strays, bare)
        month = self._month(unread=any(map(_begins_as_month, sections)))
        filled = () if self.unclear_month else self._filled()
        self._emptiness(sections)
        return Reading(
            filled=filled,
            month=month,
            forms_named=_named(one.keyword for one in sections if one.keyword),
            problems=tuple(_each_once(self.problems)),
            personal=phones or self._names_somebody(sections),
            cut=ending.cut,
        )

    def _pair_all(self, sections: Sequence[Section], speller: Speller) -> list[str]:
        """Pairs every section; gives the codes that stand in a sentence without a number."""
        known = {one.month for one in self.said}
        bare: list[str] = []
        for section in sections:
            paired = pair(section, speller.may_be_code, self._unit, known)
            self.pairs += [(section, one) for one in paired.pairs]
            self.unknown += paired.unknown
            self.said += paired.months
            self.unclear_month |= paired.unclear_month
            self.problems += paired.problems
            bare += paired.bare
        return bare

    def _unit(self, code: str) -> str | None:
        product = self.catalogue.field(code).product
        return product.unit if product else None

    def _certain(self, ending: Ending) -> None:
        """Takes out the pairs that something speaks against, and asks for them."""
        kept = []
        minus = minus_separates([one for _, one in self.pairs])
        foreign = foreign_aliases(self.pairs, self.catalogue)
        lost = ending.doubted.end if ending.doubted else -1
        for section, one in self.pairs:
            code = one.token.means
            if one.end == lost:
                self.problems.append(ask("cut", code))
            elif one.number.minus and one.number.value == 1 and not minus:
                self.problems.append(ask("code_without_number", code))
            elif one.token in foreign:
                self.problems.append(ask("unknown_code", typed=one.token.text))
            else:
                kept.append((section, one))
        if ending.cut and not any(problem.key == "cut" for problem in self.problems):
            self.problems.append(ask("cut"))
        self.pairs = kept
        self._two_values()

    def _two_values(self) -> None:
        """One code twice must say the same; its days out as well, where both say any."""
        seen: dict[str, Pair] = {}
        for _, one in self.pairs:
            code = one.token.means
            before = seen.setdefault(code, one)
            if one.number.value != before.number.value or one.days != before.days:
                self.problems.append(ask("two_values", code))

    def _unknown_codes(
        self, speller: Speller, strays: Sequence[Token], bare: Sequence[str]
    ) -> None:
        present = {one.token.means for _, one in self.pairs}
        for token, numbers in self.unknown:
            self.problems.extend(unknown_code(token, numbers, speller, present))
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
            filled_form(form, certain)
            for keyword, form in self.catalogue.forms.items()
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
