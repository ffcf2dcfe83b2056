"""A second catalogue holds only the targets of numbers, and shares everything else."""

from pathlib import Path

import pytest

from menus.loading.loader import CatalogueFault, load
from menus.model.catalogue import Catalogue

HEAD = '[SMI]\ndata_set = "zuIZr92pbJL"\n'


def mapping(
    tmp_path: Path, catalogue: Catalogue, changes: dict[str, str], head: str = HEAD
) -> Path:
    """Return a folder in which every field of SMI is "none", except for the changes."""
    text = head
    for code in catalogue.forms["SMI"].codes:
        own = changes.get(code, 'data_element = "none"\nwhy = "nowhere"')
        text += f"[SMI.{code}]\n{own}\n" if own else ""
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_targets_are_laid_over_the_shared_forms(tmp_path: Path, catalogue: Catalogue) -> None:
    mapped = 'data_element = "lYX5lbthWyb"\ncategory_option_combo = "DUEO4rsPGes"'
    found = load(mapping(tmp_path, catalogue, {"CPN": mapped}))
    smi = found.forms["SMI"]
    assert smi.data_set == "zuIZr92pbJL"
    cpn = smi.field("CPN")
    assert (cpn.data_element, cpn.category_option_combo) == ("lYX5lbthWyb", "DUEO4rsPGes")
    assert smi.field("VAD").data_element == "none"
    assert cpn.labels == catalogue.forms["SMI"].field("CPN").labels
    assert found.forms["PEC"] == catalogue.forms["PEC"]
    assert (found.words, found.commands) == (catalogue.words, catalogue.commands)


def test_a_file_of_its_own_stands_in_for_the_shared_one(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    shipped = Path("menus/catalogue/programme.toml").read_text(encoding="utf-8")
    changed = shipped.replace('forward = "on_receipt"', 'forward = "on_validation"')
    (tmp_path / "programme.toml").write_text(changed, encoding="utf-8")
    assert load(mapping(tmp_path, catalogue, {})).programme.forward == "on_validation"


@pytest.mark.parametrize(
    ("code", "own", "fault"),
    [
        ("CPN", "", 'mapping.toml: SMI.CPN: missing: give it a data_element, or "none" and why'),
        ("CPN", 'why = "x"', "mapping.toml: SMI.CPN.data_element: missing"),
        ("CPN", 'data_element = "none"', "mapping.toml: SMI.CPN.why: missing"),
        ("CPN", 'data_element = "short"', "mapping.toml: SMI.CPN.data_element: expected a DHIS2"),
        ("CPN", 'data_element = "lYX5lbthWyb"\ncombo = "x"', "mapping.toml: SMI.CPN.combo: unknown"),
        ("CPN", 'data_element = "lYX5lbthWyb"\ndays_out_data_element = "none"',
         "mapping.toml: SMI.CPN.days_out_data_element: only a product has days out"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, catalogue: Catalogue, code: str, own: str, fault: str
) -> None:
    with pytest.raises(CatalogueFault) as caught:
        load(mapping(tmp_path, catalogue, {code: own}))
    assert [told for told in caught.value.faults if told.startswith(fault)], caught.value.faults


def test_forms_and_fields_that_are_none_are_told(tmp_path: Path, catalogue: Catalogue) -> None:
    head = f'[XXX]\n{HEAD}[SMI.ZZZ]\ndata_element = "none"\nwhy = "x"\n'
    with pytest.raises(CatalogueFault) as caught:
        load(mapping(tmp_path, catalogue, {}, head))
    assert caught.value.faults == [
        "mapping.toml: XXX: no form has this keyword",
        "mapping.toml: SMI.ZZZ: unknown key",
    ]
