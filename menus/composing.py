"""One reply, put together in the style asked for; `menus.wording` picks the style.

The order is fixed: each report with its state, receipt, numbers and missing codes; what is
wrong and what to send; notes; closing words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from menus.model import Catalogue, Level, Period, Problem
from menus.read_back import read_back
from menus.sentences import say, say_problem, to_retype, to_send

# More codes than this are listed without the dots that stand for their numbers.
CODES_WITH_DOTS: Final = 3
_FIRST: Final = (Level.REFUSE, Level.CONFIRM, Level.ASK)


@dataclass(frozen=True, slots=True)
class ReportReply:
    """What one message did to one report, and how the report stands now.

    `values` and `days_out` are everything stored, not only what came now; `missing` the
    required codes without a stored value; `pending` numbers typed and not stored; `problems`
    those of this form, the most important first; `repaired` codes whose number held a letter
    read as a digit. `unchanged`: all of it was here before. `superseded`: the text is that of
    an older version, and changed nothing. `other_forms_missing` are keywords, for the same
    month. `receipt` may be empty when nothing is stored.
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


@dataclass(frozen=True, slots=True)
class Style:
    """How much room a reply takes.

    `tail` counts the closing sentences that only please, `told` the problems that are told in
    words; the codes of the others are listed, in the last resort only announced.
    """

    glued: bool
    tail: int
    brief: bool
    told: int = 3
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class Composer:
    """Puts one reply together, in the style asked for."""

    catalogue: Catalogue
    language: str
    replies: tuple[ReportReply, ...]
    problems: tuple[Problem, ...]
    personal: bool

    def text(self, style: Style) -> str:
        pieces = [
            *(piece for reply in self.replies for piece in self._report(reply, style)),
            *self._what_is_wrong(style),
            *self._notes(style),
            *self._tail(style),
        ]
        return " ".join(piece for piece in pieces if piece)

    def _say(self, key: str, style: Style, **values: object) -> str:
        return say(self.catalogue, self.language, key, brief=style.brief, **values)

    def _report(self, reply: ReportReply, style: Style) -> Iterable[str]:
        """One report: its state, its receipt, its numbers, what it lacks."""
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
            doubtful=self._repaired(reply) if style.brief else (),
        )
        yield self._missing(reply, style)

    def _missing(self, reply: ReportReply, style: Style) -> str:
        """The codes still to come, less those that a problem asks for anyway."""
        told, others = self._sorted(style)
        listed = told if style.last_resort else told + others
        asked = self._codes(listed).keys() | reply.pending.keys()
        missing = [code for code in reply.missing if code not in asked]
        if not missing:
            return ""
        if style.brief and len(missing) > CODES_WITH_DOTS:
            return self._say("missing_many", style, form=reply.form, codes=" ".join(missing))
        return self._say("missing", style, send=self._to_send([(code,) for code in missing], style))

    def _head(self, reply: ReportReply) -> str:
        alone = self.problems if len(self.replies) == 1 else ()
        if reply.superseded:
            return "head_superseded"
        if reply.problems or reply.pending or alone:
            return "head_to_correct"
        if reply.unchanged:
            return "head_unchanged"
        return "head_complete" if reply.complete else "head_incomplete"

    def _sorted(self, style: Style) -> tuple[list[Problem], list[Problem]]:
        """The problems told in words, and the others; refusals first, then as they came.

        Of problems with one sentence and a code in common (`VUS 0 mais TDR 37`, `VUS 0 mais
        POS 28`) the first is told: the same retyped number may well mend them all.
        """
        found = [one for reply in self.replies for one in reply.problems]
        told: list[Problem] = []
        others: list[Problem] = []
        for one in sorted([*found, *self.problems], key=lambda one: _FIRST.index(one.level)):
            alike = any(one.key == a.key and {*one.codes} & {*a.codes} for a in told)
            (others if alike or len(told) == style.told else told).append(one)
        return told, others

    def _codes(self, problems: Iterable[Problem]) -> dict[str, None]:
        """The codes that mend the problems, each once, in order."""
        return dict.fromkeys(code for one in problems for code in to_retype(self.catalogue, one))

    def _to_send(self, wanted: Iterable[tuple[str, ...]], style: Style) -> str:
        return to_send(self.catalogue, self.language, wanted, brief=style.brief)

    def _what_is_wrong(self, style: Style) -> Iterable[str]:
        """The first problems in words, what waits, what to send, and what else to look at."""
        told, others = self._sorted(style)
        for one in told:
            yield say_problem(self.catalogue, self.language, one, brief=style.brief)
        waiting = self._waiting(told)
        if waiting and not style.brief:
            numbers = ", ".join(f"{code} {number}" for code, number in waiting.items())
            yield self._say("waiting", style, pending=numbers)
        wanted = [to_retype(self.catalogue, one) for one in told] or [(code,) for code in waiting]
        send = self._to_send(wanted, style)
        if send:
            yield self._say("correct", style, send=send)
        yield self._what_else(told, others, style)

    def _waiting(self, told: Iterable[Problem]) -> dict[str, int]:
        """The numbers that are not stored and of which no problem told speaks."""
        asked = self._codes(told)
        pending = [pair for reply in self.replies for pair in reply.pending.items()]
        return {code: number for code, number in pending if code not in asked}

    def _what_else(self, told: list[Problem], others: list[Problem], style: Style) -> str:
        """No problem and no waiting number goes unmentioned, even where there is no room."""
        waiting = self._waiting(told)
        listed = [*waiting] if told and style.brief else []
        listed += [code for code in self._codes(others) if code not in waiting]
        codes = [code for code in listed if code not in self._codes(told)]
        if codes and not style.last_resort:
            return self._say("also", style, codes=" ".join(codes))
        if codes or not all(to_retype(self.catalogue, one) for one in others):
            return self._say("more", style)
        return ""

    def _repaired(self, reply: ReportReply) -> tuple[str, ...]:
        """What an old message repaired is not what is stored now."""
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
        if "head_to_correct" in heads or "head_incomplete" in heads:
            if style.tail and any(reply.values for reply in self.replies):
                yield self._say("kept", style)
        elif "head_complete" in heads and style.tail and not self.problems:
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
