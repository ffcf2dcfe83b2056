"""A small DHIS2 for the tests of the sandbox: invented places, a few elements, a fixed clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.sandbox.dhis2 import DEFAULT_TOKEN, Sandbox, create_app

NOW = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)

DEFAULT = "HllvX50cXC0"
COUNTRY, KANI, KOLA, LOOSE, SHUT = (
    "CountryMali",
    "FacilitKani",
    "SiteKolaKol",
    "SiteLooseLo",
    "SiteShutShu",
)
SET, SHARED, TIGHT, WINDOW = "DataSetMain", "DataSetShar", "DataSetTigh", "DataSetWind"
SEEN, QUIET, SPLIT, STRAY, CHOICE = (
    "ElementSeen",
    "ElementQuie",
    "ElementSpli",
    "ElementStra",
    "ElementChoi",
)
YOUNG, OLD = "ComboYoungY", "ComboOldOld"

STRICT = (
    "strictPeriods=true&strictDataElements=true&strictCategoryOptionCombos=true"
    "&strictAttributeOptionCombos=true&strictOrganisationUnits=true"
    "&requireCategoryOptionCombo=true"
)
AUTH = {"Authorization": f"ApiToken {DEFAULT_TOKEN}", "X-Requested-With": "XMLHttpRequest"}


def unit(uid: str, name: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    above = {} if parent is None else {"parent": {"id": parent}}
    return {
        "id": uid,
        "code": name,
        "name": name,
        "shortName": name,
        "openingDate": "1970-01-01",
        **above,
        **more,
    }


def element(uid: str, code: str, **more: Any) -> dict[str, Any]:
    return {
        "id": uid,
        "code": code,
        "name": f"{code} name",
        "shortName": f"{code} short",
        "valueType": "INTEGER_ZERO_OR_POSITIVE",
        "domainType": "AGGREGATE",
        "aggregationType": "SUM",
        "zeroIsSignificant": True,
        **more,
    }


def data_set(uid: str, code: str, elements: tuple[str, ...], **more: Any) -> dict[str, Any]:
    return {
        "id": uid,
        "code": code,
        "name": f"{code} form",
        "shortName": code,
        "periodType": "Monthly",
        "dataSetElements": [{"dataElement": {"id": uid}} for uid in elements],
        "organisationUnits": [{"id": KOLA}, {"id": SHUT}],
        **more,
    }


def metadata() -> dict[str, Any]:
    return {
        "organisationUnits": [
            unit(COUNTRY, "MALI"),
            unit(KANI, "KANI", COUNTRY),
            unit(KOLA, "KOLA", KANI),
            unit(LOOSE, "TENE", KANI),
            unit(SHUT, "SIRAKORO", KANI, closedDate="2026-06-30"),
        ],
        "categoryCombos": [{"id": "CatComboAge", "name": "Age"}],
        "categoryOptionCombos": [
            {"id": name, "name": name, "code": name, "categoryCombo": {"id": "CatComboAge"}}
            for name in (YOUNG, OLD)
        ],
        "options": [{"id": "OptionYesYe", "name": "Oui", "code": "OUI"}],
        "optionSets": [
            {
                "id": "OptionSetOn",
                "name": "Oui seul",
                "valueType": "TEXT",
                "options": [{"id": "OptionYesYe"}],
            }
        ],
        "dataElements": [
            element(SEEN, "SEEN"),
            element(QUIET, "QUIET", zeroIsSignificant=False),
            element(SPLIT, "SPLIT", categoryCombo={"id": "CatComboAge"}),
            element(STRAY, "STRAY"),
            element(CHOICE, "CHOICE", valueType="TEXT", optionSet={"id": "OptionSetOn"}),
        ],
        "dataSets": [
            data_set(SET, "MAIN", (SEEN, QUIET, SPLIT, CHOICE)),
            data_set(SHARED, "SHARED", (QUIET,)),
            data_set(TIGHT, "TIGHT", (SEEN,), expiryDays=15, openFuturePeriods=1),
            data_set(
                WINDOW,
                "WINDOW",
                (SEEN,),
                dataInputPeriods=[
                    {
                        "period": {"id": "202610"},
                        "openingDate": "2026-11-01",
                        "closingDate": "2026-11-08",
                    },
                    {"period": {"id": "202609"}, "openingDate": "2026-11-01"},
                ],
            ),
        ],
    }


def value(**more: Any) -> dict[str, Any]:
    """Return a good value, with what the case changes; a property that is None is left out."""
    found = {
        "dataElement": SEEN,
        "categoryOptionCombo": DEFAULT,
        "orgUnit": KOLA,
        "period": "202610",
        "value": "7",
        **more,
    }
    return {name: content for name, content in found.items() if content is not None}


def payload(*values: Mapping[str, Any], **header: Any) -> dict[str, Any]:
    found = {"dataSet": SET, "dataValues": list(values), **header}
    return {name: content for name, content in found.items() if content is not None}


@dataclass
class World:
    """The server under test and an authenticated client."""

    sandbox: Sandbox
    client: FlaskClient

    def post(self, body: Mapping[str, Any], query: str = STRICT) -> TestResponse:
        return self.client.post(f"/api/dataValueSets?{query}", json=body, headers=AUTH)

    def complete(self, *entries: Mapping[str, Any], query: str = "") -> TestResponse:
        body = {"completeDataSetRegistrations": list(entries)}
        path = f"/api/completeDataSetRegistrations?{query}"
        return self.client.post(path, json=body, headers=AUTH)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=AUTH)

    def stored(self, element: str = SEEN, period: str = "202610", unit: str = KOLA) -> str | None:
        return self.sandbox.state.value(element, period, unit)


def world(family: Any = "legacy", **edges: Any) -> World:
    app = create_app(family, clock=lambda: NOW, **edges)
    app.testing = True
    sandbox = app.extensions["dhis2"]
    sandbox.load(metadata())
    return World(sandbox, app.test_client())


def registration(**more: Any) -> dict[str, Any]:
    return {
        "dataSet": SET,
        "period": "202610",
        "organisationUnit": KOLA,
        "attributeOptionCombo": DEFAULT,
        "date": "2026-11-03",
        "completed": True,
        **more,
    }
