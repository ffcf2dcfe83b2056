"""Compose a reply in a given style; `menus.wording.replies` chooses the style.

The order is fixed: each report with its state, receipt, numbers and missing codes; the problems
and what to send; notes; closing words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from menus.model.catalogue import Catalogue
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.wording.read_back import read_back
from menus.wording.sentences import NOT_MENDABLE_BY_SMS, say, say_problem, to_retype, to_send

# More codes than this are listed without the dots that stand for their numbers.
CODES_WITH_DOTS: Final = 3
_WHOLE: Final = frozenset({"ras", "again"})  # problems that are about all waiting numbers at once
_FIRST: Final = (Level.REFUSE, Level.CONFIRM, Level.ASK)


@dataclass(frozen=True, slots=True)
class ReportReply:
    """The effect of a message on a report, and the report after it.

    `values` and `days_out` are all stored numbers, not only those of the message; `missing` the
    required codes without a stored value; `pending` numbers typed and not stored; `problems`
    those of this form, the most important first; `repaired` codes whose number held a letter
    read as a digit, `to_confirm` the pending codes that an OUI would accept. `unchanged`: all
    numbers were stored before. `superseded`: the text is that of an older version, and changed
    nothing. `other_forms_missing` are keywords, for the same month. `receipt` may be empty when
    nothing is stored.
    """

    form: str
    period: Period
    receipt: str
    values: Mapping[str, int]
    days_out: Mapping[str, int]
    missing: tuple[str, ...]
    pending: Mapping[str, int]
    problems: tuple[Problem, ...]
    repaired: tuple[str, ...]
    complete: bool
    late: bool
    unchanged: bool
    superseded: bool
    other_forms_missing: tuple[str, ...]
    to_confirm: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """The length of a reply.

    `glued` reads numbers back without spaces, `brief` uses shorter wordings. `tail` is the
    number of optional closing sentences, `told` that of the problems told in words; the codes of
    the others are listed, in the `last_resort` only announced. `bare` names only the codes that
    a problem is about. `coded` reads numbers back beside their codes.
    """

    glued: bool
    tail: int
    brief: bool
    told: int = 3
    last_resort: bool = False
    bare: bool = False
    coded: bool = False


@dataclass(frozen=True, slots=True)
class ReplyComposer:
    """The content of a reply, which can be composed in any style."""

    catalogue: Catalogue
    language: str
    replies: tuple[ReportReply, ...]
    problems: tuple[Problem, ...]
    personal: bool
    note: str = ""
    site: str = ""
    lead: str = ""
    closing: str = ""

    def text(self, style: Style) -> str:
        """Return the reply in this style, not yet converted to GSM-7 as a whole."""
        pieces = [
            *self._opening(style),
            *(piece for reply in self.replies for piece in self._report(reply, style)),
            *self._what_is_wrong(style),
            *self._notes(style),
            *self._tail(style),
            self.closing,
        ]
        return " ".join(piece for piece in pieces if piece)

    def _opening(self, style: Style) -> Iterable[str]:
        """Yield the site it is for, the note to begin with and the lead."""
        if self.site:
            yield self._say("for_site", style, site=self.site)
        if self.note:
            yield self._say(self.note, style)
        yield self.lead

    def _say(self, key: str, style: Style, **values: object) -> str:
        return say(self.catalogue, self.language, key, brief=style.brief, **values)

    def _report(self, reply: ReportReply, style: Style) -> Iterable[str]:
        """Yield the state, the receipt, the numbers and the missing codes of a report."""
        programme = self.catalogue.programme
        months = programme.months_short if style.brief else programme.months
        month = months[self.language][reply.period.month - 1]
        yield self._say(self._head(reply), style, form=reply.form, month=month)
        if reply.receipt:
            yield self._say("receipt", style, receipt=reply.receipt)
        yield read_back(
            self.catalogue,
            self.language,
            reply.form,
            reply.values,
            reply.days_out,
            glued=style.glued,
            coded=style.coded,
            doubtful=self._repaired(reply) if style.brief else (),
        )
        yield self._missing(reply, style)

    def _missing(self, reply: ReportReply, style: Style) -> str:
        """Return the sentence about missing codes, without those that a problem asks for."""
        told, others = self._sorted(style)
        listed = told if style.last_resort else told + others
        asked = self._codes(listed).keys() | reply.pending.keys()
        missing = [code for code in reply.missing if code not in asked]
        if not missing:
            return ""
        if style.coded or (style.brief and len(missing) > CODES_WITH_DOTS):
            return self._say("missing_many", style, form=reply.form, codes=" ".join(missing))
        return self._say("missing", style, send=self._to_send([(code,) for code in missing], style))

    def _head(self, reply: ReportReply) -> str:
        alone = self.problems if len(self.replies) == 1 else ()
        if reply.superseded:
            return "head_superseded"
        wrong = [
            problem
            for problem in (*reply.problems, *alone)
            if problem.key not in NOT_MENDABLE_BY_SMS
        ]
        if wrong and all(problem.level is Level.CONFIRM for problem in wrong):
            return "head_to_confirm"
        if wrong or reply.pending:
            return "head_to_correct"
        if reply.unchanged:
            return "head_unchanged"
        return "head_complete" if reply.complete else "head_incomplete"

    def _sorted(self, style: Style) -> tuple[list[Problem], list[Problem]]:
        """Return the problems told in words, and the others; refusals first, then in order.

        Of problems with the same sentence and a code in common (`VUS 0 mais TDR 37`, `VUS 0 mais
        POS 28`) the first is told: the same retyped number may well mend them all.
        """
        told: list[Problem] = []
        others: list[Problem] = []
        for problem in sorted(self._problems(), key=lambda problem: _FIRST.index(problem.level)):
            alike = any(problem.key == a.key and {*problem.codes} & {*a.codes} for a in told)
            (others if alike or len(told) == style.told else told).append(problem)
        return told, others

    def _problems(self) -> list[Problem]:
        """Return all problems, those of the reports first."""
        of_reports = [problem for reply in self.replies for problem in reply.problems]
        return [*of_reports, *self.problems]

    def _codes(self, problems: Iterable[Problem]) -> dict[str, None]:
        """Return the codes that mend the problems, each once, in order."""
        return dict.fromkeys(
            code for problem in problems for code in to_retype(self.catalogue, problem)
        )

    def _to_send(self, wanted: Iterable[tuple[str, ...]], style: Style) -> str:
        return to_send(self.catalogue, self.language, wanted, held=self._held(), brief=style.brief)

    def _held(self) -> set[str]:
        """Return the codes that have a number already, stored or waiting."""
        held = {
            code for problem in self._problems() for code in problem.codes if code in problem.values
        }
        return held.union(*((*reply.values, *reply.pending) for reply in self.replies))

    def _what_is_wrong(self, style: Style) -> Iterable[str]:
        """Yield the first problems in words, waiting numbers, what to send, and other codes.

        Corrections come with their own request, before confirmations.
        """
        told, others = self._sorted(style)
        to_confirm = [problem for problem in told if problem.level is Level.CONFIRM]
        to_mend = [problem for problem in told if problem.level is not Level.CONFIRM]
        for problem in to_mend:
            yield self._tell(problem, style)
        waiting = self._waiting(told)
        if waiting and not style.brief and not any(problem.key in _WHOLE for problem in told):
            numbers = ", ".join(f"{code} {number}" for code, number in waiting.items())
            yield self._say("waiting", style, pending=numbers)
        wanted = [to_retype(self.catalogue, problem) for problem in to_mend]
        send = self._to_send(wanted if told else [(code,) for code in waiting], style)
        if send:
            yield self._say("correct", style, send=send)
        yield from self._confirm(to_confirm, style)
        yield self._what_else(told, others, style)

    def _confirm(self, problems: Iterable[Problem], style: Style) -> Iterable[str]:
        """Yield the questions of plausible numbers: an OUI settles them, or another number."""
        wanted = []
        for problem in problems:
            yield self._tell(problem, style)
            wanted.append(to_retype(self.catalogue, problem))
        send = self._to_send(wanted, style)
        if send:
            yield self._say("confirm", style, send=send)
        elif wanted:
            yield self._say("confirm_only", style)

    def _tell(self, problem: Problem, style: Style) -> str:
        if style.bare and problem.codes:
            return self._say("look_at", style, codes=" ".join(problem.codes))
        return say_problem(self.catalogue, self.language, problem, brief=style.brief)

    def _waiting(self, told: Iterable[Problem]) -> dict[str, int]:
        """Return the pending numbers, by code, that are not among the problems told."""
        asked = self._codes(told)
        pending = [pair for reply in self.replies for pair in reply.pending.items()]
        return {code: number for code, number in pending if code not in asked}

    def _what_else(self, told: list[Problem], others: list[Problem], style: Style) -> str:
        """Return a mention of the other problems and waiting numbers, however short."""
        waiting = self._waiting(told)
        listed = [*waiting] if told and style.brief else []
        listed += [code for code in self._codes(others) if code not in waiting]
        codes = [code for code in listed if code not in self._codes(told)]
        if codes and not style.last_resort:
            return self._say("also", style, codes=" ".join(codes))
        if codes or not all(to_retype(self.catalogue, problem) for problem in others):
            return self._say("more", style)
        return ""

    def _repaired(self, reply: ReportReply) -> tuple[str, ...]:
        """Return the repaired codes; those of a superseded message are not stored."""
        return () if reply.superseded else reply.repaired

    def _notes(self, style: Style) -> Iterable[str]:
        repaired = [code for reply in self.replies for code in self._repaired(reply)]
        if repaired and not style.last_resort:
            yield self._say("repaired", style, codes=" ".join(repaired))
        if any(reply.late for reply in self.replies):
            yield self._say("late", style)
        if self.personal:
            yield self._say("personal", style)

    def _tail(self, style: Style) -> Iterable[str]:
        for reply in self.replies:
            if reply.superseded and not reply.problems:
                yield self._say("resend", style, form=reply.form)
        heads = {self._head(reply) for reply in self.replies}
        if heads & {"head_to_correct", "head_to_confirm", "head_incomplete"}:
            if style.tail and any(reply.values for reply in self.replies):
                yield self._say("kept", style)
        elif "head_complete" in heads and style.tail and not self._sorted(style)[0]:
            yield from self._what_is_next(style)

    def _what_is_next(self, style: Style) -> Iterable[str]:
        if style.tail > 1 and len(self.replies) == 1:
            yield self._say("change", style, form=self.replies[0].form)
        here = {reply.form for reply in self.replies}
        last = self.replies[-1].other_forms_missing
        remaining = [form for form in last if form not in here]
        if remaining:
            yield self._say("remaining", style, forms=" ".join(remaining))
        else:
            yield self._say("all_in", style)
