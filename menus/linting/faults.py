"""What is wrong with a catalogue that loads: `kibaru check` tells it, one line for each.

The loader refuses what cannot be used at all (`menus.loading.loader.CatalogueFault`); here
stands what works, and would lead an agent astray or cost her a third SMS.
"""

from menus.linting.budgets import budget_faults
from menus.linting.screens import screen_faults
from menus.linting.slips import slip_faults
from menus.loading.words import SHORT
from menus.model.catalogue import Catalogue


def faults(catalogue: Catalogue) -> list[str]:
    """Every fault in one plain sentence, with the file or the form; empty when there is none."""
    return [*slip_faults(catalogue), *budget_faults(catalogue), *screen_faults(catalogue)]


def untranslated(catalogue: Catalogue, language: str) -> list[str]:
    """The keys of the sentences that the language lacks and that are said in French.

    A shorter wording is not missed: the longer one stands in.
    """
    words = catalogue.words
    return [key for key in words["fr"] if key not in words[language] and not key.endswith(SHORT)]
