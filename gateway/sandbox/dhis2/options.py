"""The query parameters and the body of `POST /api/dataValueSets` (DHIS2 docs, "Data values")."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.sandbox.dhis2.model import Json

STRATEGIES: Final = ("CREATE", "UPDATE", "CREATE_AND_UPDATE", "DELETE")
SCHEMES: Final = ("uid", "code", "name")


class BadParameter(Exception):
    """Raised when the server cannot read a parameter: HTTP 400."""


class Unreadable(Exception):
    """Raised when a body is not one data value set in JSON."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an import. Everything defaults as on the real server."""

    dry_run: bool = False
    in_background: bool = False
    atomic: bool = False
    force: bool = False
    skip_existing: bool = False
    strategy: str = "CREATE_AND_UPDATE"
    strict_periods: bool = False
    strict_data_elements: bool = False
    strict_option_combos: bool = False
    strict_attribute_combos: bool = False
    strict_org_units: bool = False
    require_option_combo: bool = False
    require_attribute_combo: bool = False
    data_set_scheme: str = "uid"
    data_element_scheme: str = "uid"
    org_unit_scheme: str = "uid"
    option_combo_scheme: str = "uid"
    attribute_combo_scheme: str = "uid"


_FLAGS: Final = {
    "dryRun": "dry_run",
    "async": "in_background",
    "atomic": "atomic",
    "force": "force",
    "skipExistingCheck": "skip_existing",
    "strictPeriods": "strict_periods",
    "strictDataElements": "strict_data_elements",
    "strictCategoryOptionCombos": "strict_option_combos",
    "strictAttributeOptionCombos": "strict_attribute_combos",
    "strictOrganisationUnits": "strict_org_units",
    "requireCategoryOptionCombo": "require_option_combo",
    "requireAttributeOptionCombo": "require_attribute_combo",
}

_SCHEMES: Final = {
    "dataSetIdScheme": "data_set_scheme",
    "dataElementIdScheme": "data_element_scheme",
    "orgUnitIdScheme": "org_unit_scheme",
    "categoryOptionComboIdScheme": "option_combo_scheme",
    "attributeOptionComboIdScheme": "attribute_combo_scheme",
}


def from_query(query: Mapping[str, str]) -> Options:
    """Return the options of the query. Raises BadParameter; ignores unknown parameters."""
    found: dict[str, Any] = {
        field: _boolean(name, query[name]) for name, field in _FLAGS.items() if name in query
    }
    strategy = query.get("importStrategy", query.get("strategy", "CREATE_AND_UPDATE")).upper()
    if strategy not in STRATEGIES:
        raise BadParameter(f"Value '{strategy}' is not valid for parameter importStrategy")
    return with_schemes(replace(Options(), strategy=strategy, **found), query)


def with_schemes(options: Options, source: Mapping[str, Any]) -> Options:
    """Return the options with the id schemes of a query or a body: the later one wins.

    A specific scheme wins over `idScheme`. Raises BadParameter, also for schemes by
    attribute, which the sandbox does not know.
    """
    found: dict[str, Any] = {}
    for name, field in _SCHEMES.items():
        scheme = str(source.get(name, source.get("idScheme", ""))).lower()
        if scheme:
            if scheme not in SCHEMES:
                raise BadParameter(f"Id scheme '{scheme}' is not known to this server")
            found[field] = scheme
    return replace(options, **found)


def _boolean(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise BadParameter(f"Value '{text}' is not valid for parameter {name}, expected a boolean")
    return text.lower() == "true"


@dataclass(frozen=True, slots=True)
class Payload:
    """One data value set; the header gives what a value does not give itself."""

    data_set: str | None
    org_unit: str | None
    period: str | None
    attribute_combo: str | None
    complete_date: str | None
    values: tuple[Json, ...]
    header: Json


def read(body: bytes) -> Payload:
    """Return the payload of a JSON body, which may be gzipped. Raises Unreadable."""
    document = read_json(body)
    values = document.get("dataValues") or []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise Unreadable("dataValues is not a list of objects")
    return Payload(
        data_set=text(document, "dataSet"),
        org_unit=text(document, "orgUnit"),
        period=text(document, "period"),
        attribute_combo=text(document, "attributeOptionCombo"),
        complete_date=text(document, "completeDate"),
        values=tuple(values),
        header=document,
    )


def read_json(body: bytes) -> Json:
    """Return a JSON object. Raises Unreadable."""
    try:
        if body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        document = json.loads(body)
    except (ValueError, OSError, EOFError) as error:
        raise Unreadable(f"Unexpected character or end of input: {error}") from error
    if not isinstance(document, dict):
        raise Unreadable("Cannot deserialize value of type DataValueSet from an array")
    return document


def text(source: Mapping[str, Any], name: str) -> str | None:
    """Return a property as DHIS2 reads it: numbers become text, and an empty text is None."""
    found = source.get(name)
    if type(found) is str:  # nearly always, and this is called nine times for each value
        return found or None
    if found is None:
        return None
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found)
