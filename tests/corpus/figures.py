"""The figures of a corpus, all in all and by kind, and the bounds that they have to keep."""

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
    """How many of how many. A rate of nothing is 1."""

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
        """Whether every bound is kept."""
        return (
            not self.wrong
            and not self.leaked
            and self.storing >= MUST_STORE
            and self.asking >= MUST_ASK
            and self.in_one_part >= ONE_PART
        )


def count(verdicts: Sequence[Verdict]) -> Figures:
    """The figures of these lines together; each number and each question counts."""
    lines = [one.line for one in verdicts]
    to_store = sum(len(one.must_store) + len(one.must_stockouts) for one in lines)
    to_ask = sum(len(one.must_ask) for one in lines)
    to_mention = sum(len(one.should_mention) for one in lines)
    return Figures(
        lines=len(lines),
        wrong=sum(bool(one.wrong) for one in verdicts),
        leaked=sum(bool(one.leaked) for one in verdicts),
        stored=to_store - sum(len(one.lost) for one in verdicts),
        to_store=to_store,
        asked=to_ask - sum(len(one.not_asked) for one in verdicts),
        to_ask=to_ask,
        mentioned=to_mention - sum(len(one.not_mentioned) for one in verdicts),
        to_mention=to_mention,
        one_part=sum(one.one_part for one in verdicts),
    )


def table(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """One row for each kind, and one for all."""
    kinds: defaultdict[str, list[Verdict]] = defaultdict(list)
    for one in verdicts:
        kinds[one.line.kind].append(one)
    yield f"{'kind':<20}{'lines':>6}{'wrong':>6}{'stored':>12}{'asked':>10}{'said':>10}{'1 part':>10}"
    for kind, group in sorted(kinds.items()):
        yield _row(kind, count(group))
    yield _row("all", count(verdicts))


def _row(name: str, one: Figures) -> str:
    return (
        f"{name:<20}{one.lines:>6}{one.wrong + one.leaked or '-':>6}"
        f"{f'{one.stored}/{one.to_store}':>12}{f'{one.asked}/{one.to_ask}':>10}"
        f"{f'{one.mentioned}/{one.to_mention}':>10}{f'{one.one_part}/{one.lines}':>10}"
    )


def faults(verdicts: Iterable[Verdict]) -> Iterable[str]:
    """Each line that lacks something, with what it lacks and what was answered."""
    for one in verdicts:
        said = [
            *(f"WRONG {fault}" for fault in one.wrong),
            *(f"LEAKED {fault}" for fault in one.leaked),
            *(f"not stored {fault}" for fault in one.lost),
            *(f"not asked {fault}" for fault in one.not_asked),
            *(f"not said {fault}" for fault in one.not_mentioned),
        ]
        if said or not one.one_part:
            yield f"{one.line.id} {one.line.kind}: {'; '.join(said) or 'two parts'}"
            yield f"    > {one.line.sent.text!r}"
            yield f"    < {one.reply!r}"
