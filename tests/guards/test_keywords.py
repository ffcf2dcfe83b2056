"""One table for keywords: each has a row, a reader, a handler and its help, and nothing else."""

import ast

import pytest

from gateway.commands.registry import HANDLERS
from menus.loading.loader import load
from menus.model.catalogue import LANGUAGES
from menus.model.command import OWN_GRAMMAR, ArgumentKind, ReportUse
from menus.reading.arguments import READERS
from tests.guards.tree import parsed, product_files, relative

CATALOGUE = load()
# What fills a report is filed by the dispatcher, whatever the keyword does with it.
FILED = {name for name, row in CATALOGUE.commands.items() if row.report is ReportUse.FILLS}
# Where a keyword may be spelt out, or is another word of the language as well. The pages and
# texts that people read (`menus/wording`, `menus/linting`) show keywords and handle none.
MAY_SPELL = {
    "gateway/commands/registry.py": set(HANDLERS),
    "gateway/conversation/own_sites.py": {"POUR"},
    "gateway/dhis2/metadata_referrals.py": {"REF"},
    "gateway/model/referral.py": {"PARTI", "REFUS", "FAIT", "ANNULE"},
    "menus/reading/arguments.py": {"POUR"},
    "menus/reading/counter_referral.py": {"NON"},
    "menus/reading/referral_words.py": {"REF", "CRF", "NUMERO"},
    "menus/reading/stock_words.py": {"RUPT"},
}


def test_every_row_has_a_handler_and_every_handler_a_row() -> None:
    assert HANDLERS.keys() | FILED == CATALOGUE.commands.keys()
    assert not HANDLERS.keys() & FILED


@pytest.mark.parametrize("keyword", CATALOGUE.commands)
def test_every_row_has_its_help(keyword: str) -> None:
    key = CATALOGUE.commands[keyword].help
    assert keyword in CATALOGUE.words["fr"][key]
    assert any(key in CATALOGUE.words[language] for language in LANGUAGES)


def test_every_kind_of_argument_has_a_reader() -> None:
    assert READERS.keys() == set(ArgumentKind)


def test_a_keyword_with_a_grammar_of_its_own_has_a_row() -> None:
    assert CATALOGUE.commands.keys() >= OWN_GRAMMAR


def test_no_other_file_spells_a_keyword() -> None:
    spelt = [
        f"{relative(path)}, line {node.lineno}: {node.value}"
        for path in product_files()
        if relative(path).startswith(("gateway/", "menus/reading/", "menus/rules/", "workers/"))
        if not relative(path).startswith("gateway/sandbox/")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in CATALOGUE.commands
        if node.value not in MAY_SPELL.get(relative(path), set())
    ]
    assert not spelt, "ask the keyword's row, or name it from menus.model.command"
