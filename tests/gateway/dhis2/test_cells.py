"""Tests of the cells that a form feeds, with the agent's codes."""

from dataclasses import replace

from gateway.dhis2.cells import Mapped, cells_of, codes_of
from gateway.dhis2.metadata import DEFAULT_OPTION_COMBO
from menus.model.catalogue import Catalogue


def test_a_product_has_a_cell_for_its_days_out(catalogue: Catalogue) -> None:
    stk = catalogue.forms["STK"]
    enf = replace(stk.field("ENF"), data_element="EnfEnfEnf01", days_out_data_element="EnfDaysOut1")
    beb = replace(stk.field("BEB"), data_element="none")
    form = replace(stk, fields=(enf, beb))
    number, days = cells_of(form)
    assert number == Mapped("ENF", "ENF", "EnfEnfEnf01", DEFAULT_OPTION_COMBO)
    assert days == Mapped("ENF", "ENF J", "EnfDaysOut1", DEFAULT_OPTION_COMBO)
    assert codes_of(form) == {number.key: "ENF", days.key: "ENF"}
    assert number.key == f"EnfEnfEnf01.{DEFAULT_OPTION_COMBO}"


def test_every_form_feeds_cells_of_its_own(catalogue: Catalogue) -> None:
    keys = [key for form in catalogue.forms.values() for key in codes_of(form)]
    assert len(keys) == len(set(keys))
    assert list(codes_of(catalogue.forms["PEC"]).values()) == list(catalogue.forms["PEC"].codes)
