"""Lay out screens: fit sentences and choices into the septets that a network shows.

A screen is never cut within a word. A text that does not fit gets a shorter wording, a list or a
long text continues on the next page, and only then are words left out at the end of a line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from menus.gsm7 import septets, to_gsm7
from menus.ussd.state import Screen

PREFIX: Final = len("CON ")  # counted, since it is not documented that networks do not count it
BACK: Final = "00"
HOME: Final = "000"
MORE: Final = "0"
NEXT: Final = "1"


def fits(text: str, room: int) -> bool:
    """Return whether a text in GSM-7 fits a screen of `room` septets."""
    return septets(text) <= room - PREFIX


def laid_out(name: str, variants: Iterable[str], room: int, *, ends: bool = False) -> Screen:
    """Return the first variant that fits as a screen, else the last variant, cut between words.

    `room` is in septets. The last line of a cut screen stays, since it says what to type.
    """
    text = ""
    for text in map(to_gsm7, variants):
        if fits(text, room):
            return Screen(name, text, ends)
    head, _, foot = text.rpartition("\n")
    kept = shortened(head, room - PREFIX - septets(foot) - 1)
    return Screen(name, f"{kept}\n{foot}" if kept else shortened(text, room - PREFIX), ends, False)


def shortened(text: str, most: int) -> str:
    """Return the text without its last words, in at most so many septets."""
    while septets(text) > most:
        cut = max(text.rstrip().rfind(" "), text.rstrip().rfind("\n"))
        if cut <= 0:
            return ""
        text = text[:cut]
    return text


def choice(digit: str, words: str) -> str:
    """Return the line of a choice: `1 Oui`."""
    return f"{digit} {words}"


def answers(*pairs: tuple[str, str]) -> str:
    """Return the choices on a single line: `1=Oui 2=Corriger`."""
    return " ".join(f"{digit}={words}" for digit, words in pairs)


def pages(text: str, room: int, more: str, last: str) -> list[str]:
    """Return a long text as screens, broken between words.

    Each ends with the line `more`, the last with the line `last`. A word longer than a screen is
    broken within.
    """
    text = to_gsm7(text)
    if fits(f"{text}\n{last}", room):
        return [f"{text}\n{last}"]
    screens: list[str] = []
    line = ""
    for word in _words(text, room - PREFIX - max(septets(more), septets(last)) - 1):
        longer = f"{line} {word}".strip()
        if line and not fits(f"{longer}\n{more}", room):
            screens.append(line)
            longer = word
        line = longer
    if not fits(f"{line}\n{last}", room):
        head, _, tail = line.rpartition(" ")
        screens, line = [*screens, *([head] if head else [])], tail
    return [*(f"{screen}\n{more}" for screen in screens), f"{line}\n{last}"]


def _words(text: str, most: int) -> Iterable[str]:
    half = most // 2  # a letter of the extension table takes two septets
    for word in text.split():
        if septets(word) <= most:
            yield word
        else:
            yield from (word[start : start + half] for start in range(0, len(word), half))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list to choose from: a sentence above, pairs of digit and words, lines below.

    `more` is the line that shows the next page, where there is a next page.
    """

    head: str
    options: tuple[tuple[str, str], ...]
    more: str
    foot: tuple[str, ...] = ()

    def is_short(self, room: int) -> bool:
        """Return whether the list fits one screen."""
        return fits(self._screen(self._lines(), more=False), room)

    def pages(self, room: int) -> list[str]:
        """Return the screens of the list, with at least one choice on each."""
        lines = self._lines()
        if self.is_short(room):
            return [self._screen(lines, more=False)]
        filled: list[list[str]] = [[]]
        for line in lines:
            if filled[-1] and not fits(self._screen([*filled[-1], line], more=True), room):
                filled.append([])
            filled[-1].append(line)
        return [self._screen(page, more=len(filled) > 1) for page in filled]

    def place(self, digit: str) -> int | None:
        """Return the index of the choice with this digit, on any page; None when there is none."""
        digits = [known for known, _ in self.options]
        return digits.index(digit) if digit in digits else None

    def _lines(self) -> list[str]:
        return [to_gsm7(choice(digit, words)) for digit, words in self.options]

    def _screen(self, lines: Iterable[str], *, more: bool) -> str:
        return "\n".join(
            map(to_gsm7, (self.head, *lines, *([self.more] if more else []), *self.foot))
        )


def numbered(labels: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the labels with their numbers, from 1."""
    return tuple((str(number), label) for number, label in enumerate(labels, 1))
