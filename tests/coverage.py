"""`make test` measures which lines ran (SlipCover); this shows them by room and holds a floor.

`python -m tests.coverage [PATH]` shows the last run again: with a path, such as `gateway/ussd`,
the lines below it that did not run. What is left out stands in pyproject.toml, with reasons.
Processes that tests start are not measured: SlipCover would add 0.8 s to the 1 s in which each
starts, and its lines are run in the tests' own process as well, but for a few entry points.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.guards.tree import ROOT, relative

MEASURED: Final = ROOT / ".coverage.json"
# The part of the tree (all of it: "") -> the least percentage of its lines that must run.
LEAST: Final[Mapping[str, float]] = {"menus/": 100.0, "": 95.0}

# By file, the lines that ran and those that did not.
Lines = Mapping[str, tuple[Sequence[int], Sequence[int]]]


def read(path: Path = MEASURED) -> Lines:
    """Return what SlipCover wrote. Raises OSError when it wrote nothing."""
    files = json.loads(path.read_text(encoding="utf-8"))["files"]
    return {
        relative(ROOT / name): (found["executed_lines"], found["missing_lines"])
        for name, found in files.items()
    }


def below(lines: Lines, part: str) -> Lines:
    """Return what is known of the files whose path begins with `part`."""
    return {name: found for name, found in lines.items() if name.startswith(part)}


def percentage(lines: Lines) -> float:
    """Return how many of a hundred lines ran; 0 when none is known, since none was measured."""
    ran = sum(len(executed) for executed, _ in lines.values())
    total = ran + missed(lines)
    return 100 * ran / total if total else 0.0


def missed(lines: Lines) -> int:
    """Return the number of lines that did not run."""
    return sum(len(missing) for _, missing in lines.values())


def rows(lines: Lines) -> Iterator[str]:
    """Yield the table: a row for each room, then the total."""
    rooms: dict[str, dict[str, tuple[Sequence[int], Sequence[int]]]] = defaultdict(dict)
    for name, found in sorted(lines.items()):
        rooms[room_of(name)][name] = found
    for room, files in {**rooms, "total": lines}.items():
        yield f"{room:24}{percentage(files):7.2f} %{missed(files):6} lines did not run"


def room_of(name: str) -> str:
    """Return the folder of a file, at most two deep (`gateway/storage`)."""
    return "/".join(name.split("/")[:-1][:2])


def details(lines: Lines) -> Iterator[str]:
    """Yield the numbers of the lines that did not run, by file (`a.py: 3-5, 9`)."""
    for name, (executed, missing) in sorted(lines.items()):
        if missing:
            yield f"{name}: {', '.join(_ranges(missing, set(executed)))}"


def _ranges(missing: Iterable[int], executed: set[int]) -> Iterator[str]:
    """Yield runs of missing lines; what holds no code, such as a comment, breaks no run."""
    first = last = 0
    for line in sorted(missing):
        if not first:
            first = line
        elif any(between in executed for between in range(last, line)):
            yield f"{first}-{last}" if last > first else str(first)
            first = line
        last = line
    if first:
        yield f"{first}-{last}" if last > first else str(first)


def failures(lines: Lines) -> Iterator[str]:
    """Yield a sentence for each part of which too little ran, followed by what did not run."""
    for part, least in LEAST.items():
        found = below(lines, part)
        if percentage(found) < least:
            yield f"{part or 'all'}: {percentage(found):.2f} % of the lines ran, not {least:g} %:"
            yield from details(found)


def main(arguments: Sequence[str]) -> int:
    """Show the last measured run. Returns 1 when too little of a part ran."""
    lines = read()
    if arguments:
        sys.stdout.write("\n".join(details(below(lines, arguments[0]))) + "\n")
        return 0
    failed = list(failures(lines))
    sys.stdout.write("\n".join(["", "Lines that the tests ran:", *rows(lines), *failed]) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
