"""What DHIS2 holds and knows, read back: values, and which data elements keep a zero.

Nothing here writes. Each answer is read once, whatever the server adds to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Dhis2

UNITS: Final = 50  # org units in one question: an address of some 1,500 characters

CellAt = tuple[str, str, str]  # org unit, data element, category option combo
Trouble = TryLater | Unknown


def values(
    client: Dhis2, data_set: str, period: str, org_units: Sequence[str], attribute_combo: str
) -> dict[CellAt, str] | Trouble:
    """The stored values of a data set for these org units and one month, by cell.

    Values of another attribute option combo are somebody else's and left out. Asks for UNITS
    org units at a time.
    """
    found: dict[CellAt, str] = {}
    for start in range(0, len(org_units), UNITS):
        some = org_units[start : start + UNITS]
        params = {"dataSet": data_set, "period": period, "orgUnit": some}
        answer = client.get("dataValueSets", params)
        if isinstance(answer, TryLater | Unknown):
            return answer
        for one in _objects(answer.get("dataValues")):
            if one.get("attributeOptionCombo", attribute_combo) == attribute_combo:
                key = (str(one.get("orgUnit", some[0])), _text(one, "dataElement"))
                found[(*key, _text(one, "categoryOptionCombo"))] = _text(one, "value")
    return found


def keeps_no_zero(client: Dhis2, data_set: str) -> set[str] | Trouble:
    """The data elements of a data set for which DHIS2 stores no 0 (`zeroIsSignificant` false)."""
    fields = "dataSetElements[dataElement[id,zeroIsSignificant]]"
    answer = client.get(f"dataSets/{data_set}", {"fields": fields})
    if isinstance(answer, TryLater | Unknown):
        return answer
    elements = [one.get("dataElement") for one in _objects(answer.get("dataSetElements"))]
    return {_text(one, "id") for one in _objects(elements) if not one.get("zeroIsSignificant")}


def _objects(listed: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(listed, list):
        yield from (one for one in listed if isinstance(one, dict))


def _text(one: Mapping[str, Any], name: str) -> str:
    return str(one.get(name, ""))
