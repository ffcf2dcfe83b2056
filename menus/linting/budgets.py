"""Find the answers that could need more parts of an SMS than their budget, at largest values.

The budget: the read-back of a complete report is one part, any other answer at most two (one
SMS of 160 septets, or 153 in each of several; 3GPP TS 23.038 and TS 23.040). Every form, rule
and sentence is tried with the longest month, every number at its limit and every field filled,
because a programme may change all of them without changing the code.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from menus.gsm7 import parts
from menus.loading.words import SHORT, placeholders
from menus.model.catalogue import LANGUAGES, Catalogue, Form
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.roles import Role
from menus.wording.help import help_text, topics
from menus.wording.replies import ReportReply, report_reply
from menus.wording.sentences import say, say_problem

MOST_PARTS: Final = 2
LARGEST_NUMBER: Final = 999_999
# A receipt is four letters and digits; all receipts are of the same length.
_RECEIPT: Final = "2222"
_MOST_DAYS: Final = 31
_LONGEST_WORD: Final = "MMMMMMMM"
# The placeholders that are filled in every sentence about a code.
_OF_THE_CODE: Final = {"code", "codes", "form", "forms"}
_NO_SENTENCES: Final = ("help_", "card_")


def budget_faults(catalogue: Catalogue) -> list[str]:
    """Return a sentence for each answer that can exceed its budget; empty when all of them fit."""
    return [
        fault
        for language in LANGUAGES
        for fault in (
            *_of_sentences(catalogue, language),
            *_of_forms(catalogue, language),
            *_of_help(catalogue, language),
        )
    ]


def _of_sentences(catalogue: Catalogue, language: str) -> Iterator[str]:
    """Yield the sentences that do not fit alone: no reply that holds them can fit either."""
    fills = _largest_fills(catalogue, language)
    for key in catalogue.words[language]:
        if key.endswith(SHORT) or key.startswith(_NO_SENTENCES):
            continue
        names = placeholders(catalogue.words[language][key])
        values = {name: fills.get(name, f"MMMM {LARGEST_NUMBER}") for name in names}
        needed = len(parts(say(catalogue, language, key, brief=True, **values)))
        if needed > MOST_PARTS:
            yield f"words/{language}.toml: {key}: needs {needed} parts, the most is {MOST_PARTS}"


def _largest_fills(catalogue: Catalogue, language: str) -> Mapping[str, str]:
    keyword = max((*catalogue.keyword_of, *catalogue.form_of), key=len)
    send = " ".join([f"{max(catalogue.forms, key=len)} {max(catalogue.code_of, key=len)} .."] * 3)
    return {
        "form": max(catalogue.forms, key=len),
        "command": keyword,
        "code": keyword,
        "codes": max((" ".join(form.codes) for form in catalogue.forms.values()), key=len),
        "commands": " ".join(catalogue.commands),
        "month": max(catalogue.programme.months[language], key=len),
        "send": send,
        "number": str(LARGEST_NUMBER),
        "typed": _LONGEST_WORD,
        "receipt": _RECEIPT,
    }


def _of_forms(catalogue: Catalogue, language: str) -> Iterator[str]:
    for form in catalogue.forms.values():
        place = f"forms: {form.keyword}.{language}"
        complete = _parts(catalogue, language, _report(catalogue, form, language))
        if complete > 1:
            yield (
                f"{place}: the read-back of a complete report needs {complete} parts, "
                "it must be one: shorten `short` labels"
            )
            continue  # its other answers are too long for the same reason
        for key, problem in _longest_of_each(catalogue, form, language).items():
            report = _worst_report(catalogue, form, language, problem)
            needed = _parts(catalogue, language, report, personal=True)
            if needed > MOST_PARTS:
                words = f"needs {needed} parts, the most is {MOST_PARTS}"
                yield f"{place}: an answer with {key} {words}"


def _longest_of_each(catalogue: Catalogue, form: Form, language: str) -> Mapping[str, Problem]:
    """Return the problem that makes each sentence longest: many rules may share a sentence."""
    longest: dict[str, tuple[int, Problem]] = {}
    for problem in _problems(catalogue, form):
        length = len(say_problem(catalogue, language, problem, brief=True))
        if length > longest.get(problem.key, (0, problem))[0]:
            longest[problem.key] = (length, problem)
    return {key: problem for key, (_, problem) in longest.items()}


def _parts(
    catalogue: Catalogue, language: str, report: ReportReply, *, personal: bool = False
) -> int:
    return len(parts(report_reply(catalogue, language, [report], personal=personal)))


def _report(catalogue: Catalogue, form: Form, language: str) -> ReportReply:
    """Return a complete report with every required number at its largest, in the longest month."""
    names = catalogue.programme.months[language]
    return ReportReply(
        form=form.keyword,
        period=Period(2026, names.index(max(names, key=len)) + 1),
        receipt=_RECEIPT,
        values={code: form.field(code).refuse_above for code in form.required},
        days_out={},
        missing=(),
        pending={},
        problems=(),
        repaired=(),
        complete=True,
        late=False,
        unchanged=False,
        superseded=False,
        other_forms_missing=(),
    )


def _worst_report(catalogue: Catalogue, form: Form, language: str, problem: Problem) -> ReportReply:
    """Return a late report with all fields stored, all retyped and in doubt, and one problem."""
    everything = {field.code: field.refuse_above for field in form.fields}
    return ReportReply(
        form=form.keyword,
        period=_report(catalogue, form, language).period,
        receipt=_RECEIPT,
        values=everything,
        days_out={field.code: _MOST_DAYS for field in form.fields if field.takes_days_out},
        missing=(),
        pending=everything,
        problems=(problem,),
        repaired=form.codes,
        complete=False,
        late=True,
        unchanged=False,
        superseded=False,
        other_forms_missing=(),
    )


def _problems(catalogue: Catalogue, form: Form) -> Iterator[Problem]:
    """Yield every rule of the form broken by the largest numbers, and every problem of a code."""
    for check in form.checks:
        # A report names its own codes first where a rule also names other forms.
        codes = sorted(check.codes, key=lambda code: code not in form.codes)
        limits = {term.name: catalogue.field(term.code).refuse_above for term in check.terms}
        yield Problem(check.words, check.level, tuple(codes), limits)
    code = max(form.codes, key=len)
    words = {"typed": _LONGEST_WORD, "near": code}
    for key, sentence in catalogue.words["fr"].items():
        names = placeholders(sentence)
        about_a_code = "code" in names or key.startswith("unknown_code")
        if about_a_code and not key.endswith(SHORT):
            values = {name: words.get(name, LARGEST_NUMBER) for name in names - _OF_THE_CODE}
            yield Problem(key, Level.REFUSE, (code,), values)


def _of_help(catalogue: Catalogue, language: str) -> Iterator[str]:
    for topic in (None, *topics(catalogue)):
        for role in Role:
            needed = len(parts(help_text(catalogue, language, role, topic)))
            if needed > MOST_PARTS:
                asked = " ".join(("AIDE", topic or "")).strip()
                words = f"needs {needed} parts, the most is {MOST_PARTS}"
                yield f"{asked} ({language}, {role}): {words}"
