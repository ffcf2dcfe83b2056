"""The sandbox server's data: metadata, data values, completeness, locks, rights."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gateway.sandbox.dhis2.model import (
    DEFAULT_CATEGORY_COMBO,
    DEFAULT_OPTION_COMBO,
    Cell,
    DataElement,
    DataSet,
    InputPeriod,
    Json,
    OrgUnit,
    Place,
    Registration,
    Slot,
)
from gateway.sandbox.dhis2.tracker_model import Event, Program, Stage, programs_of, stages_of
from gateway.sandbox.dhis2.values import is_zero

KINDS = (
    "organisationUnits",
    "categoryOptions",
    "categoryCombos",
    "categoryOptionCombos",
    "optionSets",
    "options",
    "dataElements",
    "dataSets",
    "trackedEntityTypes",
    "programs",
    "programStages",
)


def _fresh() -> dict[str, dict[str, Json]]:
    """Return an empty server, which always has the default category combo and option combo."""
    objects: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}
    objects["categoryCombos"][DEFAULT_CATEGORY_COMBO] = {
        "id": DEFAULT_CATEGORY_COMBO,
        "name": "default",
        "code": "default",
        "isDefault": True,
    }
    objects["categoryOptionCombos"][DEFAULT_OPTION_COMBO] = {
        "id": DEFAULT_OPTION_COMBO,
        "name": "default",
        "code": "default",
        "categoryCombo": {"id": DEFAULT_CATEGORY_COMBO},
    }
    return objects


@dataclass(slots=True)
class State:
    """The server's database. Hold the sandbox's lock while using it.

    `objects` is the metadata as posted, by plural and UID; the typed look-ups beside it are
    made by `rebuild`. `capture_roots` are the units that the account may write below (empty:
    all of them); `no_data_write` the data sets and programs it may not write, `no_option_write`
    the option combos; `lock_exceptions` and `approved` hold (data set, period, org unit).
    """

    objects: dict[str, dict[str, Json]] = field(default_factory=_fresh)
    elements: dict[str, DataElement] = field(default_factory=dict)
    data_sets: dict[str, DataSet] = field(default_factory=dict)
    org_units: dict[str, OrgUnit] = field(default_factory=dict)
    data_sets_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    option_combos: frozenset[str] = frozenset({DEFAULT_OPTION_COMBO})
    cells: dict[Place, dict[Slot, Cell]] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    registrations: dict[tuple[str, str, str, str], Registration] = field(default_factory=dict)
    authorities: set[str] = field(default_factory=lambda: {"F_DATAVALUE_ADD"})
    capture_roots: set[str] = field(default_factory=set)
    no_data_write: set[str] = field(default_factory=set)
    no_option_write: set[str] = field(default_factory=set)
    lock_exceptions: set[tuple[str, str, str]] = field(default_factory=set)
    approved: set[tuple[str, str, str]] = field(default_factory=set)

    def find(self, kind: str, scheme: str, text: str) -> str | None:
        """Return the UID of the object that `text` names by `scheme` (`uid`, `code` or `name`)."""
        objects = self.objects[kind]
        if scheme == "uid":
            return text if text in objects else None
        return next((uid for uid, raw in objects.items() if raw.get(scheme) == text), None)

    def may_capture(self, unit: OrgUnit) -> bool:
        """Return whether the unit lies in the account's data capture hierarchy."""
        return not self.capture_roots or not self.capture_roots.isdisjoint(unit.path)

    def value(
        self,
        element: str,
        period: str,
        unit: str,
        combo: str = DEFAULT_OPTION_COMBO,
        attribute: str = DEFAULT_OPTION_COMBO,
    ) -> str | None:
        """Return what is stored in a cell, by UIDs; None for nothing, or when it was deleted."""
        cell = self.cells.get((unit, period), {}).get((element, combo, attribute))
        return None if cell is None or cell.deleted else cell.value

    def missing(self, place: Place, wanted: Collection[tuple[str, str]]) -> str:
        """Return the first (data element, option combo) without a value, by name; "" for none."""
        rows = self.cells.get(place, {})
        filled = {slot[:2] for slot, cell in rows.items() if not cell.deleted}
        names = sorted(
            self.elements[operand[0]].name for operand in wanted if operand not in filled
        )
        return names[0] if names else ""

    def trim(self, insignificant: Callable[[str], bool]) -> int:
        """Mark the insignificant zeros as deleted; return how many."""
        zeros = [
            (rows, slot)
            for rows in self.cells.values()
            for slot, cell in rows.items()
            if not cell.deleted
            and is_zero(cell.value, self.elements[slot[0]].value_type)
            and (insignificant(slot[0]) or not self.elements[slot[0]].zero_counts)
        ]
        for rows, slot in zeros:
            rows[slot] = rows[slot]._replace(deleted=True)
        return len(zeros)

    def rebuild(self) -> None:
        """Make the typed look-ups anew, after metadata came in."""
        combos = _combos(self.objects["categoryOptionCombos"].values())
        self.option_combos = frozenset(self.objects["categoryOptionCombos"])
        options = _options(self.objects)
        self.elements = {
            uid: _element(raw, combos, options) for uid, raw in self.objects["dataElements"].items()
        }
        self.data_sets = {
            uid: _data_set(raw, combos, self.elements)
            for uid, raw in self.objects["dataSets"].items()
        }
        units = self.objects["organisationUnits"]
        self.org_units = {uid: _org_unit(raw, units) for uid, raw in units.items()}
        self.programs = programs_of(self.objects["programs"])
        self.stages = stages_of(self.objects["programStages"], self.objects["programs"])
        self.data_sets_of = {
            element: tuple(
                uid for uid, data_set in self.data_sets.items() if element in data_set.members
            )
            for element in self.elements
        }


