"""The words of the code are the field's: no private metaphors, and a noun where one exists."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.guards.tree import listed, parsed, product_files, relative

# Each once stood for a thing that every engineer of the field has a word for: the service, the
# unit of work, the work signal, an effect, a periodic task, a blueprint, a notice, stock-outs.
BANNED = (
    "house", "desk", "bell", "wish", "wishes", "errand", "errands", "door", "doors", "telling",
    "whoever", "lifeline", "pipes",
)  # fmt: skip
PATTERN = re.compile(rf"(?<![a-z])(?:{'|'.join(BANNED)})(?![a-z])", re.IGNORECASE)
# RQ's own names for a job's process.
RQ_NAMES = {"workers/rq_worker.py"}


def metaphors(path: Path) -> Iterator[str]:
    """Yield where a file's name, identifiers, docstrings or comments hold a banned word."""
    if PATTERN.search(path.stem.replace("_", " ")):
        yield f"{relative(path)}: its name"
    source = io.StringIO(path.read_text(encoding="utf-8"))
    for token in tokenize.generate_tokens(source.readline):
        prose = token.type == tokenize.STRING and '"""' in token.string
        if not prose and token.type not in (tokenize.NAME, tokenize.COMMENT):
            continue
        for found in PATTERN.finditer(token.string.replace("_", " ")):
            yield f"{relative(path)}, line {token.start[0]}: {found[0]}"


def nameless(path: Path) -> Iterator[str]:
    """Yield where a file calls a variable or a parameter `one`."""
    for node in ast.walk(parsed(path)):
        named = isinstance(node, ast.Name) and node.id == "one"
        if named and isinstance(node.ctx, ast.Store):
            yield f"{relative(path)}, line {node.lineno}"
        if isinstance(node, ast.arg) and node.arg == "one":
            yield f"{relative(path)}, line {node.lineno}"


def test_no_file_speaks_in_metaphors() -> None:
    found = [
        place
        for path in product_files()
        if relative(path) not in RQ_NAMES
        for place in metaphors(path)
    ]
    assert not found, listed(found, "use the field's word (CONTRIBUTING.md)")


def test_a_variable_is_named_after_what_it_holds() -> None:
    found = [place for path in product_files() for place in nameless(path)]
    assert not found, listed(found, "name it after the thing: post, row, token, field")


def test_the_guard_sees_what_it_is_for(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text(
        '"""At the Desk."""\ndef open_doors(one: int) -> None:\n    """See the houseboat."""\n'
    )
    found = [match[0] for match in PATTERN.finditer(path.read_text().replace("_", " "))]
    assert found == ["Desk", "doors"]
