"""Read the words files, and check that their sentences can be sent: placeholders, and GSM-7.

A sentence of the words files holds placeholders such as `{code}`, filled by
`menus.wording.replies`. The shipped French file defines the sentences and their placeholders;
every other words file is compared with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from menus.gsm7 import lost
from menus.loading.tables import Folder, names_in, read
from menus.model.cross_check import Check

Words = Mapping[str, str]
# For every sentence, the placeholders that it holds or may hold.
Fills = Mapping[str, frozenset[str]]

# The placeholders of a cross-check's sentence besides the numbers that the check names.
OF_A_CHECK: Final = frozenset({"code", "form", "left", "right", "given"})
# A shorter wording of a sentence, taken when the reply would need another part.
SHORT: Final = "_short"
NAMED: Final = ("rule_", "help_")


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of a language, by key.

    They are in `words/fr.toml` and, by topic, in files such as `words/fr_ussd.toml`; `places` is
    the file of each key.
    """

    language: str
    texts: Words
    places: Mapping[str, str]

    def at(self, key: str) -> str:
        """Return the place of a sentence, present or missing: file and key."""
        return f"{self.places.get(key, f'words/{self.language}.toml')}: {key}"


def read_words(folder: Folder, language: str, faults: list[str]) -> Sentences:
    """Read all sentences of a language; a key in two files is a fault."""
    texts: dict[str, str] = {}
    places: dict[str, str] = {}
    topics = [
        name for name in names_in(folder.joinpath("words")) if name.startswith(f"{language}_")
    ]
    for name in (f"{language}.toml", *topics):
        table = read(folder, f"words/{name}", faults)
        for key in table.content:
            if key in texts:
                table.fault(key, f"stands in {places[key]} as well")
            texts[key] = table.text(key)
            places[key] = f"words/{name}"
    return Sentences(language, texts, places)


def placeholders(sentence: str) -> frozenset[str]:
    """Return the names in braces.

    Raises ValueError for anything but plain `{name}`.
    """
    names = set()
    for _, name, spec, conversion in Formatter().parse(sentence):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"expected a plain name in braces, got {{{name}}}")
        names.add(name)
    return frozenset(names)


def is_named(key: str) -> bool:
    """Return whether the catalogue itself names this sentence, by a check or a command."""
    return key.startswith(NAMED)


def readable(words: Sentences, faults: list[str]) -> Fills:
    """Return the placeholders of every sentence; note sentences that cannot be read or sent."""
    names = {}
    for key, sentence in words.texts.items():
        place = words.at(key)
        sendable(place, sentence, faults)
        if any(letter.isdigit() for letter in sentence):
            faults.append(f"{place}: holds a digit; every number is a placeholder")
        try:
            names[key] = placeholders(sentence)
        except ValueError as wrong:
            faults.append(f"{place}: {wrong}")
    return names


def sendable(place: str, text: str, faults: list[str]) -> None:
    """Note every letter that GSM-7 can neither write nor replace by a similar one."""
    letters = lost(text)
    if letters:
        named = ", ".join(f"U+{ord(letter):04X}" for letter in letters)
        faults.append(f"{place}: GSM-7 has nothing like {named}")


def required(words: Sentences, keys: Iterable[tuple[str, str]], faults: list[str]) -> None:
    """Note every missing sentence; `keys` are pairs of a key and what needs it."""
    for key, origin in keys:
        if key and key not in words.texts:
            faults.append(f"{words.at(key)}: missing, {origin} needs it")


def of_checks(checks: Iterable[Check]) -> Fills:
    """Return, for every sentence that checks name, the placeholders that all of them can fill."""
    known: dict[str, frozenset[str]] = {}
    for check in checks:
        names = OF_A_CHECK.union(check.names)
        known[check.words] = known.get(check.words, names) & names
    return known


def agree(words: Sentences, found: Fills, fills: Fills, faults: list[str]) -> None:
    """Note sentences that are not used, and placeholders that nothing fills.

    The sentence of a check or a command that was removed may stay.
    """
    for key, names in found.items():
        base = key.removesuffix(SHORT)
        if base in fills:
            unfilled = sorted(names - fills[base])
            faults.extend(f"{words.at(key)}: nothing fills {{{name}}}" for name in unfilled)
        elif not is_named(key):
            faults.append(f"{words.at(key)}: no sentence is called that")


def same(words: Sentences, found: Fills, french: Fills, faults: list[str]) -> None:
    """Note translations whose placeholders differ from those of the French sentence.

    A shorter wording may use fewer.
    """
    for key, names in found.items():
        wanted = french.get(key, french.get(key.removesuffix(SHORT)))
        if wanted is None:
            faults.append(f"{words.at(key)}: there is no such sentence in French")
        elif names != wanted and (key in french or not names < wanted):
            listed = " ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
            faults.append(f"{words.at(key)}: its placeholders differ from the French ({listed})")