def reference(raw: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return the UID that the property refers to."""
    return str((raw.get(name) or {}).get("id", default))


def _combos(raws: Iterable[Json]) -> dict[str, frozenset[str]]:
    combos: dict[str, set[str]] = {}
    for raw in raws:
        combos.setdefault(reference(raw, "categoryCombo"), set()).add(raw["id"])
    return {combo: frozenset(members) for combo, members in combos.items()}


def _options(objects: Mapping[str, Mapping[str, Json]]) -> dict[str, frozenset[str]]:
    codes = {uid: str(raw.get("code")) for uid, raw in objects["options"].items()}
    return {
        uid: frozenset(
            codes[option["id"]] for option in raw.get("options", ()) if option["id"] in codes
        )
        for uid, raw in objects["optionSets"].items()
    }


def _element(
    raw: Json, combos: Mapping[str, frozenset[str]], options: Mapping[str, frozenset[str]]
) -> DataElement:
    return DataElement(
        uid=raw["id"],
        code=raw.get("code", ""),
        name=raw["name"],
        value_type=raw["valueType"],
        # Zeros of averages count whatever the flag says (DHIS2, `ValidationUtils`).
        zero_counts=bool(raw.get("zeroIsSignificant"))
        or str(raw.get("aggregationType")).startswith("AVERAGE"),
        combos=combos.get(reference(raw, "categoryCombo", DEFAULT_CATEGORY_COMBO), frozenset()),
        options=options.get(reference(raw, "optionSet")),
    )


def _data_set(
    raw: Json, combos: Mapping[str, frozenset[str]], elements: Mapping[str, DataElement]
) -> DataSet:
    members: dict[str, frozenset[str]] = {}
    for entry in raw.get("dataSetElements", ()):
        element = entry["dataElement"]["id"]
        own = reference(entry, "categoryCombo")
        members[element] = combos.get(own, frozenset()) if own else elements[element].combos
    return DataSet(
        uid=raw["id"],
        code=raw.get("code", ""),
        name=raw["name"],
        period_type=raw["periodType"],
        expiry_days=int(raw.get("expiryDays", 0)),
        open_future_periods=int(raw.get("openFuturePeriods", 0)),
        members=members,
        org_units=frozenset(unit["id"] for unit in raw.get("organisationUnits", ())),
        attribute_combos=combos.get(
            reference(raw, "categoryCombo", DEFAULT_CATEGORY_COMBO), frozenset()
        ),
        input_periods={
            reference(window, "period"): InputPeriod(
                _moment(window.get("openingDate")), _moment(window.get("closingDate"))
            )
            for window in raw.get("dataInputPeriods", ())
        },
        compulsory=frozenset(
            (reference(operand, "dataElement"), reference(operand, "categoryOptionCombo"))
            for operand in raw.get("compulsoryDataElementOperands", ())
        ),
        compulsory_only=bool(raw.get("compulsoryFieldsCompleteOnly")),
    )


def _moment(text: str | None) -> datetime | None:
    """Parse a DHIS2 timestamp without zone, in the server's zone (UTC in the stand-in)."""
    return None if text is None else datetime.fromisoformat(f"{text[:10]}T00:00:00+00:00")


def _org_unit(raw: Json, units: Mapping[str, Json]) -> OrgUnit:
    path = [raw["id"]]
    while parent := reference(units.get(path[-1], {}), "parent"):
        path.append(parent)
    return OrgUnit(
        uid=raw["id"],
        code=raw.get("code", ""),
        name=raw["name"],
        path=tuple(reversed(path)),
        opening=_day(raw.get("openingDate")),
        closed=_day(raw.get("closedDate")),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:10])
