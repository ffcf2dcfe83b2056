"""The derived values of a cross-check: names, codes and terms."""

import pytest

from menus.model.cross_check import Check, Level, Term, When

POS, CTA, AGO = Term("POS"), Term("CTA", -1), Term("RST", when=When.LAST_MONTH)
STOCK = Term("SUP", when=When.LATEST)
GIVEN = Check(4, (Term("TDR"),), ">", (Term(factor=0),), Level.ASK, "rule_4")


@pytest.mark.parametrize(
    ("term", "name"),
    [
        (POS, "POS"),
        (AGO, "RST_last_month"),
        (STOCK, "SUP_latest"),
        (Term(factor=7), ""),
    ],
)
def test_a_term_is_named_by_its_code_and_month(term: Term, name: str) -> None:
    assert term.name == name


def test_a_check_lists_what_it_names() -> None:
    check = Check(
        9, (POS, CTA, Term(factor=3)), "<=", (AGO, STOCK, POS), Level.CONFIRM, "rule_9", GIVEN
    )
    assert check.codes == ("POS", "CTA", "SUP", "TDR")
    assert check.terms == (POS, CTA, AGO, STOCK, POS, Term("TDR"))
    assert check.elsewhere == (AGO, STOCK)
    assert check.names == {"POS", "CTA", "RST_last_month", "SUP_latest", "TDR"}


def test_a_check_of_constants_names_nothing() -> None:
    check = Check(1, (Term(factor=1),), "==", (Term(factor=1),), Level.REFUSE, "rule_1")
    assert (check.codes, check.terms, check.elsewhere, check.names) == ((), (), (), frozenset())
