"""Load the TOML catalogue -> Catalogue, or report every fault at once, with file and key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Final

from menus.loading import words as catalogue_words
from menus.loading.checks import with_shared_checks
from menus.loading.forms import read_form
from menus.loading.keywords import FILE as KEYWORDS
from menus.loading.keywords import FORMERLY, read_keywords
from menus.loading.mapping import FILE as MAPPING
from menus.loading.mapping import with_mapping
from menus.loading.programme import read_programme
from menus.loading.referrals import read_referrals
from menus.loading.tables import Folder, Table, names_in, read
from menus.loading.ussd import read_ussd, words_of
from menus.loading.words import Sentences
from menus.model.catalogue import LANGUAGES, Catalogue, Form
from menus.model.command import Command
from menus.model.programme import Programme
from menus.model.ussd import Ussd

SHIPPED: Final[Folder] = files("menus").joinpath("catalogue")


class CatalogueFault(Exception):
    """The catalogue cannot be used; `faults` has a sentence for each fault: file, key, what."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Source:
    """The folders from which the parts of a catalogue are read."""

    folder: Folder

    @property
    def is_mapping(self) -> bool:
        """Return whether the folder only maps the shipped catalogue to another server."""
        return self.folder.joinpath(MAPPING).is_file()

    def holder(self, name: str) -> Folder:
        """Return the folder that holds a file or folder of this name."""
        part = self.folder.joinpath(name)
        there = part.is_file() or part.is_dir() or not self.is_mapping
        return self.folder if there else SHIPPED

    @property
    def holder_of_keywords(self) -> Folder:
        """Return the folder of the keywords, also when they are in the file of an older release."""
        older = self.folder.joinpath(FORMERLY).is_file()
        return self.folder if older else self.holder(KEYWORDS)

    def read(self, name: str, faults: list[str]) -> Table:
        return read(self.holder(name), name, faults)


@dataclass(slots=True)
class _WordOwners:
    """The owner of every word of the language: a word has one meaning only."""

    faults: list[str]
    owners: dict[str, str] = field(default_factory=dict)

    def take(self, word: str, owner: str, place: str) -> None:
        if word in self.owners:
            self.faults.append(f"{place}: {word} is taken by {self.owners[word]}")
        elif word:
            self.owners[word] = owner


def load(folder: Path | None = None) -> Catalogue:
    """Load the catalogue in `folder`, or the shipped catalogue.

    A folder with a `mapping.toml` overrides parts of the shipped catalogue: files that it does
    not hold are taken from there.

    Raises CatalogueFault with every fault found: unreadable files, unknown or missing keys,
    wrong types, a word with two meanings, limits in the wrong order, a check that names an
    unknown code, a sentence that is missing in French or has a placeholder that nothing fills,
    and letters that GSM-7 cannot write.
    """
    faults: list[str] = []
    source = _Source(SHIPPED if folder is None else folder)
    programme = read_programme(source.read("programme.toml", faults))
    forms = _read_forms(source.holder("forms"), faults)
    if source.is_mapping:
        forms = with_mapping(forms, source.read(MAPPING, faults))
    forms = with_shared_checks(source.read("checks.toml", faults), forms)
    commands = read_keywords(source.holder_of_keywords, faults)
    # A menu without a command that could not be read is reported once, with the keywords.
    ussd = read_ussd(source.holder("ussd"), forms, commands, faults if commands else [])
    codes = {code for form in forms.values() for code in form.codes}
    referrals = read_referrals(source.read("referrals.toml", faults), codes)
    words = _read_words(source.holder("words"), faults)
    _check_words(words, forms, commands, ussd, faults)
    _check_labels(forms, faults)
    if not faults:
        # A form that could not be read would seem to lack its fields.
        faults.extend(_unknown_patients(forms))
    texts = {language: sentences.texts for language, sentences in words.items()}
    catalogue = _index(programme, forms, commands, texts, faults)
    catalogue = replace(catalogue, referrals=referrals, ussd=ussd)
    if faults:
        # An entry that is written once and read for every form is reported once.
        raise CatalogueFault(list(dict.fromkeys(faults)))
    return catalogue


