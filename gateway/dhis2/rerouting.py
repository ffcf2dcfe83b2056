"""After the roster changed: DHIS2 cells that it touches are worked out again, old and new."""

from collections.abc import Sequence
from datetime import datetime

from gateway.storage import forwards, org_tree, reports
from gateway.storage.engine import Connection
from gateway.storage.forwards import Wanted
from gateway.storage.roster_import import Summary


def reroute(connection: Connection, summary: Summary, since: str, *, now: datetime) -> None:
    """Asks for the cells of every month from `since` (YYYYMM) on that the change touches.

    Sites that moved, or got or lost a place of their own, leave the units that received their
    numbers and join others; where agents came or went, the set may be complete now, or no
    longer. For `gateway.roster.importing.import_roster`.
    """
    months = {
        period: [key for key in reports.keys_of(connection, summary.rerouted) if key[2] == period]
        for period in {key[2] for key in reports.keys_of(connection, summary.rerouted)}
        if period >= since
    }
    wanted: list[Wanted] = []
    for period, keys in months.items():
        now_at = org_tree.receiving_units(connection, {key[0] for key in keys}, period)
        wanted += [
            Wanted(unit.id if (unit := now_at[site]) else site, form, period)
            for site, form, _ in keys
        ]
    touched = {*summary.rerouted, *summary.left, *_receivers(connection, summary.staffed, since)}
    wanted += forwards.known_from(connection, touched, since)
    forwards.want(connection, wanted, now)


def _receivers(connection: Connection, sites: Sequence[int], since: str) -> set[int]:
    """The units that these sites' numbers feed in any month of their reports from `since` on."""
    months = {since, *(key[2] for key in reports.keys_of(connection, sites) if key[2] >= since)}
    found = [org_tree.receiving_units(connection, sites, month) for month in months]
    return {unit.id for receivers in found for unit in receivers.values() if unit is not None}
