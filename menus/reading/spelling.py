"""Spelling: find words that are one slip of the finger, or the same telephone keys, apart.

A slip is one edit of Damerau and Levenshtein: a letter more, less or other, or two neighbours
swapped.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from menus.model.catalogue import Catalogue

# Longer words are words, not codes, and are never repeated in a reply.
LONGEST_CODE: Final = 8
# The letters on the keys of a telephone, ITU-T E.161.
_KEYS: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


def one_slip(typed: str, word: str) -> bool:
    """Return whether one slip makes one word of the other; false for equal words."""
    if len(typed) > len(word):
        typed, word = word, typed
    if len(word) - len(typed) > 1 or typed == word:
        return False
    at = next((i for i, letter in enumerate(typed) if letter != word[i]), len(typed))
    if len(typed) < len(word):
        return typed[at:] == word[at + 1 :]
    swapped = typed[at : at + 2] == word[at : at + 2][::-1]
    return typed[at + 1 :] == word[at + 1 :] or (swapped and typed[at + 2 :] == word[at + 2 :])


def same_keys(typed: str, word: str) -> bool:
    """Return whether two words share their keys, so that predictive text may swap them."""
    return len(typed) == len(word) and typed.translate(_KEYS) == word.translate(_KEYS)


class Slips:
    """An index of words by their deletion neighbourhood, as in Wolf Garbe's SymSpell.

    Each word is stored under what is left of it when one letter is missing or hidden (`T_R`),
    and is looked up by the same forms of what was typed: two words one slip apart share one.
    A hidden letter keeps its place, so that no distance has to be computed for the words that
    are found, as SymSpell does. The answers are those of `one_slip`.

    For a word of n letters the index holds 2n entries at most, and a lookup reads 4n at most,
    however many words there are: 568 entries, 0.5 ms to build and 6 to 15 microseconds to
    look up for the 82 words of the shipped catalogue.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._longest = max(map(len, self._words), default=0)
        self._hidden: defaultdict[str, list[str]] = defaultdict(list)
        self._shorter: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            for hidden in _with_one_hidden(word):
                self._hidden[hidden].append(word)
            for shorter in dict.fromkeys(_with_one_missing(word)):
                self._shorter[shorter].append(word)

    def near(self, typed: str) -> list[str]:
        """Return the words one slip away from a typed one, each once."""
        if len(typed) > self._longest + 1:
            return []
        found = list(self._shorter.get(typed, ()))
        for hidden in _with_one_hidden(typed):
            found += self._hidden.get(hidden, ())
        found += [word for word in _with_one_missing(typed) if word in self._words]
        found += [word for word in _with_two_swapped(typed) if word in self._words]
        return [word for word in dict.fromkeys(found) if word != typed]


def _with_one_hidden(word: str) -> Iterator[str]:
    return (f"{word[:at]}_{word[at + 1 :]}" for at in range(len(word)))


def _with_one_missing(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _with_two_swapped(word: str) -> Iterator[str]:
    return (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(max(len(word) - 1, 0))
    )


class Speller:
    """The words of a catalogue (codes, keywords, aliases) that an unknown word may stand for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._codes = catalogue.code_of
        self._forms = catalogue.forms
        self._commands = catalogue.commands
        self._words = {**catalogue.keyword_of, **catalogue.code_of}
        self._slips = Slips(self._words)
        self._keys = {word.translate(_KEYS) for word in self._words}

    def near(self, typed: str) -> list[str]:
        """Return the codes and keywords that the words one slip away stand for, each once.

        Words of one letter, or of more than `LONGEST_CODE`, are near nothing.
        """
        if not 2 <= len(typed) <= LONGEST_CODE:
            return []
        return list(dict.fromkeys(self._words[word] for word in self._slips.near(typed)))

    def may_be_code(self, typed: str) -> bool:
        """Return whether a code is one slip away, or any word has the same keys."""
        return any(means in self._codes for means in self.near(typed)) or self._on_keys(typed)

    def forms_near(self, typed: str) -> list[str]:
        """Return the forms whose keyword is one slip away."""
        return [means for means in self.near(typed) if means in self._forms]

    def only_code(self, typed: str) -> str:
        """Return the only code that a word can be a slip of; empty when any other is as near.

        A word with the same keys as a word of the catalogue may be what predictive text made
        of that word, whatever is one slip away.
        """
        near = self.near(typed)
        if len(near) != 1 or near[0] not in self._codes or self._on_keys(typed):
            return ""
        return near[0]

    def commands_near(self, typed: str) -> list[str]:
        """Return the commands whose keyword is one slip away; none beside a form's keyword."""
        near = self.near(typed)
        if any(means in self._forms for means in near):
            return []
        return [means for means in near if means in self._commands]

    def _on_keys(self, typed: str) -> bool:
        return 2 <= len(typed) <= LONGEST_CODE and typed.translate(_KEYS) in self._keys
