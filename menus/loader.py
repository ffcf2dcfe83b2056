"""The TOML catalogue -> Catalogue, or every fault in it at once, with file and key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Final

from menus import catalogue_words
from menus.catalogue_checks import with_shared_checks
from menus.catalogue_forms import CODE, codes_in, read_form
from menus.catalogue_tables import Folder, Table, names_in, read
from menus.model import LANGUAGES, Catalogue, Command, Form, NearWords, Programme

SHIPPED: Final[Folder] = files("menus").joinpath("catalogue")
ROLES: Final = ("asc", "dtc", "district")
FORWARD: Final = ("on_receipt", "on_validation")


class CatalogueFault(Exception):
    """The catalogue cannot be used. `faults` holds one sentence each: file, key, what."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(slots=True)
class _Vocabulary:
    """Every word of the language and who has it; one word never means two things."""

    faults: list[str]
    owners: dict[str, str] = field(default_factory=dict)

    def take(self, word: str, owner: str, place: str) -> None:
        if word in self.owners:
            self.faults.append(f"{place}: {word} is taken by {self.owners[word]}")
        elif word:
            self.owners[word] = owner


def load(folder: Path | None = None) -> Catalogue:
    """The catalogue in `folder`, or the one shipped with the product.

    Raises CatalogueFault with every fault found: unreadable files, unknown or missing keys,
    wrong types, a word with two meanings, limits the wrong way round, a check that names an
    unknown code, a sentence that is missing in French or asks for what nothing can fill, and
    letters that GSM-7 cannot write.
    """
    faults: list[str] = []
    source: Folder = SHIPPED if folder is None else folder
    programme = _read_programme(read(source, "programme.toml", faults))
    shared = read(source, "checks.toml", faults)
    forms = with_shared_checks(shared, _read_forms(source, faults))
    commands = _read_commands(read(source, "commands.toml", faults))
    words = _read_words(source, faults)
    _check_words(words, forms, commands, faults)
    _check_labels(forms, faults)
    catalogue = _index(programme, forms, commands, words, faults)
    if faults:
        # What is written once and read for every form is told once.
        raise CatalogueFault(list(dict.fromkeys(faults)))
    return catalogue


def _read_programme(table: Table) -> Programme:
    defaults = Programme()
    days = {
        key: table.number(key, 1, 28, getattr(defaults, key))
        for key in ("opens_on", "assume_previous_until", "on_time_until", "late_until", "closes_on")
    }
    programme = Programme(
        **days,
        months_back=table.number("months_back", 1, 12, defaults.months_back),
        months_back_for_supervisors=table.number(
            "months_back_for_supervisors", 1, 24, defaults.months_back_for_supervisors
        ),
        change_until=table.number("change_until", 1, 28, defaults.change_until),
        keep_text_days=table.number("keep_text_days", 1, 3650, defaults.keep_text_days),
        replies_per_day=table.number("replies_per_day", 1, 1000, defaults.replies_per_day),
        forward=table.text("forward", defaults.forward),
        months=_months(table.table("months")),
        months_short=_months(table.table("months_short")),
        near=tuple(_near_words(row) for row in table.tables("near")),
    )
    if programme.forward not in FORWARD:
        table.fault("forward", f"expected one of {', '.join(FORWARD)}")
    if not programme.on_time_until <= programme.late_until <= programme.closes_on:
        table.fault("closes_on", "expected on_time_until <= late_until <= closes_on")
    table.close()
    return programme


def _near_words(table: Table) -> NearWords:
    near = NearWords(codes_in(table, "words"), table.text("why"))
    if len(near.words) < 2:
        table.fault("words", "expected two words or more")
    table.close()
    return near


