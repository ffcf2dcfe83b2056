"""Where near a site there is stock of a product: at its facility, else in its district."""

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


@dataclass(slots=True)
class Neighbourhood:
    """The units and shelves around sites, loaded as they are asked for.

    Everything is as it is at `now`, in the month of that moment.
    """

    connection: Connection
    context: Context
    now: datetime
    units: dict[int, Unit] = field(default_factory=dict)
    _below: dict[int, list[Unit]] = field(default_factory=dict)
    _shelves: dict[int, Shelf] = field(default_factory=dict)

    @property
    def month(self) -> str:
        return self.now.astimezone(self.context.timezone).strftime("%Y%m")

    def unit(self, unit_id: int) -> Unit | None:
        if unit_id not in self.units:
            self.units |= roster.units_by_id(self.connection, [unit_id], self.month)
        return self.units.get(unit_id)

    def name(self, unit_id: int) -> str:
        unit = self.unit(unit_id)
        return unit.name if unit is not None else "?"

    def facility(self, site_id: int) -> Unit | None:
        site = self.unit(site_id)
        return self.unit(site.parent_id) if site is not None and site.parent_id else None

    def district(self, site_id: int) -> Unit | None:
        """The district above a site, whatever lies between."""
        walk = upward(self.unit(site_id), self._parent)
        return next((unit for unit in walk if unit.level == UnitLevel.DISTRICT), None)

    def _parent(self, unit: Unit) -> Unit | None:
        return self.unit(unit.parent_id) if unit.parent_id is not None else None

    def sites(self, unit_id: int) -> list[Unit]:
        """The sites at or below a unit."""
        if unit_id not in self._below:
            found = org_tree.sites_below(self.connection, [unit_id], self.month)
            self._below[unit_id] = found
            self.units |= {one.id: one for one in found}
        return self._below[unit_id]

    def shelves(self, site_ids: Collection[int]) -> Mapping[int, Shelf]:
        missing = [one for one in site_ids if one not in self._shelves]
        if missing:
            self._shelves |= shelves(self.connection, self.context, missing, self.now)
        return {one: self._shelves[one] for one in site_ids}

    def places(self, site_id: int, code: str) -> list[tuple[Unit, int]]:
        """Sites with stock of a product and how much each has, the most first: those of the
        same facility, else those of the same district. At most MOST_PLACES."""
        for around in (self.facility(site_id), self.district(site_id)):
            found = self._with_stock(around, site_id, code) if around is not None else []
            if found:
                return found[:MOST_PLACES]
        return []

    def _with_stock(self, around: Unit, site_id: int, code: str) -> list[tuple[Unit, int]]:
        sites = [one for one in self.sites(around.id) if one.id != site_id]
        held = self.shelves([one.id for one in sites])
        found = [(one, held[one.id].on_hand(code) or 0) for one in sites]
        return sorted((one for one in found if one[1]), key=lambda one: (-one[1], one[0].name))
