"""Numbers weighed: which are accepted, which wait, and what the agent must mend.

The rules stand in the catalogue: two limits for each field and cross-checks for each form.
A number that breaks one is parked with the other newly typed numbers of that check, and all
else is kept, so that one retyped number is enough.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from menus.model import EMPTY, Check, Form, Level, Problem, Term

_COMPARE: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_WEIGHT: Final = {Level.REFUSE: 0, Level.CONFIRM: 1, Level.ASK: 2}


@dataclass(frozen=True, slots=True)
class Weighed:
    """What became of the numbers of one form.

    `accepted` and `days_out` are new or retyped and count from now on; `pending` waits for a
    correction or a confirmation and never counts; a number in none of them was refused.
    `problems`: refusals first, then what may be confirmed, then questions; in form order.
    """

    accepted: Mapping[str, int]
    days_out: Mapping[str, int]
    pending: Mapping[str, int]
    problems: tuple[Problem, ...]


def weigh(
    form: Form,
    *,
    stored: Mapping[str, int],
    pending: Mapping[str, int],
    typed: Mapping[str, int],
    typed_days_out: Mapping[str, int] = EMPTY,
    days_in_month: int = 31,
) -> Weighed:
    """Weighs what is typed, and what was pending and not retyped, beside what is stored.

    A number above `refuse_above` is dropped, one above `ask_above` is parked; days out above
    `days_in_month` are dropped together with the stock count typed with them (rule 20 of the
    programme). A check speaks once all its codes are known; where it is broken, the new
    numbers it names are parked, and what is stored stays. Raises KeyError for a code that the
    form does not have, and for an operator that no check may use.
    """
    days_out, too_long = _days_weighed(typed_days_out, days_in_month)
    newly = {code: one for code, one in {**pending, **typed}.items() if code not in too_long}
    candidates, parked, problems = _limits(form, newly)
    problems.extend(too_long.values())
    problems.extend(_cross_check(form.checks, stored, candidates, parked))
    return Weighed(candidates, days_out, parked, _in_order(form, problems))


def _days_weighed(
    typed: Mapping[str, int], days_in_month: int
) -> tuple[dict[str, int], dict[str, Problem]]:
    """The days out that a month can hold, and the problem of each code with more."""
    good = {code: days for code, days in typed.items() if days <= days_in_month}
    too_long = {
        code: Problem("days_out_too_long", Level.REFUSE, (code,), {"number": days})
        for code, days in typed.items()
        if code not in good
    }
    return good, too_long


def _limits(
    form: Form, newly: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int], list[Problem]]:
    """The numbers within the field's limits, those to be confirmed, and the problems."""
    candidates: dict[str, int] = {}
    parked: dict[str, int] = {}
    problems: list[Problem] = []
    for code, number in newly.items():
        field = form.field(code)
        if number > field.refuse_above:
            problems.append(Problem("above_refuse", Level.REFUSE, (code,), {"number": number}))
        elif number > field.ask_above:
            parked[code] = number
            problems.append(Problem("above_ask", Level.ASK, (code,), {"number": number}))
        else:
            candidates[code] = number
    return candidates, parked, problems


def _cross_check(
    checks: Iterable[Check],
    stored: Mapping[str, int],
    candidates: dict[str, int],
    parked: dict[str, int],
) -> list[Problem]:
    """Moves the candidates that break a check to `parked`, until the rest agrees.

    A code whose new number was parked is known by its stored number again, so another check
    may speak in a later round. That one is told only when it names a code not yet told.
    """
    problems: list[Problem] = []
    told: set[str] = set()
    while True:
        known = {**stored, **candidates}
        broken = [
            check
            for check in checks
            if candidates.keys() & {*check.codes} and _broken(check, known)
        ]
        if not broken:
            return problems
        fresh = [check for check in broken if not told or not told.issuperset(check.codes)]
        problems.extend(_problem(check, known, candidates) for check in fresh)
        for code in [code for check in broken for code in check.codes if code in candidates]:
            parked[code] = candidates.pop(code, parked.get(code, 0))
            told.add(code)
        told.update(code for check in fresh for code in check.codes)


def _broken(check: Check, known: Mapping[str, int]) -> bool:
    """Whether every code is known, the check applies, and it does not hold."""
    if not all(code in known for code in check.codes):
        return False
    if check.given is not None and not _holds(check.given, known):
        return False
    return not _holds(check, known)


def _holds(check: Check, known: Mapping[str, int]) -> bool:
    return _COMPARE[check.op](_sum(check.left, known), _sum(check.right, known))


def _sum(terms: Iterable[Term], known: Mapping[str, int]) -> int:
    return sum(term.factor * (known[term.code] if term.code else 1) for term in terms)


def _problem(check: Check, known: Mapping[str, int], candidates: Mapping[str, int]) -> Problem:
    codes = sorted(check.codes, key=lambda code: code not in candidates)
    values = {code: known[code] for code in codes}
    return Problem(check.words, check.level, tuple(codes), values)


def _in_order(form: Form, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    place = {code: number for number, code in enumerate(form.codes)}
    return tuple(sorted(problems, key=lambda one: (_WEIGHT[one.level], place[one.codes[0]])))
