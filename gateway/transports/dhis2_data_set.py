"""A data set as a DHIS2 server describes it: its data elements, and their option combos.

A data set may give a data element another category combo than its own (`dataSetElements[]
.categoryCombo`); within that data set this combo is the one that counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.model.outcomes import TryLater, Unknown
from gateway.transports.dhis2 import Dhis2

_COMBO: Final = "categoryCombo[id,isDefault,categoryOptionCombos[id,code,name,categoryOptions[id]]]"
_FIELDS: Final = (
    "id,code,name,periodType,expiryDays,access[data[write]],"
    "compulsoryDataElementOperands[dataElement[id],categoryOptionCombo[id]],"
    f"{_COMBO},dataSetElements[{_COMBO},dataElement[id,code,name,formName,shortName,valueType,"
    f"zeroIsSignificant,optionSet[id],{_COMBO}]]"
)


@dataclass(frozen=True, slots=True)
class OptionCombo:
    """One category option combo; `options` are the UIDs of the options that make it up."""

    id: str
    code: str
    name: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """One data element within a data set, with the combos that it takes there, in order."""

    id: str
    code: str
    names: tuple[str, ...]
    value_type: str
    keeps_zero: bool
    has_options: bool
    combos: tuple[OptionCombo, ...] = ()

    def combo(self, uid: str) -> OptionCombo | None:
        """Return the combo with this UID, None if the element does not take it."""
        return next((combo for combo in self.combos if combo.id == uid), None)


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set. `compulsory` are the (data element, option combo) that completeness needs."""

    id: str
    code: str
    name: str
    period_type: str
    expiry_days: int
    may_write: bool
    attribute_combos: tuple[OptionCombo, ...]
    elements: Mapping[str, Element]
    compulsory: tuple[tuple[str, str], ...]


def read_data_set(client: Dhis2, uid: str) -> DataSet | TryLater | Unknown:
    """Return the data set with this UID; TryLater `http_404` if the account cannot see one."""
    found = client.get(f"dataSets/{uid}", {"fields": _FIELDS})
    return found if isinstance(found, TryLater | Unknown) else data_set(found)


def data_set(found: Mapping[str, Any]) -> DataSet:
    """Return the data set of the server's JSON; what it leaves out is taken to be harmless."""
    members = [_element(raw) for raw in _objects(found.get("dataSetElements"))]
    operands = [
        (_below(operand, "dataElement"), _below(operand, "categoryOptionCombo"))
        for operand in _objects(found.get("compulsoryDataElementOperands"))
    ]
    access = found.get("access") or {}
    return DataSet(
        id=_text(found, "id"),
        code=_text(found, "code"),
        name=_text(found, "name"),
        period_type=_text(found, "periodType"),
        expiry_days=int(found.get("expiryDays") or 0),
        may_write=bool((access.get("data") or {}).get("write", True)),
        attribute_combos=_combos(found),
        elements={element.id: element for element in members},
        compulsory=tuple(operands),
    )


def unwritable_options(client: Dhis2, options: list[str]) -> list[str] | TryLater | Unknown:
    """Return the names of those category options that the account may not write to."""
    params = {
        "filter": f"id:in:[{','.join(options)}]",
        "fields": "id,name,access[data[write]]",
        "paging": "false",
    }
    found = client.get("categoryOptions", params)
    if isinstance(found, TryLater | Unknown):
        return found
    return [
        _text(option, "name") or _text(option, "id")
        for option in _objects(found.get("categoryOptions"))
        if not ((option.get("access") or {}).get("data") or {}).get("write", True)
    ]


def _element(entry: Mapping[str, Any]) -> Element:
    raw = entry.get("dataElement") or {}
    names = [_text(raw, name) for name in ("name", "formName", "shortName")]
    return Element(
        id=_text(raw, "id"),
        code=_text(raw, "code"),
        names=tuple(dict.fromkeys(name for name in names if name)),
        value_type=_text(raw, "valueType"),
        keeps_zero=bool(raw.get("zeroIsSignificant")),
        has_options=bool(raw.get("optionSet")),
        combos=_combos(entry) or _combos(raw),
    )


def _combos(owner: Mapping[str, Any]) -> tuple[OptionCombo, ...]:
    combo = owner.get("categoryCombo") or {}
    return tuple(
        OptionCombo(
            _text(raw, "id"),
            _text(raw, "code"),
            _text(raw, "name"),
            tuple(_text(option, "id") for option in _objects(raw.get("categoryOptions"))),
        )
        for raw in _objects(combo.get("categoryOptionCombos"))
    )


def _objects(listed: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(listed, list):
        yield from (raw for raw in listed if isinstance(raw, dict))


def _below(raw: Mapping[str, Any], name: str) -> str:
    return _text(raw.get(name) or {}, "id")


def _text(raw: Mapping[str, Any], name: str) -> str:
    return str(raw.get(name) or "")
