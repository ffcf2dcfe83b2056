"""One sentence at a time: a key of the words files and what fills it -> text in GSM-7."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from menus.gsm7 import fold
from menus.model import Catalogue, Check, Problem, Term

# More digits than any count has may be a telephone number, which no SMS repeats.
MOST_DIGITS: Final = 6


def say(
    catalogue: Catalogue, language: str, key: str, *, brief: bool = False, **values: object
) -> str:
    """The sentence `key`, filled in and folded to GSM-7.

    French stands in for a sentence that the language lacks. `brief` takes its shorter wording
    where there is one. `{forms}` is always known: the keywords of all forms. Raises KeyError
    for a key without a sentence and for a placeholder without a value.
    """
    template = _template(catalogue, language, key, brief)
    if "{forms}" in template:
        values = {"forms": listed(catalogue, language, tuple(catalogue.forms)), **values}
    return fold(template.format_map(values))


def say_problem(catalogue: Catalogue, language: str, problem: Problem, *, brief: bool) -> str:
    """What is wrong. Numbers longer than any count are named, not repeated."""
    fills = {
        name: _shown(catalogue, language, value)
        for name, value in _fills(catalogue, problem).items()
    }
    return say(catalogue, language, problem.key, brief=brief, **fills)


def listed(catalogue: Catalogue, language: str, names: tuple[str, ...]) -> str:
    """`A, B ou C`."""
    *head, last = names
    either = _template(catalogue, language, "or", False)
    return f"{', '.join(head)} {either} {last}" if head else last


def to_retype(catalogue: Catalogue, problem: Problem) -> tuple[str, ...]:
    """The codes of which one, typed again with its number, mends the problem."""
    near = catalogue.code_of.get(str(problem.values.get("near", "")))
    codes = (near, *problem.codes) if near else problem.codes
    return tuple(dict.fromkeys(code for code in codes if code in catalogue.form_of))


def to_send(
    catalogue: Catalogue, language: str, wanted: Iterable[tuple[str, ...]], *, brief: bool
) -> str:
    """What to type: `PEC POS .. ou TDR .., DIA ..`, form by form.

    Each entry of `wanted` is a choice of codes. A code is named once; `brief` names only the
    first of a choice, and none where one of them is named already. Dots stand for the number:
    an example could be sent back as it is.
    """
    either = f" {_template(catalogue, language, 'or', False)} "
    named: set[str] = set()
    by_form: dict[str, list[str]] = {}
    for choice in wanted:
        codes = [code for code in choice if code not in named]
        if brief:
            codes = codes[:1] if len(codes) == len(choice) else []
        named.update(codes)
        if codes:
            texts = by_form.setdefault(catalogue.form_of[codes[0]], [])
            texts.append(either.join(f"{code} .." for code in codes))
    return " ".join(f"{form} {_joined(texts)}" for form, texts in by_form.items())


def _joined(texts: list[str]) -> str:
    # A comma tells a choice from the next code; without a choice it would only cost room.
    plain = all(text.count("..") == 1 for text in texts)
    return (" " if plain else ", ").join(texts)


def _template(catalogue: Catalogue, language: str, key: str, brief: bool) -> str:
    keys = (f"{key}_short", key) if brief else (key,)
    for words in (catalogue.words[language], catalogue.words["fr"]):
        for candidate in keys:
            if candidate in words:
                return words[candidate]
    raise KeyError(f"no sentence is called {key!r}")


def _fills(catalogue: Catalogue, problem: Problem) -> Mapping[str, Any]:
    fills: dict[str, Any] = {}
    if problem.codes:
        first = problem.codes[0]
        fills = {
            "code": first,
            "codes": " ".join(problem.codes),
            "form": catalogue.form_of.get(first, first),
        }
        check = _check_of(catalogue, problem)
        if check is not None:
            fills.update(_sides(check, problem.values))
    return fills | dict(problem.values)


def _check_of(catalogue: Catalogue, problem: Problem) -> Check | None:
    """The cross-check that a problem is about: several may share one sentence."""
    form = catalogue.forms.get(catalogue.form_of.get(problem.codes[0], ""))
    checks = () if form is None else form.checks
    for check in checks:
        if check.words == problem.key and problem.values.keys() >= set(check.codes):
            return check
    return None


def _sides(check: Check, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "left", _sum(check.left, values)
    yield "right", _sum(check.right, values)
    if check.given is not None:
        yield "given", _sum(check.given.left, values)


def _sum(terms: tuple[Term, ...], values: Mapping[str, Any]) -> str:
    """`MAM 4 + MAS 300`: each number beside its code, and never their sum, which nobody typed."""
    text = ""
    for term in terms:
        if term.code:
            sign = "- " if term.factor < 0 else "+ " if text else ""
            text += f" {sign}{term.code} {values[term.code]}"
    return text.strip()


def _shown(catalogue: Catalogue, language: str, value: object) -> str:
    text = str(value)
    if sum(letter.isdigit() for letter in text) > MOST_DIGITS:
        return _template(catalogue, language, "long_number", False)
    return text
