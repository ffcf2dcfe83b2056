"""The DHIS2 cells that a change of the roster touches: asked for again, old places and new."""

from collections.abc import Sequence
from datetime import datetime

from gateway.storage import forwards, org_tree, reports
from gateway.storage.engine import Connection
from gateway.storage.forwards import Forward
from gateway.storage.roster_import import Summary


def reroute(connection: Connection, summary: Summary, since: str, *, now: datetime) -> None:
    """Ask for the cells of every month from `since` (YYYYMM) on that the change touches.

    Sites that moved, or got or lost a place of their own, leave the units that received their
    numbers and join others; where agents came or went, the set may be complete now, or no
    longer. For `gateway.roster.importing.import_roster`.
    """
    months: dict[str, list[tuple[int, str]]] = {}
    for site, form, period in reports.keys_of(connection, summary.rerouted):
        if period >= since:
            months.setdefault(period, []).append((site, form))
    wanted: list[Forward] = []
    for period, moved in months.items():
        receivers = org_tree.receiving_units(connection, {site for site, _ in moved}, period)
        wanted += [
            Forward(unit.id if (unit := receivers[site]) else site, form, period)
            for site, form in moved
        ]
    touched = {*summary.rerouted, *summary.left, *_receivers(connection, summary.staffed, since)}
    wanted += forwards.requested_since(connection, touched, since)
    forwards.request(connection, wanted, now)


def _receivers(connection: Connection, sites: Sequence[int], since: str) -> set[int]:
    """Return the units that these sites feed in `since` or a later month of their reports."""
    months = {since, *(key[2] for key in reports.keys_of(connection, sites) if key[2] >= since)}
    found = [org_tree.receiving_units(connection, sites, month) for month in months]
    return {unit.id for receivers in found for unit in receivers.values() if unit is not None}
