"""Print the figures of SMS as typed, by kind: `python -m tests.corpus [FILE ...] [--quiet]`."""

import argparse
import sys
import tempfile
from pathlib import Path

from gateway.storage.engine import connect
from gateway.storage.schema import upgrade
from menus.loading.loader import load as load_catalogue
from tests.corpus.figures import count, faults, table
from tests.corpus.judge import Court
from tests.corpus.lines import FILES, load


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=FILES, metavar="FILE")
    parser.add_argument("--quiet", action="store_true", help="the table only, not each fault")
    options = parser.parse_args()
    lines = [line for path in options.files for line in load(path)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "template.db"
        engine = connect(f"sqlite:///{template}")
        upgrade(engine)
        engine.dispose()
        court = Court(load_catalogue(), template, folder)
        verdicts = [court.judge(line) for line in lines]
        court.close()
    if not options.quiet:
        sys.stdout.writelines(f"{text}\n" for text in faults(verdicts))
    sys.stdout.writelines(f"{text}\n" for text in table(verdicts))
    return 0 if count(verdicts).kept else 1


if __name__ == "__main__":
    sys.exit(main())
