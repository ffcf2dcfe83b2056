"""Which pairs of code and number are certain, and what to ask about the others."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from menus.model.catalogue import Catalogue
from menus.model.problem import Problem
from menus.model.reading import Filled
from menus.reading.pairing import Pair, ask
from menus.reading.slots import Section
from menus.reading.spelling import LONGEST_CODE, Speller
from menus.reading.tokens import Kind, Token


def minus_separates(pairs: Sequence[Pair]) -> bool:
    """Whether a hyphen is no sign of a missing number here, because it separates or is absent.

    It may part codes from numbers (`VUS-45 NND-1`). A single `-1` among plain numbers is what
    Mali's earlier phone form (SNISI) sent for an empty cell: there it is no 1.
    """
    if not any(one.number.minus for one in pairs):
        return True
    others = [one.number.minus for one in pairs if one.number.value != 1]
    return 2 * sum(others) > len(others)


def foreign_aliases(
    pairs: Sequence[tuple[Section, Pair]], catalogue: Catalogue
) -> Collection[Token]:
    """The aliases typed among another form's codes, where they may mean one of those.

    `SRO` is an alias of PEC's `SRZ`; beside stock counts the agent means the sachets (`SEL`).
    The form expected is that of the nearest code by its own name, before or else after, in
    the same section; without any, that of the keyword.
    """
    if all(one.token.text == one.token.means for _, one in pairs):
        return frozenset()
    before = _forms_beside(pairs, catalogue)
    after = _forms_beside(pairs[::-1], catalogue)[::-1]
    foreign = set()
    for (section, one), left, right in zip(pairs, before, after, strict=True):
        expected = left or right or (section.keyword.means if section.keyword else "")
        is_alias = one.token.text != one.token.means
        if is_alias and expected not in ("", catalogue.form_of[one.token.means]):
            foreign.add(one.token)
    return foreign


def _forms_beside(pairs: Sequence[tuple[Section, Pair]], catalogue: Catalogue) -> list[str]:
    """For each pair, the form of the last code by its own name so far in its section."""
    forms: list[str] = []
    here: Section | None = None
    form = ""
    for section, one in pairs:
        if section is not here:
            here, form = section, ""
        if one.token.text == one.token.means:
            form = catalogue.form_of[one.token.means]
        forms.append(form)
    return forms


def unknown_code(
    token: Token, numbers: Sequence[Token], speller: Speller, present: Collection[str]
) -> Iterator[Problem]:
    """The question about a word in a code's place; `present` are the codes that have numbers.

    Only what may be a code is repeated in it: a longer word may be anything.
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
    """The pairs that belong to this form, in the order of its codes."""
    mine = {one.token.means: one for one in pairs}
    pairs = [mine[code] for code in codes if code in mine]
    return Filled(
        form=form,
        values={one.token.means: one.number.value for one in pairs},
        days_out={one.token.means: one.days for one in pairs if one.days is not None},
        repaired=tuple(one.token.means for one in pairs if one.number.repaired),
    )
