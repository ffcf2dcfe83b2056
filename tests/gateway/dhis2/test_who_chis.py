"""Tests of the second catalogue: what it maps stands in the WHO CHIS package, and arrives there."""

import tomllib
from typing import Any

import pytest

from gateway.config import SHIPPED_CATALOGUES, load
from gateway.dhis2 import reconciliation
from gateway.dhis2.cells import cells_of
from gateway.dhis2.metadata import OrgUnitRow, export
from gateway.dhis2.reconciliation import Verified
from gateway.diagnostics import dhis2_check
from gateway.diagnostics.dhis2_check_units import Receiver
from menus.linting.faults import faults
from menus.loading import loader
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from tests.gateway.dhis2_server import FarSide
from tests.gateway.harness import BAMAKO, OCTOBER, PEC, Harness

# Facts of the package CHIS_AGG 1.1.0: its iCCM data set, monthly, of which every data element is
# INTEGER_ZERO_OR_POSITIVE and keeps no zeros. Those with one combo for all under five:
ICCM = "zuIZr92pbJL"
AGES, AGES_TO_NINE, TREATMENT = (
    "Age (0-20+years)",
    "Age (0-9 years)",
    "Age (0-9 years)/Diarrhoea treatment",
)
ELEMENTS = {
    "rlxpxRQU5m0": ("CH119a", AGES),
    "AJhP60PGXKa": ("CH119b", AGES),
    "Yu2FXHo0dBD": ("CH120a", AGES),
    "AWo1EkJabbM": ("CH120b", AGES),
    "lYX5lbthWyb": ("CH121", AGES),
    "KZA3T81MweL": ("CH070a", TREATMENT),
    "HA9t7RvMcyF": ("CH070b", AGES_TO_NINE),
}
COMBOS = {
    AGES: {
        "DUEO4rsPGes": "0-4",
        "DsIl7mh0YCW": "5-9",
        "oGuIL85rVHo": "10-14",
        "OvAkh3z7dqK": "15-19",
        "mmRKhu5z19R": "20+",
        "CHYhch9a8u5": "unknown",
    },
    AGES_TO_NINE: {"gQFIQV6abt6": "0-4", "slONe528O2f": "5-9"},
    TREATMENT: {
        "dFyufuJx6QZ": "0-4, both",
        "TNiUPENUijR": "0-4, ORS",
        "EYUBVev6ypM": "0-4, zinc",
        "TicdEpevI14": "5-9, both",
        "pxnUkU3xRk2": "5-9, ORS",
        "bdsRZlMo1De": "5-9, zinc",
    },
}
CATEGORY_COMBOS = {AGES: "S1KemHfwDfv", AGES_TO_NINE: "M6gYl5gALzC", TREATMENT: "uBiWBrmp9Nx"}

HELD = {
    ("AJhP60PGXKa", "DUEO4rsPGes"): "38",
    ("rlxpxRQU5m0", "DUEO4rsPGes"): "37",
    ("lYX5lbthWyb", "DUEO4rsPGes"): "28",
    ("HA9t7RvMcyF", "gQFIQV6abt6"): "11",
    ("KZA3T81MweL", "dFyufuJx6QZ"): "10",
}


def package() -> dict[str, Any]:
    """As much of the package as an import needs, by its own identifiers."""
    return {
        "categoryCombos": [{"id": uid, "name": name} for name, uid in CATEGORY_COMBOS.items()],
        "categoryOptionCombos": [
            {"id": uid, "name": name, "categoryCombo": {"id": CATEGORY_COMBOS[combo]}}
            for combo, members in COMBOS.items()
            for uid, name in members.items()
        ],
        "dataElements": [
            {
                "id": uid,
                "code": code,
                "name": code,
                "shortName": code,
                "valueType": "INTEGER_ZERO_OR_POSITIVE",
                "domainType": "AGGREGATE",
                "aggregationType": "SUM",
                "zeroIsSignificant": False,
                "categoryCombo": {"id": CATEGORY_COMBOS[combo]},
            }
            for uid, (code, combo) in ELEMENTS.items()
        ],
        "dataSets": [
            {
                "id": ICCM,
                "code": "CHIS_AGG_ICCM_MONTHLY",
                "name": "CH - ICCM (Monthly)",
                "shortName": "CH - ICCM (Monthly)",
                "periodType": "Monthly",
                "dataSetElements": [{"dataElement": {"id": uid}} for uid in ELEMENTS],
                "organisationUnits": [{"id": "KolaSite001"}],
            }
        ],
    }


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return loader.load(load({"KIBARU_CATALOGUE": "who_chis"}).catalogue)


