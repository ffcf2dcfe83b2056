"""Certainty: tell which pairs of code and number are certain, and ask about the others."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from menus.model.catalogue import Catalogue
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.reading.pairing import Pair, ask
from menus.reading.slots import Section
from menus.reading.spelling import LONGEST_CODE, Speller
from menus.reading.tokens import Kind, Token


def minus_separates(pairs: Sequence[Pair]) -> bool:
    """Return whether no hyphen stands for a missing number: hyphens separate, or are absent.

    A hyphen may separate codes from numbers (`VUS-45 NND-1`). A single `-1` beside plain
    numbers is what Mali's earlier phone form (SNISI) sent for an empty cell: there it is no 1.
    """
    if not any(pair.number.minus for pair in pairs):
        return True
    others = [pair.number.minus for pair in pairs if pair.number.value != 1]
    return 2 * sum(others) > len(others)


def foreign_aliases(
    pairs: Sequence[tuple[Section, Pair]], catalogue: Catalogue
) -> Collection[Token]:
    """Return the aliases typed beside another form's codes, where they may mean one of those.

    `SRO` is an alias of PEC's `SRZ`; beside stock counts the agent means the sachets (`SEL`).
    The form expected is that of the nearest code by its own name, before or else after, in
    the same section; without any, that of the keyword.
    """
    if not any(map(_is_alias, pairs)):
        return frozenset()
    before = _forms_beside(pairs, catalogue)
    after = _forms_beside(pairs[::-1], catalogue)[::-1]
    foreign = set()
    for entry, left, right in zip(pairs, before, after, strict=True):
        section, pair = entry
        expected = left or right or (section.keyword.means if section.keyword else "")
        if _is_alias(entry) and expected not in ("", catalogue.form_of[pair.token.means]):
            foreign.add(pair.token)
    return foreign


def _is_alias(entry: tuple[Section, Pair]) -> bool:
    token = entry[1].token
    return token.text != token.means


def _forms_beside(pairs: Sequence[tuple[Section, Pair]], catalogue: Catalogue) -> list[str]:
    """Return, for each pair, the form of the last code by its own name so far in its section.

    It is empty where there is none.
    """
    forms: list[str] = []
    here: Section | None = None
    form = ""
    for entry in pairs:
        section, pair = entry
        if section is not here:
            here, form = section, ""
        if not _is_alias(entry):
            form = catalogue.form_of[pair.token.means]
        forms.append(form)
    return forms


def unknown_code(
    token: Token, numbers: Sequence[Token], speller: Speller, present: Collection[str]
) -> Iterator[Problem]:
    """Yield the questions about a word in a code's place; `present` are codes with numbers.

    Only what may be a code is repeated in them: a word of more than `LONGEST_CODE` letters may
    be anything, and is asked by its numbers.
    """
    typed = token.text
    plain = [number.value for number in numbers if not number.doubtful]
    if len(typed) > LONGEST_CODE:
        for number in plain:
            yield ask("number_without_code", number=number)
        return
    near = speller.only_code(typed) if token.kind is Kind.UNKNOWN else ""
    if near and near not in present and len(plain) == len(numbers) == 1:
        yield ask("unknown_code_near", typed=typed, near=near, number=plain[0])
    else:
        yield ask("unknown_code", typed=typed)


def filled_form(form: str, codes: Iterable[str], pairs: Iterable[Pair]) -> Filled:
    """Return the numbers of the pairs that belong to a form, in the order of its `codes`."""
    by_code = {pair.token.means: pair for pair in pairs}
    found = {code: by_code[code] for code in codes if code in by_code}
    return Filled(
        form=form,
        values={code: pair.number.value for code, pair in found.items()},
        days_out={code: pair.days for code, pair in found.items() if pair.days is not None},
        repaired=tuple(code for code, pair in found.items() if pair.number.repaired),
    )
