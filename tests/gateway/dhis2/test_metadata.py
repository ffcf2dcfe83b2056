"""What the catalogue becomes in DHIS2, and that a strict server takes it, twice."""

import os
import re
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from gateway.dhis2.metadata import (
    DEFAULT_OPTION_COMBO,
    OrgUnitRow,
    attribute_option_combo,
    data_element_uid,
    data_set_uid,
    days_out_target,
    days_out_uid,
    export,
    field_target,
    render,
)
from gateway.model.uids import is_uid, uid
from gateway.sandbox.dhis2 import Sandbox, create_app
from menus.loading import loader
from menus.model.catalogue import Catalogue, Field, Form, Product
from menus.model.programme import Programme
from tests.gateway.metadata_rules import faults

UID = re.compile(r"^[a-zA-Z][a-zA-Z0-9]{10}$")
EXPLICIT = "lYX5lbthWyb"

BEB = Product(unit="cp", pack_size=10, start_monthly_use=30)


def field(code: str, **more: Any) -> Field:
    label = {"fr": f"Nombre de {code}", "bm": f"{code} hakɛ"}
    return Field(code, label, {"fr": code.lower()}, ask_above=10, refuse_above=20, **more)


def catalogue(*forms: Form) -> Catalogue:
    return Catalogue(
        programme=Programme(on_time_until=3),
        forms={form.keyword: form for form in forms},
        commands={},
        words={},
        form_of={},
        code_of={},
        keyword_of={},
    )


def form(keyword: str, *fields: Field, **more: Any) -> Form:
    return Form(keyword, {"fr": f"Rapport {keyword}"}, fields, **more)


PEC = form(
    "PEC", field("VUS"), field("POS", data_element=EXPLICIT), field("NOT", data_element="none")
)
STK = form("STK", field("BEB", product=BEB, aggregation="LAST"), field("ENF", product=BEB))

ROWS = (
    OrgUnitRow("MALI", "Mali", "country", None, "CountryMali"),
    OrgUnitRow("SEGOU", "SEGOU", "region", "MALI", None),
    OrgUnitRow("KANI", "KANI", "facility", "SEGOU", "FacilitKani"),
    OrgUnitRow("KOLA", "KOLA", "site", "KANI", "SiteKolaKol", receives=True),
    OrgUnitRow("TENE", "TENE", "site", "KANI", None),
)


def sandbox() -> Sandbox:
    found: Sandbox = create_app().extensions["dhis2"]
    return found


@pytest.mark.parametrize("code", ["VUS", "ASC_STK_BEB_J", "é", "", "x" * 500])
def test_uids_are_dhis2_s_and_always_the_same(code: str) -> None:
    found = uid("dataElement", code)

    assert UID.match(found)
    assert is_uid(found)
    assert found == uid("dataElement", code)
    assert found != uid("dataSet", code)


def test_a_uid_never_changes_from_one_release_to_the_next() -> None:
    assert uid("dataElement", "VUS") == "uIgTOAfxgIi"


