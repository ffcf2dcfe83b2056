"""Find the USSD screens that could be too long, at the largest numbers.

Every screen is laid out for every form, group, rule and question, in the longest month, with the
fewest septets that the programme allows on any network.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from menus.model.catalogue import LANGUAGES, Catalogue, Form
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.roles import Role
from menus.ussd import choice_screens, command_screens, correction_screens, entry_screens, navigator
from menus.ussd.group_state import groups_of
from menus.ussd.screen_parts import LONGEST_NAME, show
from menus.ussd.state import Caller, CallerPlace, DialogueState, Offer, Screen, Sheet
from menus.wording.sentences import say_problem

_RECEIPT: Final = "2222"
_MOST_DAYS: Final = 31
_LONGEST_NUMBER: Final = 999
_SITES: Final = 120
_ENDS: Final = ("ussd_stranger", "ussd_no_redis", "ussd_no_database")


def screen_faults(catalogue: Catalogue) -> list[str]:
    """Return a sentence for each screen that can be too long; empty when all of them fit."""
    sentences = [
        f"ussd: {place} ({language}): does not fit a screen of {_room(catalogue)} septets"
        for language in LANGUAGES
        for place, shown in screens(catalogue, language)
        if not shown.whole
    ]
    return list(dict.fromkeys(sentences))


def screens(catalogue: Catalogue, language: str) -> Iterator[tuple[str, Screen]]:
    """Yield every screen at its longest, with its subject."""
    for key in _ENDS:
        yield key, navigator.end(catalogue, language, key, _room(catalogue))
    for role in Role:
        state = DialogueState(_caller(catalogue, language, role))
        yield from _of_choices(catalogue, state)
        yield from _of_commands(catalogue, state)
        if role == Role.AGENT:
            for form in catalogue.forms.values():
                yield from _of_form(catalogue, state, form)


def _room(catalogue: Catalogue) -> int:
    limits = catalogue.programme.ussd
    return min([limits.septets, *limits.septets_of_network.values()])


def _caller(catalogue: Catalogue, language: str, role: str) -> Caller:
    """Return a caller with two places of long names, and the longest month only."""
    name = "M" * LONGEST_NAME
    names = catalogue.programme.months[language]
    month = Period(2026, names.index(max(names, key=len)) + 1).code
    groups = max(len(groups) for groups in catalogue.ussd.groups.values())
    form = max(catalogue.forms, key=len)
    return Caller(
        language=language,
        places=(CallerPlace(1, name, role), CallerPlace(2, name, role)),
        months=(month, month, month),
        offered=tuple(catalogue.commands),
        sites=tuple((f"{number}", name) for number in range(_SITES)),
        offer=Offer(1, form, month, groups, groups),
        room=_room(catalogue),
    )


def _of_choices(catalogue: Catalogue, state: DialogueState) -> Iterator[tuple[str, Screen]]:
    month = state.caller.months[0]
    for at in choice_screens.ANSWERED:
        there = replace(state, at=at, month=month)
        for wrong in ("", "ussd_no_choice"):
            yield from _all_pages(catalogue, at, replace(there, wrong=wrong))


def _all_pages(
    catalogue: Catalogue, place: str, state: DialogueState
) -> Iterator[tuple[str, Screen]]:
    """Yield every page of a list once."""
    first = navigator.screen(catalogue, state)
    shown = first
    while True:
        yield place, shown
        state = replace(state, page=state.page + 1)
        shown = navigator.screen(catalogue, state)
        if shown == first:
            return


def _of_commands(catalogue: Catalogue, state: DialogueState) -> Iterator[tuple[str, Screen]]:
    for item in choice_screens.items(catalogue, state):
        there = replace(state, at="ask", item=item.digit)
        for question in item.questions:
            place = f"{item.words}, {question.words}"
            yield from _all_pages(catalogue, place, replace(there, wrong="ussd_no_choice"))
            there = replace(there, given=(*there.given, _longest(catalogue, there)))
        if item.confirm:
            agree = replace(there, at="agree", wrong="ussd_no_choice")
            yield item.words, navigator.screen(catalogue, agree)


def _longest(catalogue: Catalogue, state: DialogueState) -> str:
    """Return the answer to the current question that is longest when read back."""
    question = command_screens.item_of(catalogue, state).questions[len(state.given)]
    if question.high:
        return str(_LONGEST_NUMBER)
    options = command_screens.options_of(catalogue, state, question)
    if question.many:
        return " ".join(value for value, _ in options)
    return max(options, key=lambda option: len(option[1]), default=("", ""))[0]


def _of_form(
    catalogue: Catalogue, state: DialogueState, form: Form
) -> Iterator[tuple[str, Screen]]:
    month = state.caller.months[0]
    everything = {field.code: field.refuse_above for field in form.fields}
    others = tuple(keyword for keyword in catalogue.forms if keyword != form.keyword)
    stored = Sheet(form.keyword, month, everything, _RECEIPT, complete=True, others=others)
    there = replace(state, sheet=stored, month=month, again=True)
    for complete in (True, False):
        begun = replace(there, sheet=replace(stored, complete=complete))
        for at in ("complete", "resume", "done"):
            for wrong in ("", "ussd_no_choice", "ussd_lost"):
                yield form.keyword, navigator.screen(catalogue, replace(begun, at=at, wrong=wrong))
    for number, group in enumerate(groups_of(catalogue, form.keyword)):
        in_group = replace(there, group=number)
        for shown in _of_group(catalogue, in_group, form, group):
            yield f"{form.keyword} {' '.join(group)}", shown
    for problem in _longest_of_each(catalogue, state.caller.language, form):
        for shown in _of_problem(catalogue, there, form, problem):
            yield f"{form.keyword} {problem.key} {' '.join(problem.codes[:2])}", shown


def _of_group(
    catalogue: Catalogue, state: DialogueState, form: Form, group: tuple[str, ...]
) -> Iterator[Screen]:
    """Yield the screens that ask for a group, whole and in part, and that read it back."""
    typed = {code: form.field(code).refuse_above for code in group}
    days = {code: _MOST_DAYS for code in group if form.field(code).takes_days_out}
    for wrong in ("", "ussd_not_numbers", "ussd_too_many", "ussd_lost"):
        for taken in range(len(group)):
            part = {code: typed[code] for code in group[:taken]}
            numbers = replace(state, at="numbers", typed=part, wrong=wrong)
            yield navigator.screen(catalogue, numbers)
    for wrong in ("", "ussd_no_choice"):
        full = replace(state, typed=typed, days=days, wrong=wrong)
        yield navigator.screen(catalogue, replace(full, at="read_back"))
        yield show(full, "fields", correction_screens.fields(catalogue, full, None))
    if days:
        zeros = dict.fromkeys(group, 0)
        for wrong in ("", "ussd_too_many", "ussd_days_too_many"):
            yield entry_screens.show_days(
                catalogue, replace(state, at="days", typed=zeros, wrong=wrong)
            )


def _longest_of_each(catalogue: Catalogue, language: str, form: Form) -> Iterable[Problem]:
    """Return the problem that makes each sentence longest, with the fields that mend it."""
    longest: dict[tuple[str, Level], tuple[int, Problem]] = {}
    for problem in _problems(catalogue, form):
        names = [form.field(code).short[language] for code in problem.codes if code in form.codes]
        length = len(say_problem(catalogue, language, problem, brief=True)) + len("".join(names))
        if length > longest.get((problem.key, problem.level), (0, problem))[0]:
            longest[problem.key, problem.level] = (length, problem)
    return [problem for _, problem in longest.values()]


def _problems(catalogue: Catalogue, form: Form) -> Iterator[Problem]:
    """Yield every limit and every rule of the form, broken by the largest numbers."""
    for field in form.fields:
        limit = {"number": field.refuse_above}
        yield Problem("above_ask", Level.CONFIRM, (field.code,), limit)
        yield Problem("above_refuse", Level.REFUSE, (field.code,), {"number": 999_999})
        yield Problem("change_closed", Level.REFUSE, (field.code,))
    for check in form.checks:
        codes = sorted(check.codes, key=lambda code: code not in form.codes)
        limits = {term.name: catalogue.field(term.code).refuse_above for term in check.terms}
        yield Problem(check.words, check.level, tuple(codes), limits)


def _of_problem(
    catalogue: Catalogue, state: DialogueState, form: Form, problem: Problem
) -> Iterator[Screen]:
    """Yield a problem as a question, above a list of fields to mend, and above one field."""
    own = [code for code in problem.codes if code in form.codes]
    typed = {code: form.field(code).refuse_above for code in own[:1]}
    there = replace(state, typed=typed)
    for wrong in ("", "ussd_no_choice"):
        shown = replace(there, at="question", wrong=wrong)
        if problem.level is Level.CONFIRM:
            yield correction_screens.question(catalogue, shown, problem)
        listed = correction_screens.fields(catalogue, shown, problem)
        yield show(shown, "mend", listed)
        for page in range(len(listed.pages(state.caller.room))):
            yield show(replace(shown, page=page), "mend", listed)
    for wrong in ("", "ussd_not_numbers"):
        retyped = replace(there, at="retype", code=own[0], wrong=wrong)
        yield correction_screens.retyping(catalogue, retyped, problem)
