"""The parts of the bench: what each measures, and how its table reads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.bench import (
    accepting,
    asking,
    delivering,
    exactness,
    forwarding,
    growing,
    hopping,
    reading,
    reminding,
)
from tests.bench.accepting import Accepting
from tests.bench.asking import Asking, Cost
from tests.bench.delivering import Delivering
from tests.bench.dhis2_server import FAMILIES
from tests.bench.forwarding import Drained, Forwarding
from tests.bench.ground import KINDS, Ground
from tests.bench.growing import Growing


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    turns: int
    seconds: float
    reports: int
    runs: int
    many: int
    sites: int
    forwards: int
    drained: int
    callers: int = 300
    dialogues: int = 100_000
    rounds: int = 5


FULL: Final = Scale(
    turns=7,
    seconds=3.0,
    reports=1000,
    runs=3,
    many=30_000,
    sites=35_210,
    forwards=1000,
    drained=35_210,
)
QUICK: Final = Scale(
    turns=3,
    seconds=1.0,
    reports=500,
    runs=1,
    many=3000,
    sites=5000,
    forwards=400,
    drained=2000,
    callers=100,
    rounds=1,
)
ASKED: Final = 20  # turns of each question


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the bench: measures on the ground given, and lays out what it found."""

    measure: Callable[[Ground, Scale], Any]
    rows: Callable[[Any], Iterable[str]]


def _accepting(here: Ground, scale: Scale) -> list[Accepting]:
    return [
        accepting.measure(here, kind, turns=scale.turns, seconds=scale.seconds) for kind in KINDS
    ]


def _accepting_rows(found: list[Accepting]) -> Iterable[str]:
    yield f"{'accepted SMS a second':<28}{'Kibaru':>10}{'bare view':>12}{'ratio':>8}"
    for side in found:
        yield f"  {side.kind:<26}{side.ours:>10,.0f}{side.bare:>12,.0f}{side.ratio:>8.2f}"


def _growing(here: Ground, scale: Scale) -> tuple[list[Delivering], Growing]:
    delivered = {
        kind: delivering.measure(here, kind, reports=scale.reports, runs=scale.runs)
        for kind in KINDS
    }
    grown = growing.measure(here, delivered["postgresql"], reports=scale.many)
    return list(delivered.values()), grown


def _growing_rows(found: tuple[list[Delivering], Growing]) -> Iterable[str]:
    delivered, grown = found
    yield f"{'replied and imported a second':<38}"
    for run in (*delivered, grown.many):
        what = f"{run.kind}, {run.reports:,} reports"
        yield f"  {what:<36}{run.rate:>8,.0f}"
    yield f"  {grown.few.reports:,} to {grown.many.reports:,}: {grown.ratio:.2f} of the rate"


def _forwarding(here: Ground, scale: Scale) -> tuple[list[Forwarding], list[Drained]]:
    some = forwarding.waiting(here, scale.forwards)
    forwarded = [forwarding.measure(here, some, family) for family in FAMILIES]
    here.drop(some.database)
    all_of_them = forwarding.waiting(here, scale.drained)
    drained = [forwarding.drain(here, all_of_them, family) for family in FAMILIES]
    here.drop(all_of_them.database)
    return forwarded, drained


def _forwarding_rows(found: tuple[list[Forwarding], list[Drained]]) -> Iterable[str]:
    forwarded, drained = found
    yield f"{'into DHIS2':<28}{'values/s':>10}{'sandbox':>12}"
    for result in forwarded:
        yield f"  {result.family:<26}{result.values:>10,.0f}{result.sandbox:>12,.0f}"
    yield f"{'requests for 1,000 reports':<28}{'0 % bad':>10}{'1 %':>12}{'5 %':>8}"
    for result in forwarded:
        zero, first, fifth = (result.requests[bad] for bad in (0, 1, 5))
        yield f"  {result.family:<26}{zero:>10}{first:>12}{fifth:>8}"
    yield f"{'in DHIS2 after an outage':<38}{'seconds':>8}{'requests':>10}"
    for other in drained:
        what = f"{other.family}, {other.reports:,} reports"
        yield f"  {what:<36}{other.seconds:>8,.0f}{other.requests:>10,}"


def _asking_rows(asked: Asking) -> Iterable[str]:
    yield f"{'ETAT, milliseconds':<38}{'passed':>8}{'CPU':>8}"
    yield _cost(f"a district among {asked.sites:,} sites", asked.district)
    yield _cost("a facility among few sites", asked.facility_few)
    yield _cost(f"the same among all ({asked.growth:.2f} of it)", asked.facility_all)


def _cost(what: str, cost: Cost) -> str:
    return f"  {what:<36}{cost.passed:>8,.1f}{cost.cpu:>8,.1f}"


SECTIONS: Final[Mapping[str, Section]] = {
    "reading": Section(lambda _, scale: reading.measure(rounds=scale.rounds), reading.rows),
    "accepting": Section(_accepting, _accepting_rows),
    "delivering": Section(_growing, _growing_rows),
    "hopping": Section(
        lambda here, scale: hopping.measure(
            here, turns=scale.turns, callers=scale.callers, stored=scale.dialogues
        ),
        hopping.rows,
    ),
    "exactness": Section(lambda here, _: exactness.measure(here), exactness.rows),
    "forwarding": Section(_forwarding, _forwarding_rows),
    "asking": Section(
        lambda here, scale: asking.measure(here, sites=scale.sites, turns=ASKED), _asking_rows
    ),
    "reminding": Section(
        lambda here, scale: reminding.measure(here, agents=scale.sites, few=scale.sites // 10),
        reminding.rows,
    ),
}
