"""The way of one SMS through reading, evaluation and reply, for any text at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from menus.gsm7 import is_gsm7
from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.programme import EMPTY
from menus.model.reading import Reading
from menus.reading.lexer import normalise_input
from menus.reading.parser import read
from menus.rules.evaluation import evaluate
from menus.wording.replies import ReportReply, report_reply

# Not the fixture: hypothesis prints the arguments of a failing example.
CATALOGUE = load()
FIELDS = {field.code: field for form in CATALOGUE.forms.values() for field in form.fields}
LOOKALIKES = str.maketrans("OolI", "0011")


@dataclass(frozen=True)
class Answered:
    """What an SMS left on an empty site, and the reply to it."""

    reading: Reading
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    reply: str


def answered(text: str, language: str = "fr") -> Answered:
    reading = read(text, CATALOGUE)
    values: dict[str, int] = {}
    days: dict[str, int] = {}
    replies = []
    for filled in reading.filled:
        form = CATALOGUE.forms[filled.form]
        evaluation = evaluate(
            form,
            stored=EMPTY,
            pending=EMPTY,
            typed=filled.values,
            typed_days_out=filled.days_out,
        )
        values |= evaluation.accepted
        days |= evaluation.days_out
        missing = tuple(code for code in form.required if code not in evaluation.accepted)
        replies.append(
            ReportReply(
                form=form.keyword,
                period=Period(2026, 3),
                receipt="",
                values=evaluation.accepted,
                days_out=evaluation.days_out,
                missing=missing,
                pending=evaluation.pending,
                problems=evaluation.problems,
                repaired=filled.repaired,
                complete=not missing,
                late=False,
                unchanged=False,
                superseded=False,
                other_forms_missing=(),
                to_confirm=evaluation.to_confirm,
            )
        )
    problems: tuple[Problem, ...] = reading.problems
    reply = report_reply(CATALOGUE, language, replies, problems=problems, personal=reading.personal)
    return Answered(reading, values, days, reply)


def numbers(text: str) -> set[int]:
    return {int(digits) for digits in re.findall(r"\d+", text)}


def typed_numbers(text: str) -> set[int]:
    """Return every number in a text, as it stands and with letters taken for digits."""
    folded = normalise_input(text)
    return numbers(folded) | numbers(folded.translate(LOOKALIKES))


def is_read_back(answer: Answered, code: str, language: str) -> bool:
    """Return whether a stored number stands once beside its label, or its code in little room.

    A sentence about a rule may name code and number a second time.
    """
    labels, codes = (
        len(re.findall(rf"(?<![\w-]){re.escape(name)} ?{answer.values[code]}(?!\d)", answer.reply))
        for name in (FIELDS[code].short[language], code)
    )
    return labels == 1 or (labels == 0 and codes >= 1)


PAIRS = st.dictionaries(
    st.sampled_from(sorted(FIELDS)), st.integers(0, 9999), min_size=1, max_size=14
)
WORDS = [
    *FIELDS, "PEC", "NUT", "COR", "POUR", "OUI", "RAS", "KOLA", "mars", "03", "0326", "1", "45",
    "4O", "l2", "J12", "-1", "1,250", "FEI", "SES", "MAX", "ROUGE", "Awa", "76123456", "boites",
    "cas", "fois", "merci", "-", ":", "\n", "½",
]  # fmt: skip
TYPED = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
# How long an example takes says nothing here: other tests run on the same machine.
PATIENT = settings(deadline=None)
ANY = st.one_of(st.text(alphabet=st.characters(), max_size=300), TYPED)


@PATIENT
@given(ANY, st.sampled_from(LANGUAGES))
def test_any_text_is_answered_in_gsm_7(text: str, language: str) -> None:
    answer = answered(text, language)

    assert is_gsm7(answer.reply)
    assert answer.reply or answer.reading.command


@PATIENT
@given(ANY)
def test_nothing_is_stored_that_was_not_typed_or_is_beyond_its_limit(text: str) -> None:
    answer = answered(text)
    digits = normalise_input(text).translate(LOOKALIKES)

    for code, value in answer.values.items():
        assert str(value) in digits
        assert value <= FIELDS[code].ask_above
    assert all(str(days) in digits for days in answer.days_out.values())


@PATIENT
@given(PAIRS, st.sampled_from(LANGUAGES))
def test_every_stored_number_stands_once_beside_its_label(
    values: Mapping[str, int], language: str
) -> None:
    text = "PEC 03 " + " ".join(f"{code} {number}" for code, number in values.items())
    answer = answered(text, language)

    assert [code for code in answer.values if not is_read_back(answer, code, language)] == []


@PATIENT
@given(ANY)
@example("¹P:1")
def test_no_reply_holds_a_number_neither_typed_nor_stored(text: str) -> None:
    answer = answered(text)

    assert numbers(answer.reply) <= typed_numbers(text)


@PATIENT
@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_nothing(values: Mapping[str, int], order: Any) -> None:
    pairs = [f"{code} {number}" for code, number in values.items()]
    first = answered("03 " + " ".join(pairs))
    order.shuffle(pairs)
    second = answered("03 " + " ".join(pairs))

    assert (first.values, first.reply) == (second.values, second.reply)
