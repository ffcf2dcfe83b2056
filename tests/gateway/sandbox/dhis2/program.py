"""An event program for the tests of the sandbox's `/api/tracker`."""

from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.gateway.sandbox.dhis2.world import AUTH, KOLA, World, element, world

PROGRAM, STAGE = "ProgramRefe", "StageReferr"
REASON, SIGN, FACILITY, COUNT = "ElementReas", "ElementSign", "ElementFaci", "ElementCoun"
EVENT = "EventNumbr1"
NOW_QUERY = "async=false&atomicMode=OBJECT&dataElementIdScheme=CODE"


def program(**more: Any) -> dict[str, Any]:
    """Return the program's metadata, on top of the world's; `more` changes the program itself."""
    return {
        "dataElements": [
            element(
                REASON,
                "REASON",
                valueType="TEXT",
                domainType="TRACKER",
                optionSet={"id": "OptionSetOn"},
            ),
            element(SIGN, "SIGN", valueType="BOOLEAN", domainType="TRACKER"),
            element(FACILITY, "FACILITY", valueType="TEXT", domainType="TRACKER"),
            element(COUNT, "COUNT", domainType="TRACKER"),
        ],
        "programs": [
            {
                "id": PROGRAM,
                "code": "REF",
                "name": "References",
                "shortName": "References",
                "programType": "WITHOUT_REGISTRATION",
                "programStages": [{"id": STAGE}],
                "organisationUnits": [{"id": KOLA}],
                "sharing": {"public": "r-rw----"},
                **more,
            }
        ],
        "programStages": [
            {
                "id": STAGE,
                "name": "Reference",
                "program": {"id": PROGRAM},
                "programStageDataElements": [
                    {
                        "programStage": {"id": STAGE},
                        "dataElement": {"id": uid},
                        "compulsory": uid == REASON,
                    }
                    for uid in (REASON, SIGN, FACILITY)
                ],
            }
        ],
    }


def values(**by_code: str | None) -> list[dict[str, Any]]:
    return [{"dataElement": code, "value": content} for code, content in by_code.items()]


def event(**more: Any) -> dict[str, Any]:
    """Return a good event, with what the case changes; a property that is None is left out."""
    found = {
        "event": EVENT,
        "program": PROGRAM,
        "programStage": STAGE,
        "orgUnit": KOLA,
        "occurredAt": "2026-11-03T10:15:00.000",
        "status": "COMPLETED",
        "dataValues": values(REASON="OUI"),
        **more,
    }
    return {name: content for name, content in found.items() if content is not None}


def event_world(family: Any = "legacy", **more: Any) -> World:
    here = world(family)
    here.sandbox.load(program(**more))
    return here


def send(here: World, *events: Mapping[str, Any], query: str = NOW_QUERY) -> TestResponse:
    return here.client.post(f"/api/tracker?{query}", json={"events": list(events)}, headers=AUTH)


def codes_of(answer: TestResponse) -> list[str]:
    return [error["errorCode"] for error in answer.json["validationReport"]["errorReports"]]


def stored(here: World, uid: str = EVENT) -> dict[str, str] | None:
    """Return the event's values by UID of the data element; None when there is none any more."""
    found = here.sandbox.state.events.get(uid)
    return None if found is None or found.deleted else dict(found.values)
