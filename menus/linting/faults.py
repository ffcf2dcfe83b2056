"""The faults of a catalogue that loads, as `kibaru check` reports them.

The loader refuses a catalogue that cannot be used at all
(`menus.loading.loader.CatalogueFault`); the faults here would mislead an agent or cost a third
SMS.
"""

from menus.linting.budgets import budget_faults
from menus.linting.screens import screen_faults
from menus.linting.slips import slip_faults
from menus.loading.words import SHORT
from menus.model.catalogue import Catalogue


def faults(catalogue: Catalogue) -> list[str]:
    """Return a sentence for each fault, with the file or the form; empty when there is none."""
    return [*slip_faults(catalogue), *budget_faults(catalogue), *screen_faults(catalogue)]


def untranslated(catalogue: Catalogue, language: str) -> list[str]:
    """Return the keys of the sentences that the language lacks, for which French is used.

    A missing shorter wording is not listed: the longer wording replaces it.
    """
    words = catalogue.words
    return [key for key in words["fr"] if key not in words[language] and not key.endswith(SHORT)]