@pytest.fixture
def dhis2(dhis2: FarSide) -> FarSide:
    """A server with the package on it."""
    dhis2.sandbox.load(package())
    return dhis2


def test_it_is_a_catalogue_without_fault(catalogue: Catalogue) -> None:
    assert faults(catalogue) == []
    assert list(catalogue.forms) == ["PEC", "NUT", "SMI", "STK"]
    assert catalogue.forms["PEC"].data_set == ICCM


def test_every_cell_is_one_of_the_package_and_holds_all_under_five(catalogue: Catalogue) -> None:
    cells = [one for form in catalogue.forms.values() for one in cells_of(form)]
    assert [one.code for one in cells] == ["FIE", "TDR", "POS", "DIA", "SRZ"]
    for one in cells:
        _, combo = ELEMENTS[one.element]
        assert COMBOS[combo][one.combo].startswith("0-4")
    assert len({one.key for one in cells}) == len(cells)


def test_of_every_other_number_it_is_said_why() -> None:
    text = (SHIPPED_CATALOGUES / "who_chis" / "mapping.toml").read_text(encoding="utf-8")
    for form in tomllib.loads(text).values():
        for field in form.values():
            if isinstance(field, dict) and field["data_element"] == "none":
                assert len(field["why"].split()) >= 4


def test_nothing_that_belongs_to_the_server_is_exported(catalogue: Catalogue) -> None:
    row = OrgUnitRow("KOLA", "Kola", "site", None, "KolaSite001", receives=True)
    document = export(catalogue, [row])
    aggregate = [one for one in document["dataElements"] if one["domainType"] == "AGGREGATE"]
    assert (aggregate, document["dataSets"]) == ([], [])
    assert [one["id"] for one in document["organisationUnits"]] == ["KolaSite001"]


def test_a_report_arrives_in_the_packages_cells(harness: Harness, dhis2: FarSide) -> None:
    harness.told(PEC)
    dhis2.send()
    with dhis2.sandbox.held() as state:
        stored = state.cells["KolaSite001", OCTOBER]
        assert {(slot[0], slot[1]): cell.value for slot, cell in stored.items()} == HELD
        (key,) = state.registrations
    assert key[:3] == (ICCM, OCTOBER, "KolaSite001")


def test_a_form_of_which_nothing_is_sent_asks_nothing_of_dhis2(
    harness: Harness, dhis2: FarSide
) -> None:
    harness.told("NUT 10 RAS")
    harness.clock.advance(minutes=1)
    harness.told("OUI")
    assert harness.report("KOLA", "NUT").complete
    dhis2.send()
    assert dhis2.calls() == []
    assert harness.only("dhis2").state == "sent"


def test_what_arrived_can_be_compared(harness: Harness, dhis2: FarSide) -> None:
    """Its zeros are gone, and the forms of which nothing is sent have no data set to look at."""
    harness.told(PEC.replace("DIA 11 SRZ 10", "DIA 0 SRZ 0"))
    harness.told("NUT 10 RAS")
    dhis2.send()
    with dhis2.sandbox.held() as state:
        held = {
            slot[0] for slot, one in state.cells["KolaSite001", OCTOBER].items() if one.value != "0"
        }
    assert "KZA3T81MweL" not in held
    month = Period.parse(OCTOBER)
    found = reconciliation.verify(
        harness.engine, dhis2.target.client, harness.context, month, harness.clock.now
    )
    assert isinstance(found, Verified)
    # DIA and SRZ are zero: no value is wanted where the server keeps no zeros.
    assert (found.cells, found.differences) == (3, ())


def test_the_check_finds_it_fit(harness: Harness, dhis2: FarSide) -> None:
    now = harness.clock.now
    receivers = [Receiver("KOLA", "KolaSite001")]
    found = list(
        dhis2_check.examine(dhis2.target.client, harness.catalogue, receivers, now, BAMAKO)
    )
    assert [one.words for one in found if not one.ok] == []
    said = {one.what: one.words for one in found}
    assert said["dhis2 PEC dry run"] == "the server would take all 5 values"
    assert said["dhis2 PEC zeros"].startswith("DHIS2 keeps no zero of FIE, TDR, POS, DIA, SRZ")
    assert said["dhis2 NUT"] == "nothing of it is sent"