def _months(table: Table) -> Mapping[str, tuple[str, ...]]:
    months = {language: table.texts(language) for language in LANGUAGES}
    for language, names in months.items():
        if len(names) != 12:
            table.fault(language, f"expected the names of 12 months, got {len(names)}")
        for name in names:
            catalogue_words.sendable(f"{table.place}.{language}", name, table.faults)
            if any(letter.isdigit() for letter in name):
                table.fault(language, f"{name!r} holds a digit")
    table.close()
    return months


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


def _read_commands(table: Table) -> dict[str, Command]:
    commands = {}
    for keyword in table.content:
        row = table.table(keyword)
        commands[keyword] = Command(
            keyword=keyword,
            roles=row.texts("roles"),
            help=row.text("help"),
            aliases=codes_in(row, "aliases"),
        )
        row.close()
        if not CODE.fullmatch(keyword):
            table.fault(keyword, "expected 3 to 12 letters A-Z and nothing else")
        for role in commands[keyword].roles:
            if role not in ROLES:
                row.fault("roles", f"expected {', '.join(ROLES)}, got {role!r}")
    return commands


def _read_words(folder: Folder, faults: list[str]) -> dict[str, Mapping[str, str]]:
    words: dict[str, Mapping[str, str]] = {}
    for language in LANGUAGES:
        table = read(folder, f"words/{language}.toml", faults)
        words[language] = {key: table.text(key) for key in table.content}
    return words


@cache
def _shipped_sentences() -> catalogue_words.Fills:
    """The sentences that the code can say, and what it fills each of them with."""
    table = read(SHIPPED, "words/fr.toml", [])
    return catalogue_words.readable(
        table.place, {key: table.text(key) for key in table.content}, []
    )


def _check_words(
    words: Mapping[str, Mapping[str, str]],
    forms: Mapping[str, Form],
    commands: Mapping[str, Command],
    faults: list[str],
) -> None:
    checks = [check for form in forms.values() for check in form.checks]
    said = {k: v for k, v in _shipped_sentences().items() if not catalogue_words.is_named(k)}
    needed = [(key, "the code") for key in said if not key.endswith(catalogue_words.SHORT)]
    needed += [(check.words, f"rule {check.rule}") for check in checks]
    needed += [(command.help, command.keyword) for command in commands.values()]
    french = catalogue_words.readable("words/fr.toml", words["fr"], faults)
    if words["fr"]:
        catalogue_words.required("words/fr.toml", french, dict.fromkeys(needed), faults)
    helps = {command.help: frozenset[str]() for command in commands.values()}
    fills = {**said, **helps, **catalogue_words.of_checks(checks)}
    catalogue_words.agree("words/fr.toml", french, fills, faults)
    for language in LANGUAGES[1:]:
        place = f"words/{language}.toml"
        found = catalogue_words.readable(place, words[language], faults)
        catalogue_words.same(place, found, french, faults)


def _check_labels(forms: Mapping[str, Form], faults: list[str]) -> None:
    for form in forms.values():
        _check_label(form.keyword, form.labels, faults)
        for one in form.fields:
            _check_label(f"{form.keyword} {one.code}", one.labels, faults)
            _check_label(f"{form.keyword} {one.code} short", one.short, faults)


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
    """The catalogue with its look-ups; a word with two meanings is a fault."""
    vocabulary = _Vocabulary(faults)
    keyword_of: dict[str, str] = {}
    code_of: dict[str, str] = {}
    form_of: dict[str, str] = {}
    entries: Iterator[Form | Command] = chain(forms.values(), commands.values())
    for entry in entries:
        for word in (entry.keyword, *entry.aliases):
            vocabulary.take(word, f"keyword {entry.keyword}", f"keyword {entry.keyword}")
            keyword_of[word] = entry.keyword
    for form in forms.values():
        for one in form.fields:
            form_of[one.code] = form.keyword
            for word in (one.code, *one.aliases):
                place = f"forms: {form.keyword} {one.code}"
                vocabulary.take(word, f"{form.keyword} {one.code}", place)
                code_of[word] = one.code
    return Catalogue(programme, forms, commands, words, form_of, code_of, keyword_of)
