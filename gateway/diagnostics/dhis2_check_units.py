"""Check that the units that receive values are ready for them on the server."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.diagnostics.finding import Finding, listed

WHAT = "dhis2 units"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A unit of the roster that receives values: its code, and its UID in DHIS2."""

    code: str
    uid: str


def unit_findings(
    receivers: Sequence[Receiver],
    found: Mapping[str, Mapping[str, Any]],
    data_sets: Mapping[str, str],
    roots: Sequence[str],
    month: tuple[date, date],
) -> list[Finding]:
    """Return a finding for each fault of the units, or one that all are ready.

    `found` are the server's units by UID (path, openingDate, closedDate, dataSets); `data_sets`
    maps a form's keyword to the UID of its data set; `roots` are the paths below which the
    account may enter data; `month` the first and last day of the month to be reported.
    """
    faults = list(_faults(receivers, found, data_sets, roots, month))
    if faults:
        return [Finding(False, WHAT, words) for words in faults]
    return [Finding(True, WHAT, f"{len(receivers)} receive values, all assigned and within reach")]


def _faults(
    receivers: Sequence[Receiver],
    found: Mapping[str, Mapping[str, Any]],
    data_sets: Mapping[str, str],
    roots: Sequence[str],
    month: tuple[date, date],
) -> Iterator[str]:
    known = [receiver for receiver in receivers if receiver.uid in found]
    unknown = [receiver.code for receiver in receivers if receiver.uid not in found]
    if unknown:
        yield f"unknown to the server: {listed(unknown)}; correct dhis2_id in the roster"
    for keyword, data_set in data_sets.items():
        unassigned = [unit.code for unit in known if data_set not in _assigned(found[unit.uid])]
        if unassigned:
            yield (
                f"not assigned to the data set of {keyword}: {listed(unassigned)}; "
                "assign them in DHIS2"
            )
    beyond = [unit.code for unit in known if not _within(found[unit.uid], roots)]
    if beyond:
        yield (
            f"outside the account's data capture units: {listed(beyond)}; add one above them "
            "to the account"
        )
    closed = [unit.code for unit in known if not _open(found[unit.uid], month)]
    if closed:
        yield f"closed, or not open yet, last month: {listed(closed)}; correct the dates in DHIS2"


def _assigned(unit: Mapping[str, Any]) -> set[str]:
    assigned = unit.get("dataSets") or ()
    return {str(data_set.get("id")) for data_set in assigned if isinstance(data_set, dict)}


def _within(unit: Mapping[str, Any], roots: Sequence[str]) -> bool:
    path = f"{unit.get('path', '')}/"
    return any(path.startswith(f"{root}/") for root in roots)


def _open(unit: Mapping[str, Any], month: tuple[date, date]) -> bool:
    first, last = month
    opening, closed = (str(unit.get(name) or "")[:10] for name in ("openingDate", "closedDate"))
    return (not opening or opening <= last.isoformat()) and (
        not closed or closed >= first.isoformat()
    )