def _read_forms(folder: Folder, faults: list[str]) -> dict[str, Form]:
    names = list(names_in(folder.joinpath("forms")))
    if not names:
        faults.append("forms: no form, expected at least one TOML file in this folder")
    read_in = [
        (*read_form(table), name)
        for name in names
        if (table := read(folder, f"forms/{name}", faults)).content
    ]
    forms: dict[str, Form] = {}
    for _, form, name in sorted(read_in, key=lambda entry: (entry[0], entry[2])):
        if form.keyword in forms:
            faults.append(f"forms/{name}: keyword: {form.keyword} is another form's keyword")
        elif form.keyword:
            forms[form.keyword] = form
    return forms


def _read_words(folder: Folder, faults: list[str]) -> dict[str, Sentences]:
    """Return the sentences by language, from its file and the files of its topics."""
    return {
        language: catalogue_words.read_words(folder, language, faults) for language in LANGUAGES
    }


@cache
def _shipped_sentences() -> catalogue_words.Fills:
    """Return the placeholders of each sentence that the code uses, by key."""
    shipped = catalogue_words.read_words(SHIPPED, "fr", [])
    return catalogue_words.readable(shipped, [])


def _check_words(
    words: Mapping[str, Sentences],
    forms: Mapping[str, Form],
    commands: Mapping[str, Command],
    ussd: Ussd,
    faults: list[str],
) -> None:
    checks = [check for form in forms.values() for check in form.checks]
    used = {k: v for k, v in _shipped_sentences().items() if not catalogue_words.is_named(k)}
    needed = [(key, "the code") for key in used if not key.endswith(catalogue_words.SHORT)]
    needed += [(check.words, f"rule {check.rule}") for check in checks]
    needed += [(command.help, command.keyword) for command in commands.values()]
    needed += [(key, "a menu") for key in words_of(ussd)]
    french = catalogue_words.readable(words["fr"], faults)
    if words["fr"].texts:
        catalogue_words.required(words["fr"], dict.fromkeys(needed), faults)
    helps = {command.help: frozenset[str]() for command in commands.values()}
    items = {key: frozenset[str]() for key in words_of(ussd)}
    fills = {**items, **used, **helps, **catalogue_words.of_checks(checks)}
    catalogue_words.agree(words["fr"], french, fills, faults)
    for language in LANGUAGES[1:]:
        found = catalogue_words.readable(words[language], faults)
        catalogue_words.same(words[language], found, french, faults)


def _check_labels(forms: Mapping[str, Form], faults: list[str]) -> None:
    for form in forms.values():
        _check_label(form.keyword, form.labels, faults)
        for form_field in form.fields:
            _check_label(f"{form.keyword} {form_field.code}", form_field.labels, faults)
            _check_label(f"{form.keyword} {form_field.code} short", form_field.short, faults)


def _unknown_patients(forms: Mapping[str, Form]) -> Iterator[str]:
    """Yield a fault for each product whose `patients` is not the code of a field."""
    codes = {code for form in forms.values() for code in form.codes}
    for form in forms.values():
        for form_field in form.fields:
            patients = form_field.product.patients if form_field.product else ""
            if patients and patients not in codes:
                place = f"forms: {form.keyword} {form_field.code}: product.patients"
                yield f"{place}: no field is called {patients}"


def _check_label(place: str, labels: Mapping[str, str], faults: list[str]) -> None:
    for language, label in labels.items():
        catalogue_words.sendable(f"forms: {place}.{language}", label, faults)


def _index(
    programme: Programme,
    forms: Mapping[str, Form],
    commands: Mapping[str, Command],
    words: Mapping[str, Mapping[str, str]],
    faults: list[str],
) -> Catalogue:
    """Return the catalogue with its look-ups; a word with two meanings is a fault."""
    owners = _WordOwners(faults)
    keyword_of: dict[str, str] = {}
    code_of: dict[str, str] = {}
    form_of: dict[str, str] = {}
    entries: Iterator[Form | Command] = chain(forms.values(), commands.values())
    for entry in entries:
        for word in (entry.keyword, *entry.aliases):
            owners.take(word, f"keyword {entry.keyword}", f"keyword {entry.keyword}")
            keyword_of[word] = entry.keyword
    for form in forms.values():
        for form_field in form.fields:
            form_of[form_field.code] = form.keyword
            for word in (form_field.code, *form_field.aliases):
                place = f"forms: {form.keyword} {form_field.code}"
                owners.take(word, f"{form.keyword} {form_field.code}", place)
                code_of[word] = form_field.code
    return Catalogue(programme, forms, commands, words, form_of, code_of, keyword_of)
