"""`make bench`: the figures of Kibaru on this machine, as short tables or as JSON.

Both sides of a comparison are measured in one run, in turn, so that a ratio means the same on a
fast machine and on a slow one. How each figure is measured stands at the top of its file.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from gateway import logs
from tests.bench.ground import ground
from tests.bench.sections import FULL, QUICK, SECTIONS


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, and writes tables to stdout, or JSON. Progress goes to stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON in place of the tables")
    parser.add_argument("--quick", action="store_true", help="smaller and rougher")
    parser.add_argument("--only", choices=[*SECTIONS], action="append", help="some of it")
    chosen = parser.parse_args(arguments)
    # What is said of the outages that are made on purpose does not belong to the figures.
    logs.configure("ERROR")
    found: dict[str, Any] = {}
    for name in chosen.only or SECTIONS:
        sys.stderr.write(f"{name} ...\n")
        sys.stderr.flush()
        with ground() as here:
            found[name] = SECTIONS[name].measure(here, QUICK if chosen.quick else FULL)
        if not chosen.json:
            sys.stdout.write("\n".join(SECTIONS[name].rows(found[name])) + "\n\n")
            sys.stdout.flush()
    if chosen.json:
        cores = {"cores": os.cpu_count() or 0}
        sys.stdout.write(json.dumps({**cores, **found}, default=_plain, indent=2) + "\n")
    return 0


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} is no figure")


if __name__ == "__main__":
    sys.exit(main())
