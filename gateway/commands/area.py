"""What a supervisor looks after, and which part of it a question is about.

Nothing outside of it can be named: a name is looked for among these units alone.
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
    """Some of an area: the units that were asked about, and all sites at or below them."""

    tops: tuple[Unit, ...]
    sites: tuple[Unit, ...]

    @property
    def name(self) -> str:
        return ", ".join(unit.name for unit in self.tops)

    @property
    def is_one_site(self) -> bool:
        return len(self.tops) == 1 and self.tops[0].level == UnitLevel.SITE

    @property
    def site_ids(self) -> list[int]:
        return [site.id for site in self.sites]


@dataclass(frozen=True, slots=True)
class Area:
    """The units that a person supervises, and all below them, by id."""

    tops: tuple[int, ...]
    units: Mapping[int, Unit]

    def whole(self) -> Part:
        return self.part([self.units[one] for one in self.tops if one in self.units])

    def part(self, tops: Sequence[Unit]) -> Part:
        """These units with the sites at or below them, by name."""
        wanted = {unit.id for unit in tops}
        sites = [
            one
            for one in self.units.values()
            if one.level == UnitLevel.SITE and self._in(one, wanted)
        ]
        return Part(tuple(tops), tuple(sorted(sites, key=lambda one: (one.name, one.code))))

    def by_facility(self, sites: Sequence[Unit]) -> dict[Unit, list[Unit]]:
        """The sites by the facility right above each; a site without any stands alone."""
        found: dict[Unit, list[Unit]] = {}
        for site in sites:
            above = self.units.get(site.parent_id or 0)
            if above is None or above.level != UnitLevel.FACILITY:
                above = site
            found.setdefault(above, []).append(site)
        return dict(sorted(found.items(), key=lambda one: one[0].name))

    def asked(self, place: Place) -> Part | Problem:
        """Return the part that a place names, the whole area for none; or what to ask back.

        A site and its facility often share a name: the site is meant then.
        """
        if not place.words and not place.chosen:
            return self.whole()
        units = [
            one for one in self.units.values() if one.level in (UnitLevel.SITE, UnitLevel.FACILITY)
        ]
        found = [unit for unit in units if unit.code == place.chosen] or named(units, place.words)
        sites = [one for one in found if one.level == UnitLevel.SITE]
        fitting = sites or found
        if len(fitting) > 1:
            fitting.sort(key=lambda one: (one.name, one.code))
            return Problem("place_several", Level.ASK, values={"sites": told_apart(fitting)})
        return self.part(fitting) if fitting else Problem("place_unknown", Level.ASK)

    def _in(self, unit: Unit, wanted: Collection[int]) -> bool:
        walk = upward(unit, lambda step: self.units.get(step.parent_id or 0))
        return any(step.id in wanted for step in walk)


def area_of(uow: UnitOfWork, understood: Understood) -> Area:
    """The sender's area as it is in the month of sending: what was his once is not his now."""
    month = uow.context.month(understood.message.sent_at)
    tops = understood.supervised_units
    units = roster.units_below(uow.connection, tops, month) if tops else []
    return Area(tuple(tops), {unit.id: unit for unit in units})
