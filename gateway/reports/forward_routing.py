"""Find the DHIS2 cells that reports feed."""

from collections.abc import Collection

from gateway.model.report import Key
from gateway.storage import org_tree
from gateway.storage.engine import Connection
from gateway.storage.forwards import Forward
from menus.model.catalogue import Catalogue


def stock_forms(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the keywords of the forms that count products, in the catalogue's order."""
    return tuple(
        keyword
        for keyword, form in catalogue.forms.items()
        if any(field.product for field in form.fields)
    )


def cells_fed_by(connection: Connection, keys: Collection[Key]) -> list[Forward]:
    """Return the DHIS2 cells that these reports feed, month by month.

    They are those of the nearest unit at or above the site that has a place in DHIS2, else the
    site's own: its forward then waits for the mapping.
    """
    wanted = []
    for month in sorted({key[2] for key in keys}):
        sites = {key[0] for key in keys if key[2] == month}
        units = org_tree.receiving_units(connection, sites, month)
        for site, form, period in keys:
            if period == month:
                unit = units.get(site)
                wanted.append(Forward(unit.id if unit else site, form, month))
    return wanted
