"""`make bench`: the figures of Kibaru on this machine, as a short table or as JSON.

Both sides of a comparison are measured in one run, in turn, so that a ratio means the same on a
fast machine and on a slow one. How each figure is measured stands at the top of its file.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gateway import logs
from tests.bench import accepting, delivering, forwarding, growing
from tests.bench.accepting import Accepting
from tests.bench.delivering import Delivering
from tests.bench.far_side import FAMILIES
from tests.bench.forwarding import Drained, Forwarding
from tests.bench.ground import KINDS, Ground, ground
from tests.bench.growing import Growing


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    turns: int
    seconds: float
    reports: int
    runs: int
    many: int
    forwards: int
    drained: int


FULL = Scale(turns=7, seconds=3.0, reports=1000, runs=3, many=30_000, forwards=1000, drained=35_210)
QUICK = Scale(turns=3, seconds=1.0, reports=500, runs=1, many=3000, forwards=400, drained=2000)


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured."""

    cores: int
    accepting: list[Accepting]
    delivering: list[Delivering]
    growing: Growing
    forwarding: list[Forwarding]
    drained: list[Drained]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, and writes a table to stdout, or JSON. Progress goes to stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON in place of the table")
    parser.add_argument(
        "--quick", action="store_true", help="smaller and rougher, in a few minutes"
    )
    chosen = parser.parse_args(arguments)
    # What the forwarder says of the outages that are made for it does not belong to the figures.
    logs.configure("ERROR")
    with ground() as here:
        figures = _measure(here, QUICK if chosen.quick else FULL)
    text = json.dumps(asdict(figures), indent=2) if chosen.json else _table(figures)
    sys.stdout.write(text + "\n")
    return 0


def _measure(here: Ground, scale: Scale) -> Figures:
    taken_in = []
    for kind in KINDS:
        _say(f"accepting on {kind}")
        taken_in.append(accepting.measure(here, kind, turns=scale.turns, seconds=scale.seconds))
    delivered = {}
    for kind in KINDS:
        _say(f"delivering {scale.reports} reports on {kind}")
        delivered[kind] = delivering.measure(here, kind, reports=scale.reports, runs=scale.runs)
    _say(f"delivering {scale.many} reports on postgresql")
    grown = growing.measure(here, delivered["postgresql"], reports=scale.many)
    forwarded, drained = _forwarding(here, scale)
    delivering_all = list(delivered.values())
    return Figures(os.cpu_count() or 0, taken_in, delivering_all, grown, forwarded, drained)


def _forwarding(here: Ground, scale: Scale) -> tuple[list[Forwarding], list[Drained]]:
    _say(f"forwarding {scale.forwards} reports into each family of DHIS2")
    some = forwarding.waiting(here, scale.forwards)
    forwarded = [forwarding.measure(here, some, family) for family in FAMILIES]
    here.drop(some.database)
    _say(f"draining {scale.drained} reports into each family of DHIS2")
    all_of_them = forwarding.waiting(here, scale.drained)
    drained = [forwarding.drain(here, all_of_them, family) for family in FAMILIES]
    here.drop(all_of_them.database)
    return forwarded, drained


def _say(what: str) -> None:
    sys.stderr.write(f"{what} ...\n")
    sys.stderr.flush()


def _table(figures: Figures) -> str:
    lines = [f"{figures.cores} cores, everything on this machine", ""]
    lines.append(f"{'accepted SMS a second':<28}{'Kibaru':>10}{'bare view':>12}{'ratio':>8}")
    lines += [
        f"  {one.kind:<26}{one.ours:>10,.0f}{one.bare:>12,.0f}{one.ratio:>8.2f}"
        for one in figures.accepting
    ]
    grown = figures.growing
    lines += ["", f"{'replied and imported a second':<38}"]
    lines += [_delivering(one) for one in (*figures.delivering, grown.many)]
    lines.append(
        f"  {grown.few.reports:,} to {grown.many.reports:,}: {grown.ratio:.2f} of the rate"
    )
    lines += ["", f"{'into DHIS2':<28}{'values/s':>10}{'sandbox':>12}"]
    lines += [
        f"  {one.family:<26}{one.values:>10,.0f}{one.sandbox:>12,.0f}" for one in figures.forwarding
    ]
    lines += ["", f"{'requests for 1,000 reports':<28}{'0 % bad':>10}{'1 %':>12}{'5 %':>8}"]
    lines += [
        f"  {one.family:<26}{one.requests[0]:>10}{one.requests[1]:>12}{one.requests[5]:>8}"
        for one in figures.forwarding
    ]
    lines += ["", f"{'in DHIS2 after an outage':<38}{'seconds':>8}{'requests':>10}"]
    lines += [
        f"  {f'{one.family}, {one.reports:,} reports':<36}{one.seconds:>8,.0f}{one.requests:>10,}"
        for one in figures.drained
    ]
    return "\n".join(lines)


def _delivering(one: Delivering) -> str:
    what = f"{one.kind}, {one.reports:,} reports"
    return f"  {what:<36}{one.rate:>8,.0f}"


if __name__ == "__main__":
    sys.exit(main())
