"""What a keyword takes beside it."""

import pytest

from menus.model.catalogue import Catalogue
from menus.model.command import (
    OWN_GRAMMAR,
    ArgumentKind,
    Command,
    Continues,
    MonthUse,
    ReportUse,
)

PLAIN = Command("ETAT", ("asc",), "help_etat")


def test_a_plain_keyword_takes_nothing() -> None:
    assert (PLAIN.arguments, PLAIN.continues) == (ArgumentKind.NONE, Continues.NOTHING)
    assert (PLAIN.has_own_pairs, PLAIN.takes_month) == (False, False)


@pytest.mark.parametrize(
    ("report", "own"),
    [
        (ReportUse.NONE, False),
        (ReportUse.FILLS, False),
        (ReportUse.QUANTITIES, True),
        (ReportUse.OWN, True),
    ],
)
def test_pairs_beside_a_keyword_may_be_its_own(report: ReportUse, own: bool) -> None:
    assert Command("RCU", ("asc",), "help_rcu", report=report).has_own_pairs is own


@pytest.mark.parametrize(
    ("month", "takes"), [(MonthUse.NONE, False), (MonthUse.OPEN, True), (MonthUse.DUE, True)]
)
def test_a_month_may_stand_beside_a_keyword(month: MonthUse, takes: bool) -> None:
    assert Command("ETAT", ("asc",), "help_etat", month=month).takes_month is takes


def test_the_shipped_catalogue_has_the_keywords_of_the_grammar(catalogue: Catalogue) -> None:
    assert {"OUI", "NON", "COR", "POUR", "RAS", "ANNULE", "RCU"} == OWN_GRAMMAR
    assert catalogue.commands.keys() >= OWN_GRAMMAR
