"""The people in the story of a month: a district, a facility of eight sites, invented names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.model.csv_table import FilePlace
from gateway.model.roster import PersonRow, Roster, UnitRow

_HERE: Final = FilePlace("story")
SINCE: Final = "202601"
ROLES: Final = {"asc": "ASC", "dtc": "DTC", "district": "district"}


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a telephone: a name, a role and a place."""

    name: str
    number: int
    role: str
    place: str

    @property
    def phone(self) -> str:
        return f"+2237000{self.number:04d}"

    def __str__(self) -> str:
        return f"{self.name} ({ROLES[self.role]} {self.place})"


AWA = Person("Awa", 1, "asc", "Kola")
FANTA = Person("Fanta", 2, "asc", "Tene")
ISSA = Person("Issa", 3, "asc", "Sirakoro")
MARIAM = Person("Mariam", 4, "asc", "Banko")
SEKOU = Person("Sekou", 5, "asc", "Farako")
KADIA = Person("Kadia", 6, "asc", "Niena")
DJENEBA = Person("Djeneba", 7, "asc", "Solo")
MOUSSA = Person("Moussa", 8, "asc", "Bougou")
NANA = Person("Nana", 101, "dtc", "Kani")
CHEICK = Person("Cheick", 201, "district", "Dugu")
AGENTS: Final = (AWA, FANTA, ISSA, MARIAM, SEKOU, KADIA, DJENEBA, MOUSSA)
CAST: Final = (*AGENTS, NANA, CHEICK)
BY_PHONE: Final[Mapping[str, Person]] = {person.phone: person for person in CAST}

# The places in DHIS2. Two sites have none of their own: their numbers add up at the centre.
FACILITY: Final = "KaniFacil01"
PLACES: Final = {
    person.place: f"{person.place}Site0000"[:11]
    for person in AGENTS
    if person not in (DJENEBA, MOUSSA)
}


def roster() -> Roster:
    """Return the roster that the gateway knows."""
    units = (
        _unit("ML", "country", None, None),
        _unit("Dugu", "district", "ML", None),
        _unit("Kani", "facility", "DUGU", FACILITY),
        *(_unit(agent.place, "site", "KANI", PLACES.get(agent.place)) for agent in AGENTS),
    )
    people = tuple(
        PersonRow(_HERE, person.phone, person.name, person.role, person.place.upper(), "fr", True)
        for person in CAST
    )
    return Roster(units, people)


def _unit(name: str, level: str, parent: str | None, dhis2_id: str | None) -> UnitRow:
    return UnitRow(_HERE, name.upper(), name, level, parent, dhis2_id, None)
