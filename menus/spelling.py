"""How near two words are: one slip of the finger, or the same keys of a phone."""

from typing import Final

from menus.model import Catalogue

# Longer words are words, not codes, and are never repeated in a reply.
LONGEST_CODE: Final = 8
# The letters on the keys of a telephone, ITU-T E.161.
_KEYS: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


def one_slip(typed: str, word: str) -> bool:
    """Whether one letter more, less, other, or two neighbours swapped, makes one the other."""
    if len(typed) > len(word):
        typed, word = word, typed
    if len(word) - len(typed) > 1 or typed == word:
        return False
    at = next((i for i, one in enumerate(typed) if one != word[i]), len(typed))
    if len(typed) < len(word):
        return typed[at:] == word[at + 1 :]
    swapped = typed[at : at + 2] == word[at : at + 2][::-1]
    return typed[at + 1 :] == word[at + 1 :] or (swapped and typed[at + 2 :] == word[at + 2 :])


def same_keys(typed: str, word: str) -> bool:
    """Whether both are typed with the same keys, so that predictive text may swap them."""
    return len(typed) == len(word) and typed.translate(_KEYS) == word.translate(_KEYS)


class Speller:
    """Judges unknown words against every word of a catalogue: codes, keywords, aliases."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._codes = catalogue.code_of
        self._words = {**catalogue.keyword_of, **catalogue.code_of}
        self._forms = catalogue.forms
        self._near: dict[str, list[str]] = {}

    def near(self, typed: str) -> list[str]:
        """What the words one slip away stand for (codes and keywords), each once."""
        if not 2 <= len(typed) <= LONGEST_CODE:
            return []
        if typed not in self._near:
            found = (means for word, means in self._words.items() if one_slip(typed, word))
            self._near[typed] = list(dict.fromkeys(found))
        return self._near[typed]

    def may_be_code(self, typed: str) -> bool:
        """Whether a code is one slip away, or a word of the system has the same keys."""
        return any(means in self._codes for means in self.near(typed)) or self._on_keys(typed)

    def forms_near(self, typed: str) -> list[str]:
        """The forms whose keyword is one slip away."""
        return [means for means in self.near(typed) if means in self._forms]

    def only_code(self, typed: str) -> str:
        """The one code that this must be a slip of; empty when there is any other choice.

        A word with the same keys as some word of the system may be predictive text's choice
        for that one, whatever is one slip away.
        """
        near = self.near(typed)
        if len(near) != 1 or near[0] not in self._codes or self._on_keys(typed):
            return ""
        return near[0]

    def _on_keys(self, typed: str) -> bool:
        if not 2 <= len(typed) <= LONGEST_CODE:
            return False
        return any(same_keys(typed, word) for word in self._words)
