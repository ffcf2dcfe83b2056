"""Compose a sentence: a key of the words files and its values -> text in GSM-7."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from menus.gsm7 import to_gsm7
from menus.model.catalogue import Catalogue
from menus.model.cross_check import Check, Term, When
from menus.model.problem import Problem

# More digits than any count has may be a telephone number, which no SMS repeats: in one piece, or
# in pairs with a sign between. Numbers of a list are separated by letters, or a comma and a space.
MOST_DIGITS: Final = 6
_NUMBER: Final = re.compile(r"\d(?:(?:,|[ ./_-]*)\d)*")
# The command that changes a number that is stored or waiting.
CORRECT: Final = "COR"
# Problems that no SMS of the sender can mend.
NOT_MENDABLE_BY_SMS: Final = frozenset({"change_closed"})


def say(
    catalogue: Catalogue, language: str, key: str, *, brief: bool = False, **values: object
) -> str:
    """Return the sentence `key` with its placeholders filled, in GSM-7.

    French is used for a sentence that the language lacks. `brief` takes the shorter wording
    where there is one. `{forms}` is always known: the keywords of all forms.

    Raises KeyError for a key without a sentence and for a placeholder without a value.
    """
    template = _template(catalogue, language, key, brief)
    if "{forms}" in template:
        values = {"forms": listed(catalogue, language, tuple(catalogue.forms)), **values}
    return to_gsm7(template.format_map(values))


def say_problem(catalogue: Catalogue, language: str, problem: Problem, *, brief: bool) -> str:
    """Return the sentence of a problem. Numbers longer than any count are not repeated."""
    fills = _fills(catalogue, language, problem)
    return say(catalogue, language, problem.key, brief=brief, **fills)


def listed(catalogue: Catalogue, language: str, names: tuple[str, ...], word: str = "or") -> str:
    """Return names as `A, B ou C`; `word` is the key of the word before the last."""
    *head, last = names
    between = _template(catalogue, language, word, False)
    return f"{', '.join(head)} {between} {last}" if head else last


def to_retype(catalogue: Catalogue, problem: Problem) -> tuple[str, ...]:
    """Return the codes of which one, typed again with its number, mends the problem.

    Empty for a number that the sender may not change: sent again it would be refused again.
    """
    if problem.key in NOT_MENDABLE_BY_SMS:
        return ()
    near = catalogue.code_of.get(str(problem.values.get("near", "")))
    codes = (near, *problem.codes) if near else problem.codes
    return tuple(dict.fromkeys(code for code in codes if code in catalogue.form_of))


def to_send(
    catalogue: Catalogue,
    language: str,
    wanted: Iterable[tuple[str, ...]],
    *,
    held: Collection[str] = (),
    brief: bool,
) -> str:
    """Return what to type: `COR POS .. ou TDR .., DIA ..`, or `PEC AMX .. SRZ ..`, by form.

    Each entry of `wanted` is a choice of codes. The codes in `held` have a number already,
    stored or waiting, which COR changes; the others go with their form's keyword. A choice of
    all codes of a form is that form. A code is named once; `brief` names only the first of a
    choice, and none where one of them is named already. Dots stand for the number, since an
    example could be sent back unchanged.
    """
    either = f" {_template(catalogue, language, 'or', False)} "
    named: set[str] = set()
    by_word: dict[str, list[str]] = {}
    for choice in wanted:
        whole = _whole_form(catalogue, choice)
        if whole:
            template = _template(catalogue, language, "whole_form", brief)
            by_word.setdefault(template.format(form=whole), [])
            continue
        codes = [code for code in choice if code not in named]
        if brief:
            codes = codes[:1] if len(codes) == len(choice) else []
        named.update(codes)
        if codes:
            word = CORRECT if codes[0] in held else catalogue.form_of[codes[0]]
            texts = by_word.setdefault(word, [])
            texts.append(either.join(f"{code} .." for code in codes))
    return " ".join(f"{word} {_joined(texts)}".strip() for word, texts in by_word.items())


def _whole_form(catalogue: Catalogue, choice: tuple[str, ...]) -> str:
    """Return the form whose required codes are all in the choice, else ''."""
    form = catalogue.forms[catalogue.form_of[choice[0]]] if choice else None
    return form.keyword if form and set(form.required).issubset(choice) else ""


def _joined(texts: list[str]) -> str:
    # A comma separates a choice from the next code; without a choice it only takes room.
    plain = all(text.count("..") == 1 for text in texts)
    return (" " if plain else ", ").join(texts)


def _template(catalogue: Catalogue, language: str, key: str, brief: bool) -> str:
    keys = (f"{key}_short", key) if brief else (key,)
    for words in (catalogue.words[language], catalogue.words["fr"]):
        for candidate in keys:
            if candidate in words:
                return words[candidate]
    raise KeyError(f"no sentence is called {key!r}")


def _fills(catalogue: Catalogue, language: str, problem: Problem) -> Mapping[str, str]:
    fills: dict[str, str] = {}
    values = {name: _shown(catalogue, language, value) for name, value in problem.values.items()}
    if problem.codes:
        first = problem.codes[0]
        fills = {
            "code": first,
            "codes": " ".join(problem.codes),
            "form": catalogue.form_of.get(first, first),
        }
        check = _check_of(catalogue, problem)
        if check is not None:
            fills.update(_sides(catalogue, language, check, values))
    return fills | values


def _check_of(catalogue: Catalogue, problem: Problem) -> Check | None:
    """Return the cross-check that a problem is about: several checks may share a sentence."""
    form = catalogue.forms.get(catalogue.form_of.get(problem.codes[0], ""))
    checks = () if form is None else form.checks
    for check in checks:
        if check.words == problem.key and problem.values.keys() >= check.names:
            return check
    return None


def _sides(
    catalogue: Catalogue, language: str, check: Check, values: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    yield "left", _sum(catalogue, language, check.left, values)
    yield "right", _sum(catalogue, language, check.right, values)
    if check.given is not None:
        yield "given", _sum(catalogue, language, check.given.left, values)


def _sum(
    catalogue: Catalogue, language: str, terms: Iterable[Term], values: Mapping[str, str]
) -> str:
    """Return `MAM 4 + MAS 300`: each number beside its code, never their sum, as typed."""
    text = ""
    for term in terms:
        if not term.code or (term.when is When.RECEIVED and values[term.name] == "0"):
            continue  # a zero of receipts was not typed, so it is not shown
        sign = "- " if term.factor < 0 else "+ " if text else ""
        text += f" {sign}{_number(catalogue, language, term, values[term.name])}"
    return text.strip()


def _number(catalogue: Catalogue, language: str, term: Term, number: str) -> str:
    if term.when is When.NOW:
        return f"{term.code} {number}"
    template = _template(catalogue, language, f"number_{term.when}", False)
    return template.format(code=term.code, number=number)


def _shown(catalogue: Catalogue, language: str, value: object) -> str:
    text = str(value)
    longest = max((sum(map(str.isdigit, number)) for number in _NUMBER.findall(text)), default=0)
    if longest > MOST_DIGITS:
        return _template(catalogue, language, "long_number", False)
    return text
