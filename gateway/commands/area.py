"""Find the area of a supervisor, and the part of it that a message names.

Nothing outside of the area can be named: a name is looked for within it alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gateway.conversation.message import Understood
from gateway.model.org_tree import upward
from gateway.model.unit_levels import UnitLevel
from gateway.reports.unit_of_work import UnitOfWork
from gateway.roster.site_names import named, told_apart
from gateway.storage import org_tree
from gateway.storage.roster import Unit
from menus.model.arguments import Place
from menus.model.cross_check import Level
from menus.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an area: the units that were asked about, and all sites at or below them."""

    tops: tuple[Unit, ...]
    sites: tuple[Unit, ...]

    @property
    def name(self) -> str:
        """Return the names of the units, separated by commas."""
        return ", ".join(unit.name for unit in self.tops)

    @property
    def is_one_site(self) -> bool:
        """Return whether a single site was asked about."""
        return len(self.tops) == 1 and self.tops[0].level == UnitLevel.SITE

    @property
    def site_ids(self) -> list[int]:
        """Return the ids of the sites, in their order."""
        return [site.id for site in self.sites]


@dataclass(frozen=True, slots=True)
class Area:
    """The units that a person supervises (`tops`), and these with all below them, by id."""

    tops: tuple[int, ...]
    units: Mapping[int, Unit]

    def whole(self) -> Part:
        """Return the whole area as a part."""
        return self.part([self.units[top] for top in self.tops if top in self.units])

    def part(self, tops: Sequence[Unit]) -> Part:
        """Return these units with the sites at or below them, in the order of their names."""
        wanted = {unit.id for unit in tops}
        sites = [
            unit
            for unit in self.units.values()
            if unit.level == UnitLevel.SITE and self._is_within(unit, wanted)
        ]
        return Part(tuple(tops), tuple(sorted(sites, key=_by_name)))

    def by_facility(self, sites: Sequence[Unit]) -> dict[Unit, list[Unit]]:
        """Return sites by the facility right above, by its name; one without any stands alone."""
        found: dict[Unit, list[Unit]] = {}
        for site in sites:
            above = self.units.get(site.parent_id or 0)
            if above is None or above.level != UnitLevel.FACILITY:
                above = site
            found.setdefault(above, []).append(site)
        return dict(sorted(found.items(), key=lambda entry: entry[0].name))

    def part_named(self, place: Place) -> Part | Problem:
        """Return the part that a place names, the whole area for none; or what to ask back.

        A site and its facility often share a name: the site is meant then.
        """
        if not place.words and not place.chosen:
            return self.whole()
        levels = (UnitLevel.SITE, UnitLevel.FACILITY)
        units = [unit for unit in self.units.values() if unit.level in levels]
        found = [unit for unit in units if unit.code == place.chosen] or named(units, place.words)
        sites = [unit for unit in found if unit.level == UnitLevel.SITE]
        fitting = sites or found
        if len(fitting) > 1:
            fitting.sort(key=_by_name)
            return Problem("place_several", Level.ASK, values={"sites": told_apart(fitting)})
        return self.part(fitting) if fitting else Problem("place_unknown", Level.ASK)

    def _is_within(self, unit: Unit, wanted: Collection[int]) -> bool:
        """Return whether a unit is one of the wanted, or below one."""
        walk = upward(unit, lambda step: self.units.get(step.parent_id or 0))
        return any(step.id in wanted for step in walk)


def area_of(uow: UnitOfWork, understood: Understood) -> Area:
    """Return the sender's area as it is in the month of sending."""
    month = uow.context.month(understood.message.sent_at)
    tops = understood.supervised_units
    units = org_tree.units_below(uow.connection, tops, month) if tops else []
    return Area(tuple(tops), {unit.id: unit for unit in units})


def _by_name(unit: Unit) -> tuple[str, str]:
    return unit.name, unit.code
