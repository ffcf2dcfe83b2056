"""Find stock of a product near a site: within its facility, else within its district."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gateway.context import Context
from gateway.model.org_tree import upward
from gateway.model.unit_levels import UnitLevel
from gateway.stock.stock_on_hand import Shelf, shelves
from gateway.storage import org_tree, roster
from gateway.storage.engine import Connection
from gateway.storage.roster import Unit

MOST_PLACES: Final = 2

SiteStock = tuple[Unit, int]  # a site, and how much it has of a product


@dataclass(slots=True)
class Neighbourhood:
    """The units and shelves around sites at the moment `now`, looked up when first asked for."""

    connection: Connection
    context: Context
    now: datetime
    units: dict[int, Unit] = field(default_factory=dict)
    _below: dict[int, list[Unit]] = field(default_factory=dict)
    _shelves: dict[int, Shelf] = field(default_factory=dict)

    @property
    def month(self) -> str:
        """Return the month of `now`, as YYYYMM."""
        return self.context.month(self.now)

    def unit(self, unit_id: int) -> Unit | None:
        """Return a unit as it is in the month; None when it is not in the roster then."""
        if unit_id not in self.units:
            self.units |= roster.units_by_id(self.connection, [unit_id], self.month)
        return self.units.get(unit_id)

    def name(self, unit_id: int) -> str:
        """Return the name of a unit, `?` when it is not in the roster."""
        unit = self.unit(unit_id)
        return unit.name if unit is not None else "?"

    def facility(self, site_id: int) -> Unit | None:
        """Return the unit right above a site, of whatever level; None without any."""
        site = self.unit(site_id)
        return self.unit(site.parent_id) if site is not None and site.parent_id else None

    def district(self, site_id: int) -> Unit | None:
        """Return the district above a site, whatever lies between; None without any."""
        walk = upward(self.unit(site_id), self._parent)
        return next((unit for unit in walk if unit.level == UnitLevel.DISTRICT), None)

    def _parent(self, unit: Unit) -> Unit | None:
        return self.unit(unit.parent_id) if unit.parent_id is not None else None

    def sites(self, unit_id: int) -> list[Unit]:
        """Return the sites at or below a unit."""
        if unit_id not in self._below:
            found = org_tree.sites_below(self.connection, [unit_id], self.month)
            self._below[unit_id] = found
            self.units |= {site.id: site for site in found}
        return self._below[unit_id]

    def shelves(self, site_ids: Collection[int]) -> Mapping[int, Shelf]:
        """Return the shelves of these sites, by site."""
        missing = [site_id for site_id in site_ids if site_id not in self._shelves]
        if missing:
            self._shelves |= shelves(self.connection, self.context, missing, self.now)
        return {site_id: self._shelves[site_id] for site_id in site_ids}

    def sites_with_stock(self, site_id: int, code: str) -> list[SiteStock]:
        """Return other sites with stock of a product, the most first, at most MOST_PLACES.

        They are those of the same facility, else those of the same district.
        """
        for around in (self.facility(site_id), self.district(site_id)):
            found = self._with_stock(around, site_id, code) if around is not None else []
            if found:
                return found[:MOST_PLACES]
        return []

    def _with_stock(self, around: Unit, site_id: int, code: str) -> list[SiteStock]:
        sites = [site for site in self.sites(around.id) if site.id != site_id]
        shelves_of = self.shelves([site.id for site in sites])
        found = [
            (site, quantity) for site in sites if (quantity := shelves_of[site.id].on_hand(code))
        ]
        return sorted(found, key=lambda at_site: (-at_site[1], at_site[0].name))
