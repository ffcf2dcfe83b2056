"""A script of the phone as a text file: what is typed, and what must come back.

    # a comment, for the reader
    phone +22370000001      from here on, this number; a dialogue that is open is dropped
    > *384*1#               typed: an SMS, a code to dial, or an answer in a dialogue
    < Kibaru ...            what comes back; the next < lines belong to the same text
    sms                     wait for the next SMS; its < lines follow
    drop                    hang up
    pause 31                so many seconds pass for the operator's timers, without waiting
    repeat                  the operator posts the last hop again; the same screen must come

In a < line `..` stands for one word, such as a receipt, and `...` for any text. Blanks and ends
of lines count alike, so that a long SMS may be folded. Without < lines, any text is accepted.
In a > line `{month}` stands for the number of last month, so that a script keeps for years.
"""

import re
from dataclasses import dataclass, field
from typing import Final

TYPE: Final = ">"
PHONE: Final = "phone"
SMS: Final = "sms"
DROP: Final = "drop"
PAUSE: Final = "pause"
REPEAT: Final = "repeat"

EXPECT: Final = "<"
MONTH: Final = "{month}"
# The argument that each word takes.
WORDS: Final = {
    PHONE: r"\+[1-9][0-9]{6,14}",
    SMS: "",
    DROP: "",
    PAUSE: r"[0-9]+",
    REPEAT: "",
}
SAY_NOTHING: Final = (PHONE, DROP)  # nothing comes back for these


class BadScript(Exception):
    """Raised when a script cannot be read; the message names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a script, with its line in the file and the lines expected back."""

    line: int
    act: str
    words: str
    expected: list[str] = field(default_factory=list)


def parse(text: str) -> list[Step]:
    """Return the steps of a script, in order. Raises BadScript at the first line that is none."""
    steps: list[Step] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(EXPECT):
            _expect(steps, number, line[1:].strip())
        elif line.startswith(TYPE):
            steps.append(Step(number, TYPE, line[1:].strip()))
        else:
            steps.append(_word(number, line))
    return steps


def matches(expected: list[str], got: str) -> bool:
    """Return whether a text is what these lines ask for."""
    pieces = re.split(r"(\.{2,})", one_line("\n".join(expected)))
    pattern = "".join(
        re.escape(piece) if place % 2 == 0 else r"\S+" if piece == ".." else ".*"
        for place, piece in enumerate(pieces)
    )
    return re.fullmatch(pattern, one_line(got)) is not None


def one_line(text: str) -> str:
    """Return the text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


def _expect(steps: list[Step], number: int, words: str) -> None:
    if not steps:
        raise BadScript(f"line {number}: nothing was done yet that something comes back for")
    if steps[-1].act in SAY_NOTHING:
        raise BadScript(f"line {number}: nothing comes back for `{steps[-1].act}`")
    steps[-1].expected.append(words)


def _word(number: int, line: str) -> Step:
    act, _, words = line.strip().partition(" ")
    if act not in WORDS:
        known = ", ".join(f"`{word}`" for word in WORDS)
        raise BadScript(f"line {number}: `{act}` is no step; known: `>`, `<`, `#`, {known}")
    if not re.fullmatch(WORDS[act], words.strip()):
        wanted = {PHONE: "a number such as +22370000001", PAUSE: "seconds, in digits"}
        raise BadScript(f"line {number}: after `{act}` comes {wanted.get(act, 'nothing')}")
    return Step(number, act, words.strip())
