"""What is beyond doubt is proposed, what is not stands as a comment, and it loads."""

import tomllib
from pathlib import Path

import pytest

from gateway.dhis2.mapping import Proposal, propose, render
from gateway.dhis2.metadata import DEFAULT_OPTION_COMBO, data_element_uid
from gateway.transports.dhis2_data_set import DataSet, Element, OptionCombo
from menus.loading import loader
from menus.model.catalogue import Catalogue, Form

DEFAULT = (OptionCombo(DEFAULT_OPTION_COMBO, "default", "default"),)
BY_AGE = (
    OptionCombo("DUEO4rsPGes", "", "0-4 years"),
    OptionCombo("DsIl7mh0YCW", "", "5-9 years"),
    OptionCombo("oGuIL85rVHo", "", "10-14 years"),
)
BY_TREATMENT = (
    OptionCombo("dFyufuJx6QZ", "", "0-4 years, Both"),
    OptionCombo("TNiUPENUijR", "", "0-4 years, ORS"),
)


def element(uid: str, code: str, name: str, combos: tuple[OptionCombo, ...] = DEFAULT) -> Element:
    return Element(uid, code, (name,), "INTEGER_ZERO_OR_POSITIVE", True, False, combos)


def data_set(*elements: Element) -> DataSet:
    members = {one.id: one for one in elements}
    return DataSet("DataSetMain", "RMA", "Rapport mensuel", "Monthly", 0, True, (), members, ())


@pytest.fixture(scope="module")
def pec(catalogue: Catalogue) -> Form:
    return catalogue.forms["PEC"]


def proposed(form: Form, *elements: Element) -> dict[str, Proposal]:
    return {one.field.code: one for one in propose(form, data_set(*elements))}


@pytest.mark.parametrize(
    "one",
    [
        element("ElementByCo", "POS", "x"),
        element("ElementByAl", "TDP", "x"),
        element("ElementByEx", "asc_pec_pos", "x"),
        element("ElementByNa", "", "TDR positifs"),
        element("ElementByNc", "", "tdr  POSITIF"),
    ],
    ids=lambda one: one.id,
)
def test_code_alias_or_name_say_what_belongs_together(pec: Form, one: Element) -> None:
    found = proposed(pec, one, element("ElementOther", "", "Something else altogether"))
    assert (found["POS"].element, found["POS"].combo) == (one, DEFAULT[0])
    assert [code for code, it in found.items() if it.element] == ["POS"]


def test_what_was_imported_from_here_is_known_by_its_uid(pec: Form) -> None:
    uid = data_element_uid(pec.field("POS"))
    assert uid is not None
    assert proposed(pec, element(uid, "", "?"))["POS"].element is not None


def test_of_several_combos_the_only_one_below_five_years_is_taken(pec: Form) -> None:
    found = proposed(
        pec,
        element("ElementOne1", "POS", "x", BY_AGE),
        element("ElementTwo1", "SRZ", "x", BY_TREATMENT),
    )
    assert found["POS"].combo == BY_AGE[0]
    assert found["SRZ"].combo is None
    assert found["SRZ"].near == (found["SRZ"].element,)


def test_two_that_fit_are_left_to_a_person(pec: Form) -> None:
    found = proposed(
        pec, element("ElementOne1", "", "TDR positifs"), element("ElementTwo1", "", "TDR positif")
    )
    assert found["POS"].element is None
    assert {one.id for one in found["POS"].near} == {"ElementOne1", "ElementTwo1"}


def test_what_is_printed_is_a_catalogue(pec: Form, tmp_path: Path) -> None:
    described = data_set(
        element("ElementOne1", "POS", "Confirmed\nmalaria", BY_AGE),
        element("ElementTwo1", "SRZ", "x", BY_TREATMENT),
        element("ElementThr1", "", "Deaths in the village"),
    )
    text = render(pec, described, propose(pec, described))
    content = tomllib.loads(text)["PEC"]
    assert content["data_set"] == "DataSetMain"
    assert content["POS"] == {
        "data_element": "ElementOne1",
        "category_option_combo": "DUEO4rsPGes",
    }
    assert content["SRZ"] == {"data_element": "none", "why": "not decided yet"}
    assert content["VUS"]["why"] == "nothing in the data set is like it"
    assert 'data_element = "ElementOne1" # POS Confirmed malaria\n' in text
    assert "# maybe ElementTwo1 SRZ x\n#     dFyufuJx6QZ 0-4 years, Both\n" in text
    assert text.endswith("# ElementThr1 Deaths in the village\n")
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    assert loader.load(tmp_path).forms["PEC"].field("POS").data_element == "ElementOne1"


def test_days_without_a_product_have_a_data_element_of_their_own(catalogue: Catalogue) -> None:
    stk = catalogue.forms["STK"]
    described = data_set(
        element("ElementOne1", "BEB", "x"),
        element("ElementTwo1", "BEB_J", "x jours"),
        element("ElementThr1", "ENF", "y"),
    )
    content = tomllib.loads(render(stk, described, propose(stk, described)))["STK"]
    assert content["BEB"] == {
        "data_element": "ElementOne1",
        "days_out_data_element": "ElementTwo1",
    }
    assert content["ENF"]["days_out_data_element"] == "none"
