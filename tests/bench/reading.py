"""Measure the time to read and weigh an SMS: CPU of one core, no database, no network.

Every message of the corpus is read and weighed several times over; the figure is the median
over messages of the median of each. That time grows no faster than the text is shown with
10,000 adverse characters against 1,000 of the same. `python -m tests.bench.reading --fuzz N`
reads N mangled messages besides and stops at the first that breaks a promise.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from statistics import median
from typing import Final

from menus.loading.loader import load as load_catalogue
from menus.model.catalogue import Catalogue
from menus.model.programme import EMPTY
from menus.model.reading import Filled
from menus.reading.lexer import normalise_input
from menus.reading.parser import read
from menus.rules.evaluation import evaluate
from tests.corpus.lines import FILES, load

# Texts that a reader which goes back would read again and again.
ADVERSE: Final = ("A1", "O", "1 ", "-", "½", "VUS 1 ", "XYZ 1 ", "lOlPARlOl ", "COR ", "ETAT 3 ")
LONG: Final = 10_000
SHORT: Final = 1000
# Ten times is linear and a hundred quadratic; beside other work no machine is exact.
LINEAR: Final = 2 * LONG / SHORT
_LOOKALIKES: Final = str.maketrans("OolI", "0011")
_SIGNS: Final = "OolI01289 ,.;:/-=JjA½é\n٣🙏'"


@dataclass(frozen=True, slots=True)
class Reading:
    """Microseconds of CPU for an SMS, read alone and read and weighed; and for long texts.

    `growth` is the worst ratio of the time for 10,000 characters to that for 1,000 of the
    same, `longest_ms` the longest time for 10,000.
    """

    messages: int
    read_us: float
    weighed_us: float
    growth: float
    longest_ms: float


def measure(*, rounds: int) -> Reading:
    """Return the figures of the corpus, read `rounds` times over."""
    catalogue = load_catalogue()
    texts = [line.sent.text for path in FILES for line in load(path)]
    alone: list[list[float]] = [[] for _ in texts]
    whole: list[list[float]] = [[] for _ in texts]
    for _ in range(rounds):
        for text, reads, weighs in zip(texts, alone, whole, strict=True):
            begun = time.thread_time_ns()
            reading = read(text, catalogue)
            middle = time.thread_time_ns()
            for filled in reading.filled:
                _weigh(filled, catalogue)
            reads.append((middle - begun) / 1000)
            weighs.append((time.thread_time_ns() - begun) / 1000)
    long = [(_milliseconds(text, LONG, catalogue), text) for text in ADVERSE]
    return Reading(
        messages=len(texts),
        read_us=round(median(map(median, alone)), 1),
        weighed_us=round(median(map(median, whole)), 1),
        growth=round(max(took / _milliseconds(text, SHORT, catalogue) for took, text in long), 1),
        longest_ms=round(max(took for took, _ in long), 1),
    )


def rows(found: Reading) -> Iterator[str]:
    """The figures in words, for the table."""
    yield f"one SMS read, median of {found.messages}: {found.read_us} us of CPU"
    yield f"one SMS read and weighed: {found.weighed_us} us of CPU (aim: 300 or less)"
    yield f"10,000 adverse characters against 1,000: {found.growth} times (linear: 10)"
    yield f"10,000 adverse characters, the worst: {found.longest_ms} ms"


def fuzz(messages: int, *, seed: int) -> None:
    """Read mangled messages of the corpus. Raises AssertionError for a broken promise.

    Nothing raises; no number is stored that does not stand in the text, or beyond its limit;
    a code that is asked about is not stored.
    """
    catalogue = load_catalogue()
    texts = [line.sent.text for path in FILES for line in load(path)]
    dice = random.Random(seed)
    for number, text in enumerate(islice(_mangled(texts, dice), messages), start=1):
        _check(text, catalogue)
        if number % 10_000 == 0:
            sys.stderr.write(f"\r{number:,} of {messages:,} messages")
    sys.stderr.write("\n")


def _weigh(filled: Filled, catalogue: Catalogue) -> dict[str, int]:
    """What would be stored of one form on an empty site."""
    evaluation = evaluate(
        catalogue.forms[filled.form],
        stored=EMPTY,
        pending=EMPTY,
        typed=filled.values,
        typed_days_out=filled.days_out,
    )
    return dict(evaluation.accepted)


def _milliseconds(unit: str, length: int, catalogue: Catalogue) -> float:
    """Return the milliseconds that a text of this length takes, the least of nine times."""
    text = (unit * length)[:length]
    took = []
    for _ in range(9):
        begun = time.thread_time_ns()
        read(text, catalogue)
        took.append((time.thread_time_ns() - begun) / 1e6)
    return min(took)


def _mangled(texts: Sequence[str], dice: random.Random) -> Iterator[str]:
    """Yield messages cut, spliced and mistyped at random, for ever."""
    while True:
        text = dice.choice(texts)
        if dice.random() < 0.3:
            other = dice.choice(texts)
            text = text[: dice.randrange(len(text) + 1)] + other[dice.randrange(len(other) + 1) :]
        signs = list(text)
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(len(signs) + 1)
            signs[at : at + dice.randrange(3)] = dice.choice(_SIGNS) * dice.randrange(3)
        yield "".join(signs)


def _check(text: str, catalogue: Catalogue) -> None:
    reading = read(text, catalogue)
    digits = normalise_input(text).translate(_LOOKALIKES)
    asked = {code for problem in reading.problems for code in problem.codes}
    for filled in reading.filled:
        _hold(not asked & filled.values.keys(), text)
        _hold(all(str(number) in digits for number in filled.values.values()), text)
        _hold(all(str(number) in digits for number in filled.days_out.values()), text)
        for code, number in _weigh(filled, catalogue).items():
            _hold(number <= catalogue.field(code).ask_above, text)


def _hold(promise: bool, text: str) -> None:
    if not promise:
        raise AssertionError(text)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reading", description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON in place of the table")
    parser.add_argument("--rounds", type=int, default=15, help="how often the corpus is read")
    parser.add_argument("--fuzz", type=int, default=0, metavar="N", help="mangled messages to read")
    parser.add_argument("--seed", type=int, default=1, help="of the mangling")
    chosen = parser.parse_args(arguments)
    figures = measure(rounds=chosen.rounds)
    text = json.dumps(asdict(figures), indent=2) if chosen.json else "\n".join(rows(figures))
    sys.stdout.write(text + "\n")
    if chosen.fuzz:
        fuzz(chosen.fuzz, seed=chosen.seed)
    return 0 if figures.growth <= LINEAR else 1


if __name__ == "__main__":
    sys.exit(main())
