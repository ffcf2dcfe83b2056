"""The plans of many units at once, from the database."""

from collections.abc import Collection
from datetime import date

from gateway.context import Context
from gateway.dhis2.plan import Plan, plan
from gateway.model.report import Report
from gateway.stock.days_out import with_fixed_days
from gateway.storage import org_tree, reports, roster
from gateway.storage.engine import Connection
from menus.model.catalogue import Form
from menus.model.period import Period


def plans(
    connection: Connection,
    form: Form,
    period: Period,
    unit_ids: Collection[int],
    *,
    context: Context,
    today: date,
) -> dict[int, tuple[Plan, list[Report]]]:
    """Return, for each receiving unit, its plan for one form and month, and the reports behind it.

    A unit without a dhis2_id of its own in that month receives nothing.
    """
    below = org_tree.sites_receiving_at(connection, unit_ids, period.code)
    sites = {site for found in below.values() for site in found}
    active = roster.active_sites(connection, sites, period.code)
    typed = reports.of_sites(connection, sites, form.keyword, period.code)
    counted = with_fixed_days(connection, form, period, typed, context.timezone)
    filled = {report.site_id: report for report in counted}
    found = {}
    for unit in unit_ids:
        mine = set(below.get(unit, ()))
        feeding = [filled[site] for site in sorted(mine & filled.keys())]
        found[unit] = (
            plan(
                form,
                period,
                feeding,
                active_sites=active & mine,
                programme=context.catalogue.programme,
                today=today,
            ),
            feeding,
        )
    return found
