"""The look-ups of forms and of the catalogue."""

from dataclasses import replace

import pytest

from menus.model.catalogue import Catalogue, Field, Form, Product

LABEL = {"fr": "Vus", "bm": "Vus"}
SEEN = Field("VUS", LABEL, LABEL, 60, 300)
GIRLS = Field("VUF", LABEL, LABEL, 60, 300, required=False)
TABLETS = Field("CTA", LABEL, LABEL, 60, 300, product=Product("plaquette", 30, 10))
FORM = Form("PEC", LABEL, (SEEN, GIRLS, TABLETS))


def test_a_form_lists_its_codes_in_its_order() -> None:
    assert FORM.codes == ("VUS", "VUF", "CTA")
    assert FORM.required == ("VUS", "CTA")


def test_a_field_is_found_by_its_code() -> None:
    assert FORM.field("VUF") is GIRLS
    with pytest.raises(KeyError, match="DEP"):
        FORM.field("DEP")


@pytest.mark.parametrize(("field", "takes"), [(SEEN, False), (TABLETS, True)])
def test_only_a_product_takes_days_out(field: Field, takes: bool) -> None:
    assert field.takes_days_out is takes


def test_the_catalogue_finds_a_field_of_any_form(catalogue: Catalogue) -> None:
    assert catalogue.field("DEP") is catalogue.forms["NUT"].field("DEP")
    with pytest.raises(KeyError, match="XYZ"):
        catalogue.field("XYZ")


def test_a_catalogue_equals_only_itself(catalogue: Catalogue) -> None:
    assert replace(catalogue) != catalogue
    assert len({catalogue, replace(catalogue)}) == 2
