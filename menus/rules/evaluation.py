"""Numbers weighed: which are accepted, which wait, and what the agent must mend.

The rules stand in the catalogue: two limits for each field, and cross-checks within a form,
between forms and with earlier months. A number that breaks one is parked with the other newly
typed numbers of that check, and all else is kept, so that one retyped number is enough.
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
    """What became of the numbers of one form.

    `accepted` and `days_out` are new or retyped and count from now on; `pending` waits for a
    correction or a confirmation and never counts; a number in none of them was refused.
    `to_confirm` are the pending codes that the agent's OUI would settle, in form order; the
    other pending ones must be corrected. `problems`: refusals first, then what may be
    confirmed; in form order.
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
    """Weighs what is typed, and what was pending and not retyped, beside what is stored.

    A number above `refuse_above` is dropped, one above `ask_above` is parked; days out above
    `days_in_month` are dropped together with the stock count typed with them (rule 20 of the
    programme). A check speaks once all its numbers are known; where it is broken, the new
    numbers it names are parked, and what is stored stays. Checks that refuse come before
    those that the agent may confirm. The codes in `confirmed` she has confirmed: neither the
    ask limit nor a check of level confirm holds them back, what refuses still does. Raises
    KeyError for a code that the form does not have, and for an operator that no check may use.
    """
    days_out, too_long = _days_judged(typed_days_out, days_in_month)
    newly = {code: one for code, one in {**pending, **typed}.items() if code not in too_long}
    checks = [one for one in form.checks if not newly.keys().isdisjoint(one.codes)]
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
    """The days out that a month can hold, and the problem of each code with more."""
    good = {code: days for code, days in typed.items() if days <= days_in_month}
    too_long = {
        code: Problem("days_out_too_long", Level.REFUSE, (code,), {"number": days})
        for code, days in typed.items()
        if code not in good
    }
    return good, too_long


@dataclass(slots=True)
class _Sieve:
    """New numbers on their way through limits and checks, beside what is `known`."""

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
        """Takes the number up, parks it or drops it, by the limits of its field."""
        limits = self.form.field(code)
        if number > limits.refuse_above:
            self._tell_limit("above_refuse", Level.REFUSE, code, number)
        elif number > limits.ask_above and code not in self.confirmed:
            self.parked[code] = number
            self._tell_limit("above_ask", Level.CONFIRM, code, number)
        else:
            self.new[code] = number

    def _cross_check(self) -> None:
        """Moves the new numbers that break a check to `parked`, until the rest agrees.

        A code whose new number was parked is known by its stored number again, so another
        check may speak in a later round. That one is told only when it names a code not yet
        told.
        """
        while True:
            known = self._everything_known()
            free = {code for code in self.new if code not in self.confirmed}
            broken = self._broken(Level.REFUSE, self.new.keys(), known)
            movable = set(self.new) if broken else free
            broken = broken or self._broken(Level.CONFIRM, free, known)
            if not broken:
                return
            fresh = [one for one in broken if not self.told or not self.told.issuperset(one.codes)]
            self.problems.extend(_problem(check, known, self.new) for check in fresh)
            self.told.update(code for check in fresh for code in check.codes)
            named = {code for one in broken for code in one.codes}
            for code in [code for code in self.new if code in named and code in movable]:
                self.parked[code] = self.new.pop(code)

    def _everything_known(self) -> dict[str, int]:
        """By `Term.name`; a constant is a multiple of the one that has no name."""
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

    def _tell_limit(self, key: str, level: Level, code: str, number: int) -> None:
        self.problems.append(Problem(key, level, (code,), {"number": number}))


def _what_oui_settles(sieve: _Sieve) -> tuple[set[str], list[Problem]]:
    """The codes asked about that an OUI would settle, and what it would be refused for."""
    asked = [one for one in sieve.problems if one.level is Level.CONFIRM]
    settled = {code for one in asked for code in one.codes if code in sieve.parked}
    known = {**sieve.known, **sieve.new}
    refusals: list[Problem] = []
    while settled:
        confirmed = settled.union(sieve.confirmed)
        after = _Sieve(sieve.form, sieve.checks, known, confirmed).sift(sieve.parked)
        refusals += [
            one
            for one in after.problems
            if one.level is Level.REFUSE and not settled.isdisjoint(one.codes)
        ]
        if settled <= after.new.keys():
            break
        settled &= after.new.keys()
    return settled, refusals


def _with_refusals(
    problems: list[Problem], refusals: list[Problem], settled: Collection[str]
) -> list[Problem]:
    """No OUI is asked for where a refusal would follow: that is told at once instead."""
    if not refusals:
        return problems
    by_meaning = {(one.key, frozenset(one.codes)): one for one in (*refusals, *problems)}
    refused = {
        code for one in by_meaning.values() if one.level is Level.REFUSE for code in one.codes
    }
    return [
        one
        for one in by_meaning.values()
        if one.level is not Level.CONFIRM
        or any(code in settled for code in one.codes)
        or not refused.issuperset(one.codes)
    ]


def _broken(check: Check, known: Mapping[str, int]) -> bool:
    """Whether every number is known, the check applies, and it does not hold."""
    if check.given is not None and not _holds(check.given, known):
        return False
    return _holds(check, known) is False


def _holds(check: Check, known: Mapping[str, int]) -> bool | None:
    """None while a number is unknown."""
    if check.op == DIFFER:
        pairs = zip(check.left, check.right, strict=True)
        sides = [(_sum((one,), known), _sum((other,), known)) for one, other in pairs]
        if any(None in pair for pair in sides):
            return None
        return any(left != right for left, right in sides)
    left, right = _sum(check.left, known), _sum(check.right, known)
    if left is None or right is None:
        return None
    return _COMPARE[check.op](left, right) or _is_near(check, left, right)


def _is_near(check: Check, left: int, right: int) -> bool:
    if check.allow is None:
        return False
    return 100 * abs(left - right) <= max(100 * check.allow.units, check.allow.percent * abs(right))


def _sum(terms: Iterable[Term], known: Mapping[str, int]) -> int | None:
    """None while a number is unknown."""
    total = 0
    for term in terms:
        number = known.get(term.name)
        if number is None:
            return None
        total += term.factor * number
    return total


def _problem(check: Check, known: Mapping[str, int], new: Collection[str]) -> Problem:
    """Names the new codes first; a stock on hand from before this month is no code to mend."""
    codes = sorted((code for code in check.codes if code in known), key=lambda one: one not in new)
    values = {term.name: known[term.name] for term in check.terms}
    return Problem(check.words, check.level, tuple(codes), values)


def _in_order(form: Form, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    place = {code: number for number, code in enumerate(form.codes)}
    return tuple(sorted(problems, key=lambda one: (_WEIGHT[one.level], place[one.codes[0]])))
