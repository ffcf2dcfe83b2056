"""What DHIS2 holds, read back: stored values, and the data elements that keep no zero.

Nothing is written. Each answer is read once, whatever the server adds to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Dhis2

UNITS: Final = 50  # org units in one request: a URL of some 1,500 characters

CellAt = tuple[str, str, str]  # org unit, data element, category option combo
Trouble = TryLater | Unknown


def values(
    client: Dhis2, data_set: str, period: str, org_units: Sequence[str], attribute_combo: str
) -> dict[CellAt, str] | Trouble:
    """Return the stored values of a data set for these org units and one month, by cell.

    Values of another attribute option combo belong to other programmes and are left out. Asks for
    UNITS org units at a time.
    """
    found: dict[CellAt, str] = {}
    for start in range(0, len(org_units), UNITS):
        some = org_units[start : start + UNITS]
        params = {"dataSet": data_set, "period": period, "orgUnit": some}
        answer = client.get("dataValueSets", params)
        if isinstance(answer, TryLater | Unknown):
            return answer
        for raw in _objects(answer.get("dataValues")):
            if raw.get("attributeOptionCombo", attribute_combo) == attribute_combo:
                key = (str(raw.get("orgUnit", some[0])), _text(raw, "dataElement"))
                found[(*key, _text(raw, "categoryOptionCombo"))] = _text(raw, "value")
    return found


def keeps_no_zero(client: Dhis2, data_set: str) -> set[str] | Trouble:
    """Return a data set's elements for which DHIS2 stores no 0 (`zeroIsSignificant` false)."""
    fields = "dataSetElements[dataElement[id,zeroIsSignificant]]"
    answer = client.get(f"dataSets/{data_set}", {"fields": fields})
    if isinstance(answer, TryLater | Unknown):
        return answer
    elements = [member.get("dataElement") for member in _objects(answer.get("dataSetElements"))]
    return {_text(raw, "id") for raw in _objects(elements) if not raw.get("zeroIsSignificant")}


def _objects(listed: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(listed, list):
        yield from (raw for raw in listed if isinstance(raw, dict))


def _text(raw: Mapping[str, Any], name: str) -> str:
    return str(raw.get(name, ""))
