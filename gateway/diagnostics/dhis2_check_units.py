"""Are the units that receive values ready for them on the server? Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.diagnostics.finding import Finding, listed

WHAT = "dhis2 units"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A unit of the roster that receives values: its code, its UID in DHIS2."""

    code: str
    uid: str


def unit_findings(
    receivers: Sequence[Receiver],
    found: Mapping[str, Mapping[str, Any]],
    data_sets: Mapping[str, str],
    roots: Sequence[str],
    month: tuple[date, date],
) -> list[Finding]:
    """What is wrong with the units, or one line that nothing is.

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
    there = [one for one in receivers if one.uid in found]
    unknown = [one.code for one in receivers if one.uid not in found]
    if unknown:
        yield f"unknown to the server: {listed(unknown)}; correct dhis2_id in the roster"
    for keyword, data_set in data_sets.items():
        out = [one.code for one in there if data_set not in _assigned(found[one.uid])]
        if out:
            yield f"not assigned to the data set of {keyword}: {listed(out)}; assign them in DHIS2"
    beyond = [one.code for one in there if not _within(found[one.uid], roots)]
    if beyond:
        yield (
            f"outside the account's data capture units: {listed(beyond)}; add one above them "
            "to the account"
        )
    shut = [one.code for one in there if not _open(found[one.uid], month)]
    if shut:
        yield f"closed, or not open yet, last month: {listed(shut)}; correct the dates in DHIS2"


def _assigned(unit: Mapping[str, Any]) -> set[str]:
    return {str(one.get("id")) for one in unit.get("dataSets") or () if isinstance(one, dict)}


def _within(unit: Mapping[str, Any], roots: Sequence[str]) -> bool:
    path = f"{unit.get('path', '')}/"
    return any(path.startswith(f"{root}/") for root in roots)


def _open(unit: Mapping[str, Any], month: tuple[date, date]) -> bool:
    first, last = month
    opening, closed = (str(unit.get(name) or "")[:10] for name in ("openingDate", "closedDate"))
    return (not opening or opening <= last.isoformat()) and (
        not closed or closed >= first.isoformat()
    )
