"""Which DHIS2 cells a report feeds."""

from collections.abc import Collection

from gateway.model.report import Key
from gateway.storage import org_tree
from gateway.storage.engine import Connection
from gateway.storage.forwards import Forward
from menus.model.catalogue import Catalogue


def stock_forms(catalogue: Catalogue) -> tuple[str, ...]:
    """The keywords of the forms that count products."""
    return tuple(
        keyword
        for keyword, form in catalogue.forms.items()
        if any(one.product for one in form.fields)
    )


def cells_fed_by(connection: Connection, keys: Collection[Key]) -> list[Forward]:
    """The DHIS2 cells that these reports feed: those of the nearest unit with any."""
    wanted = []
    for month in sorted({key[2] for key in keys}):
        sites = {key[0] for key in keys if key[2] == month}
        units = org_tree.receiving_units(connection, sites, month)
        for site, form, period in keys:
            if period == month:
                unit = units.get(site)
                wanted.append(Forward(unit.id if unit else site, form, month))
    return wanted