def test_ten_thousand_codes_have_ten_thousand_uids() -> None:
    assert len({uid("dataElement", str(number)) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    "text", ["", "short", "1ElementSee", "ElementSeen1", "Element-See", "Élémentseen"]
)
def test_what_is_no_uid(text: str) -> None:
    assert not is_uid(text)


OURS_VUS, OURS_BEB, OURS_DAYS = (uid("dataElement", code) for code in ("VUS", "BEB", "BEB_J"))


@pytest.mark.parametrize(
    ("one", "value_goes", "days_go"),
    [
        (field("VUS"), OURS_VUS, None),
        (field("VUS", data_element=EXPLICIT), EXPLICIT, None),
        (field("VUS", data_element="none"), None, None),
        (field("BEB", product=BEB), OURS_BEB, OURS_DAYS),
        (field("BEB", product=BEB, data_element="none"), None, None),
        (
            field("BEB", product=BEB, data_element="none", days_out_data_element=EXPLICIT),
            None,
            EXPLICIT,
        ),
        (field("BEB", product=BEB, days_out_data_element="none"), OURS_BEB, None),
        (field("BEB", product=BEB, data_element=EXPLICIT), EXPLICIT, OURS_DAYS),
    ],
)
def test_where_a_number_goes(one: Field, value_goes: str | None, days_go: str | None) -> None:
    kept = form("ONE", one)

    assert (data_element_uid(one), days_out_uid(one)) == (value_goes, days_go)
    assert field_target(kept, one.code) == (
        None if value_goes is None else (value_goes, DEFAULT_OPTION_COMBO)
    )
    assert days_out_target(kept, one.code) == (
        None if days_go is None else (days_go, DEFAULT_OPTION_COMBO)
    )


def test_option_combos_of_the_catalogue_are_kept() -> None:
    mapped = field("BEB", product=BEB, data_element=EXPLICIT, category_option_combo="DUEO4rsPGes")
    kept = form("ONE", mapped, data_set="zuIZr92pbJL", attribute_option_combo="AttrComboOn")

    assert field_target(kept, "BEB") == (EXPLICIT, "DUEO4rsPGes")
    assert days_out_target(kept, "BEB") == (uid("dataElement", "BEB_J"), DEFAULT_OPTION_COMBO)
    assert (data_set_uid(kept), attribute_option_combo(kept)) == ("zuIZr92pbJL", "AttrComboOn")
    assert attribute_option_combo(PEC) == DEFAULT_OPTION_COMBO
    with pytest.raises(KeyError):
        field_target(kept, "NONE")


def test_the_elements_of_the_export() -> None:
    elements = {one["code"]: one for one in export(catalogue(PEC, STK))["dataElements"]}

    assert list(elements) == [
        "ASC_PEC_VUS",
        "ASC_STK_BEB",
        "ASC_STK_BEB_J",
        "ASC_STK_ENF",
        "ASC_STK_ENF_J",
    ]
    assert [one["aggregationType"] for one in elements.values()] == [
        "SUM",
        "LAST",
        "MAX",
        "SUM",
        "MAX",
    ]
    assert all(one["zeroIsSignificant"] is True for one in elements.values())
    assert {one["valueType"] for one in elements.values()} == {"INTEGER_ZERO_OR_POSITIVE"}
    assert elements["ASC_PEC_VUS"]["name"] == "ASC PEC VUS - Nombre de VUS"
    assert elements["ASC_STK_BEB_J"]["translations"][0] == {
        "locale": "fr",
        "property": "NAME",
        "value": "ASC STK BEB J - Nombre de BEB : jours de rupture",
    }


def test_the_data_sets_of_the_export() -> None:
    explicit = form("CHI", field("CHI"), data_set="zuIZr92pbJL")

    (data_set,) = export(catalogue(PEC, explicit), ROWS)["dataSets"]

    members = [one["dataElement"]["id"] for one in data_set["dataSetElements"]]
    assert members == [uid("dataElement", "VUS"), EXPLICIT]
    assert (data_set["code"], data_set["periodType"], data_set["timelyDays"]) == (
        "ASC_PEC",
        "Monthly",
        3,
    )
    assert (data_set["expiryDays"], data_set["openFuturePeriods"]) == (0, 0)
    assert data_set["organisationUnits"] == [{"id": "SiteKolaKol"}]


def test_units_hang_below_the_nearest_exported_ancestor() -> None:
    units = export(catalogue(PEC), ROWS)["organisationUnits"]

    assert [(one["code"], one.get("parent")) for one in units] == [
        ("MALI", None),
        ("KANI", {"id": "CountryMali"}),
        ("KOLA", {"id": "FacilitKani"}),
    ]


def test_the_order_of_the_roster_does_not_matter() -> None:
    shuffled = (ROWS[3], ROWS[4], ROWS[0], ROWS[2], ROWS[1])

    assert render(export(catalogue(STK), shuffled)) == render(export(catalogue(STK), ROWS))


def test_without_units_none_are_exported() -> None:
    document = export(catalogue(STK))

    assert "organisationUnits" not in document
    assert document["dataSets"][0]["organisationUnits"] == []


def test_long_names_are_cut_and_long_codes_left_out() -> None:
    long = replace(field("VUS"), labels={"fr": "é" * 300}, short={"fr": "é" * 60})
    unit = replace(ROWS[0], code="M" * 51, name="Mali " * 60)

    document = export(catalogue(form("PEC", long)), [unit])

    (element,), (country,) = document["dataElements"], document["organisationUnits"]
    assert (len(element["name"]), len(element["shortName"])) == (230, 50)
    assert "code" not in country
    assert len(country["name"]) <= 230
    sandbox().load(document)


def test_a_strict_server_takes_the_shipped_catalogue_twice() -> None:
    server = create_app()
    document = export(loader.load(), ROWS)

    stats = [
        server.test_client()
        .post("/api/metadata", json=document, headers=authorized(server.extensions["dhis2"]))
        .json["response"]["stats"]
        for _ in range(2)
    ]

    assert (stats[0]["updated"], stats[1]["created"]) == (0, 0)
    assert stats[0]["created"] == stats[1]["updated"] > 0
    state = server.extensions["dhis2"].state
    assert {one.code for one in state.elements.values()} >= {
        "ASC_PEC_VUS",
        "ASC_STK_BEB",
        "ASC_STK_BEB_J",
    }


def authorized(server: Sandbox) -> dict[str, str]:
    return {"Authorization": f"ApiToken {server.account.token}"}


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    first, second = (render(export(loader.load(), ROWS)) for _ in range(2))

    assert first == second
    assert first.endswith("}\n")


@pytest.mark.parametrize("rows", [(), ROWS], ids=["without units", "with units"])
def test_the_shipped_catalogue_breaks_none_of_dhis2s_rules(rows: tuple[OrgUnitRow, ...]) -> None:
    assert faults(export(loader.load(), rows)) == []


def test_what_belongs_to_the_server_is_referred_to_alone() -> None:
    document = export(catalogue(PEC, STK), ROWS)
    assert faults(document, on_the_server=[EXPLICIT]) == []
    assert faults(document) == [
        f"dataSets ASC_PEC: dataSetElements.dataElement refers to {EXPLICIT}, which is nowhere"
    ]


def test_long_labels_break_no_rule() -> None:
    label = {"fr": "é " * 150}
    fields = [
        replace(field(f"AA{letter}"), labels=label, short={"fr": "x " * 40})
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ]
    assert faults(export(catalogue(form("PEC", *fields)))) == []


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        ("dataElements", {"id": "1ElementSee"}, "'1ElementSee' is no UID"),
        ("dataElements", {"name": None}, "lacks name"),
        ("dataElements", {"shortName": "x" * 51}, "shortName is longer than 50"),
        ("dataElements", {"zeroIsSignifcant": True}, "DHIS2 knows no zeroIsSignifcant"),
        ("dataElements", {"aggregationType": "TOTAL"}, "aggregationType cannot be 'TOTAL'"),
        ("dataElements", {"sharing": {"public": "rwrw----"}}, "takes no data sharing"),
        ("dataElements", {"categoryCombo": {"id": "NowhereNowh"}}, "categoryCombo refers to"),
        ("dataElements", {"formName": None}, "a translation of FORM_NAME"),
        ("dataSets", {"periodType": "Monthy"}, "periodType cannot be 'Monthy'"),
        ("dataSets", {"sharing": {"public": "--------"}}, "is not readable by everybody"),
    ],
)
def test_the_rules_find_what_is_wrong(kind: str, change: dict[str, Any], told: str) -> None:
    document = export(catalogue(STK), ROWS)
    changed = {**document[kind][-1], **change}
    document[kind][-1] = {name: value for name, value in changed.items() if value is not None}
    assert any(told in one for one in faults(document)), faults(document)


@pytest.mark.parametrize("prop", ["code", "name", "shortName"])
def test_the_rules_find_what_stands_twice(prop: str) -> None:
    document = export(catalogue(STK), ROWS)
    document["dataElements"][1][prop] = document["dataElements"][0][prop]
    assert [one for one in faults(document) if one.endswith("twice")]


def test_importing_it_again_changes_nothing_on_the_server() -> None:
    server = sandbox()
    document = export(loader.load(), ROWS)
    server.load(document)
    before = deepcopy(server.state.objects)
    server.load(export(loader.load(), ROWS))
    assert server.state.objects == before


def test_every_process_prints_the_same_bytes() -> None:
    def printed(seed: str) -> bytes:
        command = (sys.executable, "-m", "gateway", "dhis2", "metadata")
        environ = {"PYTHONHASHSEED": seed, "PATH": os.environ["PATH"]}
        return subprocess.run(command, env=environ, capture_output=True, check=True).stdout

    assert printed("1") == printed("2") == render(export(loader.load())).encode()
