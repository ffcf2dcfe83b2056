"""Figures of a corpus, in all and by kind, and the bounds that they must keep."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.corpus.judge import Verdict

# What the programme asks of any corpus of these kinds.
MUST_STORE = 0.99
MUST_ASK = 0.95
ONE_PART = 0.97


@dataclass(frozen=True)
class Figures:
    """Counts of lines, numbers and questions; the rate of nothing is 1."""

    lines: int
    wrong: int
    leaked: int
    stored: int
    to_store: int
    asked: int
    to_ask: int
    mentioned: int
    to_mention: int
    one_part: int

    @property
    def storing(self) -> float:
        return self.stored / self.to_store if self.to_store else 1.0

    @property
    def asking(self) -> float:
        return self.asked / self.to_ask if self.to_ask else 1.0

    @property
    def in_one_part(self) -> float:
        return self.one_part / self.lines if self.lines else 1.0

    @property
    def kept(self) -> bool:
        """Return whether every bound is kept."""
        return (
            not self.wrong
            and not self.leaked
            and self.storing >= MUST_STORE
            and self.asking >= MUST_ASK
            and self.in_one_part >= ONE_PART
        )


def count(verdicts: Sequence[Verdict]) -> Figures:
    """Return the figures of all lines together; each number and each question counts."""
    lines = [verdict.line for verdict in verdicts]
    to_store = sum(len(line.must_store) + len(line.must_stockouts) for line in lines)
    to_ask = sum(len(line.must_ask) for line in lines)
    to_mention = sum(len(line.should_mention) for line in lines)
    return Figures(
        lines=len(lines),
        wrong=sum(bool(verdict.wrong) for verdict in verdicts),
        leaked=sum(bool(verdict.leaked) for verdict in verdicts),
        stored=to_store - sum(len(verdict.lost) for verdict in verdicts),
        to_store=to_store,
        asked=to_ask - sum(len(verdict.not_asked) for verdict in verdicts),
        to_ask=to_ask,
        mentioned=to_mention - sum(len(verdict.not_mentioned) for verdict in verdicts),
        to_mention=to_mention,
        one_part=sum(verdict.one_part for verdict in verdicts),
    )


def table(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """Yield the rows of a table: a head, a row for each kind, and a row for all."""
    kinds: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        kinds[verdict.line.kind].append(verdict)
    yield f"{'kind':<20}{'lines':>6}{'wrong':>6}{'stored':>12}{'asked':>10}{'said':>10}{'1 part':>10}"
    for kind, group in sorted(kinds.items()):
        yield _row(kind, count(group))
    yield _row("all", count(verdicts))


def _row(name: str, found: Figures) -> str:
    return (
        f"{name:<20}{found.lines:>6}{found.wrong + found.leaked or '-':>6}"
        f"{f'{found.stored}/{found.to_store}':>12}{f'{found.asked}/{found.to_ask}':>10}"
        f"{f'{found.mentioned}/{found.to_mention}':>10}{f'{found.one_part}/{found.lines}':>10}"
    )


def faults(verdicts: Iterable[Verdict]) -> Iterable[str]:
    """Yield each line that lacks something, with what it lacks and what was answered."""
    for verdict in verdicts:
        said = [
            *(f"WRONG {fault}" for fault in verdict.wrong),
            *(f"LEAKED {fault}" for fault in verdict.leaked),
            *(f"not stored {fault}" for fault in verdict.lost),
            *(f"not asked {fault}" for fault in verdict.not_asked),
            *(f"not said {fault}" for fault in verdict.not_mentioned),
        ]
        if said or not verdict.one_part:
            yield f"{verdict.line.id} {verdict.line.kind}: {'; '.join(said) or 'two parts'}"
            yield f"    > {verdict.line.sent.text!r}"
            yield f"    < {verdict.reply!r}"
