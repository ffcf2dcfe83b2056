"""Holds up the reading of SMS as typed in the field: never silently wrong, seldom lost."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from menus.grammar import read
from menus.loader import load
from menus.model import Catalogue, Check, Level, Period, Problem, Term
from menus.period import days_in, which_month
from menus.rules import weigh

LINES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "sample.jsonl").read_text("utf-8").splitlines()
]


def to_confirm(rule: int, left: str, op: str, right: str) -> Check:
    """A rule of level confirm that compares two fields, or a field with zero."""
    sides = ((Term(left),), op, (Term(right) if right else Term(factor=0),))
    return Check(rule, *sides, level=Level.CONFIRM, words=f"confirm_{rule}")


# Rules 4, 8, 9 and 14 of the programme, where they say that the agent may confirm.
CONFIRM = {
    "PEC": (
        to_confirm(4, "CTA", "<=", "POS"),
        to_confirm(8, "RFS", ">=", "GRV"),
        to_confirm(9, "DCD", "<=", ""),
    ),
    "SMI": (to_confirm(14, "NND", "<=", "VNN"),),
}


@dataclass(frozen=True)
class Judged:
    """What became of one line on an empty site."""

    values: Mapping[str, int]
    days_out: Mapping[str, int]
    period: Period | None
    asked: str
    conversation: bool


@pytest.fixture(scope="module")
def strict() -> Catalogue:
    shipped = load()
    forms = {
        keyword: replace(form, checks=form.checks + CONFIRM.get(keyword, ()))
        for keyword, form in shipped.forms.items()
    }
    return replace(shipped, forms=forms)


def judge(line: Mapping[str, Any], catalogue: Catalogue) -> Judged:
    reading = read(line["text"], catalogue)
    sent_on = datetime.fromisoformat(line["received"]).date()
    values: dict[str, int] = {}
    days: dict[str, int] = {}
    problems = list(reading.problems)
    asked = ["noms"] if reading.personal else []
    month = which_month(reading.month, sent_on, catalogue.programme) if reading.filled else None
    if isinstance(month, Problem):
        problems.append(month)
    for filled in reading.filled:
        if not isinstance(month, Period):
            break
        form = catalogue.forms[filled.form]
        weighed = weigh(
            form,
            stored={},
            pending={},
            typed=filled.values,
            typed_days_out=filled.days_out,
            days_in_month=days_in(month),
        )
        values |= weighed.accepted
        days |= weighed.days_out
        problems += weighed.problems
        asked += [code for code in form.required if code not in weighed.accepted]
    return Judged(
        values=values,
        days_out=days,
        period=month if isinstance(month, Period) else None,
        asked=" ".join([*asked, *words_of(problems)]),
        conversation=bool(reading.command or "before" in line),
    )


def words_of(problems: list[Problem]) -> Iterator[str]:
    for problem in problems:
        yield problem.key.replace("month", "mois").replace("cut", "coupe")
        yield from problem.codes
        yield from map(str, problem.values.values())


def allowed(line: Mapping[str, Any]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for key in ("must_store", "may_store", "tolerated", "may_stay"):
        for code, number in line.get(key, {}).items():
            found[code].add(number)
    return found


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['id']}-{line['kind']}")
def test_nothing_is_silently_wrong(line: Mapping[str, Any], strict: Catalogue) -> None:
    judged = judge(line, strict)
    may = allowed(line)

    assert {code: one for code, one in judged.values.items() if one not in may[code]} == {}
    for pair in line.get("not_together", []):
        assert not set(pair) <= set(judged.values)
    if judged.values and not judged.conversation:
        assert judged.period is not None
        assert judged.period.code == line["truth"]["period"]


def test_what_is_certain_is_kept(strict: Catalogue) -> None:
    wanted, lost = 0, []
    for line in LINES:
        judged = judge(line, strict)
        if judged.conversation:
            continue
        wanted += len(line["must_store"])
        lost += [
            (line["id"], code)
            for code, number in line["must_store"].items()
            if judged.values.get(code) != number
        ]
        days = line.get("must_stockouts", {})
        lost += [(line["id"], code) for code in days if judged.days_out.get(code) != days[code]]

    assert wanted > 700
    assert len(lost) <= wanted // 100, lost


def test_what_is_doubtful_is_asked(strict: Catalogue) -> None:
    asked, silent = Counter[str](), []
    for line in LINES:
        judged = judge(line, strict)
        if judged.conversation or line["kind"] == "ras":
            continue
        for entry in line["must_ask"]:
            choices = [entry] if isinstance(entry, str) else entry
            if any(choice in judged.asked for choice in choices):
                asked[line["kind"]] += 1
            else:
                silent.append((line["id"], entry))

    assert asked.total() > 60
    assert len(silent) <= asked.total() // 20, silent
