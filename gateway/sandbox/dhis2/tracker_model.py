"""Event programs and their events, in the shape that the tracker importer needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gateway.sandbox.dhis2.model import Json


@dataclass(frozen=True, slots=True)
class Stage:
    """A program's stage. `members` maps each data element to whether it is compulsory."""

    uid: str
    program: str
    members: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Program:
    """An event program. `expiry_days` is for changes to completed events; 0 never ends them."""

    uid: str
    org_units: frozenset[str]
    expiry_days: int


class Event(NamedTuple):
    """A stored event; a deleted one stays, and its UID is never free again.

    `values` maps data elements to values, all by UID; dates are texts as they were sent.
    """

    uid: str
    program: str
    stage: str
    org_unit: str
    occurred_at: str
    status: str
    values: Mapping[str, str]
    completed_at: str
    deleted: bool = False

    def as_json(self) -> Json:
        """Return the event as `GET /api/tracker/events/{uid}` does."""
        return {
            "event": self.uid,
            "program": self.program,
            "programStage": self.stage,
            "orgUnit": self.org_unit,
            "occurredAt": self.occurred_at,
            "status": self.status,
            "deleted": self.deleted,
            "dataValues": [
                {"dataElement": element, "value": value} for element, value in self.values.items()
            ],
        }


def programs_of(raws: Mapping[str, Json]) -> dict[str, Program]:
    """Return the programs in the metadata as posted."""
    return {
        uid: Program(
            uid=uid,
            org_units=frozenset(unit["id"] for unit in raw.get("organisationUnits", ())),
            expiry_days=int(raw.get("completeEventsExpiryDays", 0)),
        )
        for uid, raw in raws.items()
    }


def stages_of(raws: Mapping[str, Json], programs: Mapping[str, Json]) -> dict[str, Stage]:
    """Return the stages in the metadata as posted; stage or program may name the other."""
    owners = {
        stage["id"]: uid for uid, raw in programs.items() for stage in raw.get("programStages", ())
    }
    return {
        uid: Stage(
            uid=uid,
            program=(raw.get("program") or {}).get("id") or owners.get(uid, ""),
            members={
                member["dataElement"]["id"]: bool(member.get("compulsory"))
                for member in raw.get("programStageDataElements", ())
            },
        )
        for uid, raw in raws.items()
    }
