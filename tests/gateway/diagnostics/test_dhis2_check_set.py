"""Tests of the check of a form against its data set: each fault, and lost zeros."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.diagnostics.dhis2_check_set import data_set_findings
from gateway.transports.dhis2_data_set import DataSet, Element, OptionCombo
from menus.model.catalogue import Catalogue, Form

FORM_CELL = ("ElementOne1", "ComboOne001")


def described(**changes: Any) -> DataSet:
    combos = (OptionCombo("ComboOne001", "", "0-4"), OptionCombo("ComboTwo001", "", "5-9"))
    element = Element(FORM_CELL[0], "", ("One",), "INTEGER", True, False, combos)
    plain = DataSet("SetSetSet01", "", "Set", "Monthly", 0, True, (), {FORM_CELL[0]: element}, ())
    return replace(plain, **changes)


@pytest.fixture
def form(catalogue: Catalogue) -> Form:
    """Return a form of one field, mapped by hand."""
    pec = catalogue.forms["PEC"]
    vus = replace(pec.field("VUS"), data_element=FORM_CELL[0], category_option_combo=FORM_CELL[1])
    return replace(pec, fields=(vus,))


def test_a_form_fits_a_data_set(catalogue: Catalogue, form: Form) -> None:
    def told(**changes: Any) -> list[str]:
        return [
            finding.words
            for finding in data_set_findings(form, described(**changes), catalogue.programme)
        ]

    assert told() == ["data set SetSetSet01 holds all that is sent"]
    assert told(compulsory=(FORM_CELL,)) == told()
    (missing,) = told(compulsory=(FORM_CELL, ("ElementOne1", "ComboTwo001")))
    assert missing.startswith("the data set is never complete without ElementOne1.ComboTwo001")
    (combo,) = told(attribute_combos=(OptionCombo("OtherAttr01", "", "x"),))
    assert "HllvX50cXC0 is not one of the data set's" in combo
    quiet = replace(described().elements[FORM_CELL[0]], keeps_zero=False)
    fine, zeros = data_set_findings(
        form, described(elements={FORM_CELL[0]: quiet}), catalogue.programme
    )
    assert (fine.ok, zeros.ok) == (True, True)
    assert "keeps no zero of VUS" in zeros.words
