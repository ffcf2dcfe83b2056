"""The sandbox server's answers to GET: itself, its account, metadata, stored values."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from gateway.sandbox.dhis2.faults import Kind, Standing
from gateway.sandbox.dhis2.model import DEFAULT_OPTION_COMBO, Cell, DataSet, Json, Place, Slot
from gateway.sandbox.dhis2.periods import locked, parse
from gateway.sandbox.dhis2.state import State, reference
from gateway.sandbox.dhis2.summary import Family

VERSIONS: Final[Mapping[Family, str]] = {"legacy": "2.42.5.2", "sql": "2.43.1"}
ACCOUNT_UID: Final = "SandboxUsr1"
PAGE_SIZE: Final = 50


def system_info(family: Family, now: datetime, base: str) -> Json:
    """Return the public part of `/api/system/info`."""
    return {
        "version": VERSIONS[family],
        "revision": "sandbox",
        "serverDate": stamp(now),
        "serverTimeZoneId": "Etc/UTC",
        "serverTimeZoneDisplayName": "Coordinated Universal Time",
        "calendar": "iso8601",
        "dateFormat": "yyyy-mm-dd",
        "contextPath": base.rstrip("/"),
        "systemName": "Kibaru sandbox DHIS2",
    }


def me(state: State, username: str, standing: Standing) -> Json:
    """Return the account: its authorities, capture units and the data sets it may write."""
    barred = {"F_DATAVALUE_ADD"} if standing.strikes(Kind.NO_AUTHORITY) else set()
    roots = sorted(state.capture_roots) or [
        uid for uid, unit in state.org_units.items() if len(unit.path) == 1
    ]
    units = [
        {
            "id": uid,
            "code": state.org_units[uid].code,
            "path": "/" + "/".join(state.org_units[uid].path),
        }
        for uid in roots
        if uid in state.org_units
    ]
    return {
        "id": ACCOUNT_UID,
        "username": username,
        "authorities": sorted(state.authorities - barred),
        "organisationUnits": units,
        "dataViewOrganisationUnits": units,
        "dataSets": [uid for uid in state.data_sets if _writable(state, uid, standing)],
        "programs": list(state.objects["programs"]),
    }


def _writable(state: State, uid: str, standing: Standing) -> bool:
    """Return whether the account may write data of a data set or program."""
    return uid not in state.no_data_write and not standing.strikes(Kind.NO_SHARING, uid)


def detail(state: State, kind: str, uid: str, standing: Standing) -> Json | None:
    """Return one object of metadata as the API does, references filled in; None: unknown."""
    raw = state.objects[kind].get(uid)
    if raw is None:
        return None
    fill = {
        "dataSets": _data_set,
        "organisationUnits": _org_unit,
        "dataElements": _element,
        "programs": _program,
    }
    shown = fill[kind](state, raw) if kind in fill else raw
    if kind not in ("dataSets", "programs"):
        return shown
    data = {"read": True, "write": _writable(state, uid, standing)}
    return {**shown, "access": {"read": True, "write": False, "data": data}}


def listing(state: State, kind: str, filters: list[str], standing: Standing) -> list[Json]:
    """Return the objects that meet every `filter=property:operator:value` (eq, in, like).

    Raises ValueError for a filter that cannot be read.
    """
    found = [detail(state, kind, uid, standing) or {} for uid in state.objects[kind]]
    for condition in filters:
        prop, operator, value = [*condition.split(":", 2), "", ""][:3]
        wanted = value.strip("[]").split(",") if operator == "in" else [value]
        if operator not in ("eq", "in", "like"):
            raise ValueError(f"Operator not supported: {condition}")
        found = [
            raw
            for raw in found
            if any(_meets(text, operator, wanted) for text in _values(raw, prop.split(".")))
        ]
    return found


def data_value_set(state: State, query: Mapping[str, list[str]]) -> Json:
    """Return stored values by data sets, periods and units; for none `{}`, as in DHIS2."""
    data_sets = [state.data_sets[uid] for uid in query.get("dataSet", []) if uid in state.data_sets]
    members = {element for data_set in data_sets for element in data_set.members}
    deleted = query.get("includeDeleted", ["false"])[0] == "true"
    places = [(unit, period) for unit in _units(state, query) for period in query.get("period", [])]
    values = [
        _value(place, slot, cell)
        for place in places
        for slot, cell in state.cells.get(place, {}).items()
        if slot[0] in members and (deleted or not cell.deleted)
    ]
    if not values:
        return {}
    head: Json = {"dataSet": data_sets[0].uid} if len(data_sets) == 1 else {}
    if len(places) == 1:
        head.update(orgUnit=places[0][0], period=places[0][1])
    return {**head, "dataValues": values}


def data_entry(
    state: State, data_set: DataSet, place: Place, now: datetime, standing: Standing
) -> Json:
    """Answer `/api/dataEntry/dataValues`: the form as stored, and whether it is open."""
    unit, period = place
    key = (data_set.uid, period, unit)
    span = parse(period)
    past = span is not None and locked(span, data_set.expiry_days, now)
    status = "OPEN"
    if (past and key not in state.lock_exceptions) or standing.strikes(Kind.LOCKED, *key):
        status = "LOCKED"
    if key in state.approved or standing.strikes(Kind.APPROVED, *key):
        status = "APPROVED"
    done = state.registrations.get((*key, DEFAULT_OPTION_COMBO))
    query = {"dataSet": [data_set.uid], "period": [period], "orgUnit": [unit]}
    return {
        "dataValues": data_value_set(state, query).get("dataValues", []),
        "minMaxValues": [],
        "lockStatus": status,
        "completeStatus": {"complete": done is not None and done.completed},
    }


def stamp(moment: datetime) -> str:
    """Return DHIS2's timestamp: milliseconds, no zone."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _units(state: State, query: Mapping[str, list[str]]) -> list[str]:
    asked = query.get("orgUnit", [])
    if query.get("children", ["false"])[0] != "true":
        return asked
    return [uid for uid, known in state.org_units.items() if not set(asked).isdisjoint(known.path)]


