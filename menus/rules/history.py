"""The numbers of a site besides the report under evaluation: other forms, months and stock.

Some of the programme's rules compare a number with a number of another form, of an earlier month
or of the stock. The caller passes the known numbers as a `RuleContext`; a rule that needs an
unknown number does not apply.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.cross_check import Check, Term, When
from menus.model.programme import EMPTY

# The programme's rule 17: the median of up to six months, of at least three that are known.
MONTHS_BACK: Final = 6
MONTHS_NEEDED: Final = 3


@dataclass(frozen=True, slots=True)
class RuleContext:
    """The stored numbers of the site whose report is evaluated, by code; without pending ones.

    `now`: the values of its other forms of the same month. `before`: for each of the last
    `MONTHS_BACK` months (1 is the month before), the values of all its forms. `stock`: for
    each product the newest stock on hand counted before this month. `receipts`: the quantity
    received of each product since that count. `counted`: the numbers that the gateway has
    counted in this month, by the code that reports them; empty when it has counted nothing.
    """

    now: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    before: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    stock: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    receipts: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    counted: Mapping[str, int] = field(default_factory=lambda: EMPTY)


NOTHING_KNOWN: Final = RuleContext()


def known_elsewhere(checks: Iterable[Check], rule_context: RuleContext) -> dict[str, int]:
    """Return all numbers known from elsewhere that the checks name, by `Term.name`.

    The numbers of this month's other forms are always included.
    """
    numbers = dict(rule_context.now)
    if not (rule_context.before or rule_context.stock or rule_context.counted):
        return numbers
    months = [
        rule_context.before[back]
        for back in range(1, MONTHS_BACK + 1)
        if back in rule_context.before
    ]
    for check in checks:
        for term in check.elsewhere:
            if term.name not in numbers:
                number = _number(term, rule_context, months)
                if number is not None:
                    numbers[term.name] = number
    return numbers


def _usual(code: str, months: Iterable[Mapping[str, int]]) -> int | None:
    """Return the median of a field over the months in which it is known; None when too few.

    Of an even number of months it is the higher of the two in the middle: that number was
    reported, so a reply may name it.
    """
    numbers = sorted(month[code] for month in months if code in month)
    return numbers[len(numbers) // 2] if len(numbers) >= MONTHS_NEEDED else None


def _number(
    term: Term, rule_context: RuleContext, months: Iterable[Mapping[str, int]]
) -> int | None:
    match term.when:
        case When.LAST_MONTH:
            return rule_context.before.get(1, EMPTY).get(term.code)
        case When.USUAL:
            return _usual(term.code, months)
        case When.COUNTED:
            return rule_context.counted.get(term.code)
        case When.RECEIVED:
            return rule_context.receipts.get(term.code, 0)
        case _:
            return rule_context.stock.get(term.code)
