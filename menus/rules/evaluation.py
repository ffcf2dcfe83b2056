"""Judge the numbers of a form against limits and rules: accepted, pending or refused.

The rules are in the catalogue: two limits for each field, and cross-checks within a form,
between forms and with earlier months. A number that breaks a rule is parked together with the
other newly typed numbers of that check, and all others are accepted, so that one retyped number
is enough.
"""

import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from menus.model.catalogue import Form
from menus.model.cross_check import Check, Level, Term, When
from menus.model.problem import Problem
from menus.model.programme import EMPTY
from menus.rules.history import NOTHING_KNOWN, RuleContext, known_elsewhere

DIFFER: Final = "differ"
_COMPARE: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
OPERATORS: Final = (*_COMPARE, DIFFER)
_WEIGHT: Final = {Level.REFUSE: 0, Level.CONFIRM: 1, Level.ASK: 2}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of evaluating the numbers of a form, by code.

    `accepted` and `days_out` are new or retyped and count from now on; `pending` numbers wait
    for a correction or a confirmation and do not count; a number in none of them was refused.
    `to_confirm` are the pending codes that an OUI of the agent would settle, in form order; the
    other pending codes must be corrected. `problems` are refusals first, then confirmations,
    each in form order.
    """

    accepted: Mapping[str, int]
    days_out: Mapping[str, int]
    pending: Mapping[str, int]
    problems: tuple[Problem, ...]
    to_confirm: tuple[str, ...] = ()


def evaluate(
    form: Form,
    *,
    stored: Mapping[str, int],
    pending: Mapping[str, int],
    typed: Mapping[str, int],
    typed_days_out: Mapping[str, int] = EMPTY,
    days_in_month: int = 31,
    rule_context: RuleContext = NOTHING_KNOWN,
    confirmed: Collection[str] = (),
) -> Evaluation:
    """Judge typed numbers, and pending ones not retyped, against limits and rules.

    All mappings are by code. A number above `refuse_above` is dropped, one above `ask_above` is
    parked; days out above `days_in_month` are dropped together with the stock count typed with
    them (rule 20 of the programme). A check applies once all its numbers are known; where it is
    broken, the new numbers it names are parked, and stored numbers stay. Checks that refuse come
    before those that the agent may confirm. The agent has confirmed the codes in `confirmed`:
    neither the ask limit nor a check of level confirm parks them, a refusal still does.

    Raises KeyError for a code that the form does not have, and for an operator that no check may
    use.
    """
    days_out, too_long = _days_judged(typed_days_out, days_in_month)
    newly = {code: number for code, number in {**pending, **typed}.items() if code not in too_long}
    checks = [check for check in form.checks if not newly.keys().isdisjoint(check.codes)]
    known = {**known_elsewhere(checks, rule_context), **stored}
    sieve = _Sieve(form, checks, known, confirmed).sift(newly)
    settled, refusals = _what_oui_settles(sieve)
    problems = _with_refusals([*too_long.values(), *sieve.problems], refusals, settled)
    return Evaluation(
        accepted=sieve.new,
        days_out=days_out,
        pending=sieve.parked,
        problems=_in_order(form, problems),
        to_confirm=tuple(code for code in form.codes if code in settled),
    )


def _days_judged(
    typed: Mapping[str, int], days_in_month: int
) -> tuple[dict[str, int], dict[str, Problem]]:
    """Return the days out that fit into the month, and the problem of each code with more."""
    good = {code: days for code, days in typed.items() if days <= days_in_month}
    too_long = {
        code: Problem("days_out_too_long", Level.REFUSE, (code,), {"number": days})
        for code, days in typed.items()
        if code not in good
    }
    return good, too_long


@dataclass(slots=True)
class _Sieve:
    """New numbers being sorted by limits and checks, together with the `known` numbers.

    `told` are the codes that a problem names already.
    """

    form: Form
    checks: Sequence[Check]
    known: Mapping[str, int]
    confirmed: Collection[str]
    new: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def sift(self, newly: Mapping[str, int]) -> "_Sieve":
        for code, number in newly.items():
            self._limit(code, number)
        self._cross_check()
        return self

    def _limit(self, code: str, number: int) -> None:
        """Accept the number, park it or drop it, by the limits of its field."""
        limits = self.form.field(code)
        if number > limits.refuse_above:
            self._add_problem("above_refuse", Level.REFUSE, code, number)
        elif number > limits.ask_above and code not in self.confirmed:
            self.parked[code] = number
            self._add_problem("above_ask", Level.CONFIRM, code, number)
        else:
            self.new[code] = number

    def _cross_check(self) -> None:
        """Move the new numbers that break a check to `parked`, until the rest agrees.

        A code whose new number was parked is known by its stored number again, so another
        check may be broken in a later round. It is reported only when it names a code that no
        problem names yet.
        """
        while True:
            known = self._everything_known()
            free = {code for code in self.new if code not in self.confirmed}
            broken = self._broken(Level.REFUSE, self.new.keys(), known)
            movable = set(self.new) if broken else free
            broken = broken or self._broken(Level.CONFIRM, free, known)
            if not broken:
                return
            fresh = [
                check for check in broken if not self.told or not self.told.issuperset(check.codes)
            ]
            self.problems.extend(_problem(check, known, self.new) for check in fresh)
            self.told.update(code for check in fresh for code in check.codes)
            named = {code for check in broken for code in check.codes}
            for code in [code for code in self.new if code in named and code in movable]:
                self.parked[code] = self.new.pop(code)

    def _everything_known(self) -> dict[str, int]:
        """Return the numbers by `Term.name`; a constant is a multiple of the nameless number 1."""
        known = {"": 1, **self.known, **self.new}
        for check in self.checks:
            for term in check.elsewhere:
                if term.when is When.LATEST and term.code in known:
                    known[term.name] = known[term.code]
        return known

    def _broken(
        self, level: Level, movable: AbstractSet[str], known: Mapping[str, int]
    ) -> list[Check]:
        return [
            check
            for check in self.checks
            if check.level is level
            and not movable.isdisjoint(check.codes)
            and _broken(check, known)
        ]

    def _add_problem(self, key: str, level: Level, code: str, number: int) -> None:
        self.problems.append(Problem(key, level, (code,), {"number": number}))


def _what_oui_settles(sieve: _Sieve) -> tuple[set[str], list[Problem]]:
    """Return the asked codes that an OUI would settle, and the refusals that would follow it."""
    asked = [problem for problem in sieve.problems if problem.level is Level.CONFIRM]
    settled = {code for problem in asked for code in problem.codes if code in sieve.parked}
    known = {**sieve.known, **sieve.new}
    refusals: list[Problem] = []
    while settled:
        confirmed = settled.union(sieve.confirmed)
        after = _Sieve(sieve.form, sieve.checks, known, confirmed).sift(sieve.parked)
        refusals += [
            problem
            for problem in after.problems
            if problem.level is Level.REFUSE and not settled.isdisjoint(problem.codes)
        ]
        if settled <= after.new.keys():
            break
        settled &= after.new.keys()
    return settled, refusals


def _with_refusals(
    problems: list[Problem], refusals: list[Problem], settled: Collection[str]
) -> list[Problem]:
    """Return the problems to report: a refusal replaces the question that it would follow."""
    if not refusals:
        return problems
    by_meaning = {
        (problem.key, frozenset(problem.codes)): problem for problem in (*refusals, *problems)
    }
    refused = {
        code
        for problem in by_meaning.values()
        if problem.level is Level.REFUSE
        for code in problem.codes
    }
    return [
        problem
        for problem in by_meaning.values()
        if problem.level is not Level.CONFIRM
        or any(code in settled for code in problem.codes)
        or not refused.issuperset(problem.codes)
    ]


def _broken(check: Check, known: Mapping[str, int]) -> bool:
    """Return whether every number is known, the check applies, and it does not hold."""
    if check.given is not None and not _holds(check.given, known):
        return False
    return _holds(check, known) is False


def _holds(check: Check, known: Mapping[str, int]) -> bool | None:
    """Return whether the check holds, None while a number is unknown."""
    if check.op == DIFFER:
        pairs = zip(check.left, check.right, strict=True)
        sides = [(_sum((left,), known), _sum((right,), known)) for left, right in pairs]
        if any(None in pair for pair in sides):
            return None
        return any(pair[0] != pair[1] for pair in sides)
    left, right = _sum(check.left, known), _sum(check.right, known)
    if left is None or right is None:
        return None
    return _COMPARE[check.op](left, right) or _is_near(check, left, right)


def _is_near(check: Check, left: int, right: int) -> bool:
    if check.allow is None:
        return False
    return 100 * abs(left - right) <= max(100 * check.allow.units, check.allow.percent * abs(right))


def _sum(terms: Iterable[Term], known: Mapping[str, int]) -> int | None:
    """Return the sum of the terms, None while a number is unknown."""
    total = 0
    for term in terms:
        number = known.get(term.name)
        if number is None:
            return None
        total += term.factor * number
    return total


def _problem(check: Check, known: Mapping[str, int], new: Collection[str]) -> Problem:
    """Return the problem of a broken check, with the new codes first.

    A stock on hand from before this month is not among the codes to mend.
    """
    codes = sorted(
        (code for code in check.codes if code in known), key=lambda code: code not in new
    )
    values = {term.name: known[term.name] for term in check.terms}
    return Problem(check.words, check.level, tuple(codes), values)


def _in_order(form: Form, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    place = {code: number for number, code in enumerate(form.codes)}
    return tuple(
        sorted(problems, key=lambda problem: (_WEIGHT[problem.level], place[problem.codes[0]]))
    )