def _value(place: Place, slot: Slot, cell: Cell) -> Json:
    value: Json = {
        "dataElement": slot[0],
        "period": place[1],
        "orgUnit": place[0],
        "categoryOptionCombo": slot[1],
        "attributeOptionCombo": slot[2],
        "value": cell.value,
        "storedBy": cell.stored_by,
        "created": stamp(cell.created) + "+0000",
        "lastUpdated": stamp(cell.updated) + "+0000",
        "followup": False,
    }
    if cell.comment:
        value["comment"] = cell.comment
    return {**value, "deleted": True} if cell.deleted else value


def _combo(state: State, uid: str) -> Json:
    raw = state.objects["categoryCombos"].get(uid, {"id": uid})
    return {
        "isDefault": False,
        **raw,
        "categoryOptionCombos": [
            {
                "id": combo["id"],
                "code": combo.get("code"),
                "name": combo.get("name"),
                "categoryOptions": combo.get("categoryOptions", []),
            }
            for combo in state.objects["categoryOptionCombos"].values()
            if reference(combo, "categoryCombo") == uid
        ],
    }


def _element(state: State, raw: Json) -> Json:
    return {**raw, "categoryCombo": _combo(state, reference(raw, "categoryCombo"))}


def _data_set(state: State, raw: Json) -> Json:
    members = []
    for entry in raw.get("dataSetElements", ()):
        element = _element(state, state.objects["dataElements"][entry["dataElement"]["id"]])
        own = reference(entry, "categoryCombo")
        members.append(
            {"dataElement": element, **({"categoryCombo": _combo(state, own)} if own else {})}
        )
    return {
        "compulsoryFieldsCompleteOnly": False,
        "compulsoryDataElementOperands": [],
        "dataInputPeriods": [],
        **raw,
        "categoryCombo": _combo(state, reference(raw, "categoryCombo")),
        "dataSetElements": members,
    }


def _program(state: State, raw: Json) -> Json:
    stages = [
        {
            **stage,
            "programStageDataElements": [
                {**entry, "dataElement": state.objects["dataElements"][entry["dataElement"]["id"]]}
                for entry in stage.get("programStageDataElements", ())
            ],
        }
        for uid, stage in state.objects["programStages"].items()
        if state.stages[uid].program == raw["id"]
    ]
    return {**raw, "programStages": stages}


def _org_unit(state: State, raw: Json) -> Json:
    unit = state.org_units[raw["id"]]
    return {
        **raw,
        "path": "/" + "/".join(unit.path),
        "level": len(unit.path),
        "dataSets": [
            {"id": uid}
            for uid, data_set in state.data_sets.items()
            if unit.uid in data_set.org_units
        ],
    }


def _values(raw: object, path: list[str]) -> Iterator[str]:
    if isinstance(raw, list):
        for item in raw:
            yield from _values(item, path)
    elif isinstance(raw, dict) and path:
        yield from _values(raw.get(path[0]), path[1:])
    elif raw is not None:
        yield str(raw)


def _meets(text: str, operator: str, wanted: list[str]) -> bool:
    return wanted[0] in text if operator == "like" else text in wanted
