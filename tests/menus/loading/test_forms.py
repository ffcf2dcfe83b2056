"""A form's table: its fields and products, and the faults of each."""

import pytest

from menus.loading.forms import code_in, codes_in, labels_in, read_form, uid_in
from menus.model.catalogue import Field, Form, Product
from tests.menus.loading.toml import table_of

FORM = """\
order = 3
keyword = "STK"
aliases = ["STO"]
data_set = "abcdefghijk"

[labels]
fr = "Stock"

[[fields]]
code = "ATP"
labels = { fr = "ATPE", bm = "Tiga" }
short = { fr = "Tiga" }
hint = { fr = "sachets" }
ask_above = 9
refuse_above = 20
aggregation = "LAST"
data_element = "none"
zero_is_significant = false
required = false
product = { unit = "sachet", pack_size = 150, start_monthly_use = 75, patients = "RST", ration = 75 }
"""


def test_a_form_is_read_with_its_place_and_its_defaults() -> None:
    table = table_of(FORM)
    order, form = read_form(table)
    product = Product("sachet", 150, 75, patients="RST", ration=75)
    field = Field(
        "ATP",
        {"fr": "ATPE", "bm": "Tiga"},
        {"fr": "Tiga", "bm": "Tiga"},
        9,
        20,
        required=False,
        aggregation="LAST",
        data_element="none",
        zero_is_significant=False,
        product=product,
        hints={"fr": "sachets"},
    )
    labels = {"fr": "Stock", "bm": "Stock"}
    assert (order, form) == (
        3,
        Form("STK", labels, (field,), aliases=("STO",), data_set="abcdefghijk"),
    )
    assert table.faults == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('keyword = "STK"', 'keyword = ""', "keyword: is empty"),
        ('"abcdefghijk"', '"1bcdefghijk"', "data_set: expected a DHIS2 UID"),
        ('"none"', '"nothing"', "data_element: expected a DHIS2 UID (11 letters and digits, "),
        ("ask_above = 9", "ask_above = 21", "ask_above: is above refuse_above (20)"),
        ('"LAST"', '"FIRST"', "aggregation: expected one of SUM, LAST, MAX, MIN, AVERAGE, NONE"),
        ('hint = { fr = "sachets" }', 'hint = { fr = "2 sachets" }', "hint.fr: holds a digit"),
        ('hint = { fr = "sachets" }', 'hint = { fr = "ع" }', "GSM-7 has nothing like U+0639"),
        ('unit = "sachet"', 'unit = "sachet", group = "A1"', "product.group: holds a digit"),
        ('fr = "Tiga"', 'fr = "Ti ga"', "ATP: short.fr holds a digit or a space"),
        ("[[fields]]", "[[checks]]", "fields: a form needs at least one field"),
    ],
)
def test_a_fault_of_a_form(old: str, new: str, fault: str) -> None:
    assert old in FORM
    table = table_of(FORM.replace(old, new))
    read_form(table)
    assert [told for told in table.faults if fault in told], table.faults


def test_codes_are_three_to_twelve_capitals() -> None:
    table = table_of('code = "VUS"\ncodes = ["VUS", "VU5", "vus"]')
    assert code_in(table, "code") == "VUS"
    assert codes_in(table, "codes") == ("VUS",)
    assert code_in(table, "absent") == ""
    assert table.faults == [
        "file.toml: codes: expected 3 to 12 letters A-Z and nothing else, got 'VU5'",
        "file.toml: codes: expected 3 to 12 letters A-Z and nothing else, got 'vus'",
        "file.toml: absent: missing",
    ]


def test_a_uid_may_be_absent_or_a_word_instead() -> None:
    table = table_of('uid = "aBcDeFgHiJ1"\nword = "none"\nbad = "x"')
    assert uid_in(table, "uid") == "aBcDeFgHiJ1"
    assert uid_in(table, "absent") is None
    assert uid_in(table, "word", "none") == "none"
    assert uid_in(table, "bad", "none") == "x"
    assert table.faults == [
        (
            "file.toml: bad: expected a DHIS2 UID (11 letters and digits, a letter first) or none, "
            "got 'x'"
        )
    ]


def test_french_stands_in_for_a_missing_language() -> None:
    table = table_of('[labels]\nfr = "Vus"')
    assert labels_in(table, "labels") == {"fr": "Vus", "bm": "Vus"}
    assert table.faults == []
