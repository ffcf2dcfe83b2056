"""Tests of the sandbox's `/api/tracker`: single events, each refusal by its code, the ledger."""

from typing import Any

import pytest

from gateway.sandbox.dhis2 import Kind
from tests.gateway.sandbox.dhis2.program import (
    EVENT,
    FACILITY,
    PROGRAM,
    REASON,
    SIGN,
    STAGE,
    codes_of,
    event,
    event_world,
    program,
    send,
    stored,
    values,
)
from tests.gateway.sandbox.dhis2.world import AUTH, KANI, KOLA, world

OTHER = "EventNumbr2"
FAMILIES = ("legacy", "sql")


@pytest.mark.parametrize("family", FAMILIES)
def test_an_event_is_created_and_the_report_is_bare(family: str) -> None:
    here = event_world(family)

    answer = send(here, event())

    stats = {"created": 1, "updated": 0, "deleted": 0, "ignored": 0, "total": 1}
    assert (answer.status_code, answer.json) == (
        200,
        {
            "status": "OK",
            "validationReport": {"errorReports": [], "warningReports": []},
            "stats": stats,
            "bundleReport": {
                "typeReportMap": {
                    "EVENT": {
                        "trackerType": "EVENT",
                        "stats": stats,
                        "objectReports": [
                            {"trackerType": "EVENT", "uid": EVENT, "errorReports": []}
                        ],
                    }
                }
            },
        },
    )
    assert stored(here) == {REASON: "OUI"}
    assert here.get(f"/api/tracker/events/{EVENT}").json["orgUnit"] == KOLA
    found = here.get(f"/api/tracker/events?program={PROGRAM}&orgUnit={KOLA}").json
    assert [event["event"] for event in found["events"]] == [EVENT]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("E1010", {"program": "ProgramNone"}),
        ("E1011", {"orgUnit": "UnknownUnit"}),
        ("E1013", {"programStage": "StageNoneNo"}),
        ("E1029", {"orgUnit": KANI}),
        ("E1031", {"occurredAt": None}),
        ("E1123", {"orgUnit": None}),
        ("E1123", {"programStage": None}),
        ("E1076", {"dataValues": values(REASON=None)}),
        ("E1125", {"dataValues": values(REASON="NON")}),
        ("E1302", {"dataValues": values(REASON="OUI", SIGN="peut-etre")}),
        ("E1303", {"dataValues": values(SIGN="true")}),
        ("E1304", {"dataValues": values(REASON="OUI", NOWHERE="1")}),
        ("E1305", {"dataValues": values(REASON="OUI", COUNT="1")}),
        ("E1315", {"status": "SCHEDULE"}),
    ],
)
def test_a_bad_event_is_refused_by_its_code(code: str, change: dict[str, Any]) -> None:
    here = event_world()

    answer = send(here, event(**change), query="async=false&dataElementIdScheme=CODE")

    assert (answer.status_code, answer.json["status"]) == (409, "ERROR")
    assert codes_of(answer) == [code]
    assert answer.json["validationReport"]["errorReports"][0]["uid"] == EVENT
    assert answer.json["stats"]["ignored"] == 1
    assert stored(here) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("E1000", Kind.OUTSIDE),
        ("E1029", Kind.UNASSIGNED),
        ("E1043", Kind.LOCKED),
        ("E1091", Kind.NO_SHARING),
        ("E1302", Kind.VALUE_TYPE),
    ],
)
def test_a_standing_fault_strikes_events_too(code: str, kind: Kind) -> None:
    here = event_world()
    here.sandbox.faults.set(kind, 1)

    assert codes_of(send(here, event())) == [code]
    assert codes_of(send(here, event())) == []


@pytest.mark.parametrize(
    "change",
    [{"event": "1ventNumbr1"}, {"event": "short"}, {"occurredAt": "hier"}, {"status": "DONE"}],
)
def test_what_cannot_be_read_is_a_400_and_refuses_all(change: dict[str, Any]) -> None:
    here = event_world()

    answer = send(here, event(event=OTHER), event(**change))

    assert (answer.status_code, answer.json["httpStatusCode"]) == (400, 400)
    assert here.sandbox.state.events == {}


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"events": 1}'])
def test_a_body_that_is_none_is_a_400(body: bytes) -> None:
    answer = event_world().client.post(
        "/api/tracker?async=false", data=body, headers=AUTH, content_type="application/json"
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["async=maybe", "atomicMode=SOME", "importStrategy=X"])
def test_a_bad_parameter_is_a_400(query: str) -> None:
    assert send(event_world(), event(), query=query).status_code == 400


# --- One bad event among good ones


def test_with_atomic_mode_object_the_good_ones_are_in_and_the_answer_is_a_200() -> None:
    here = event_world()

    answer = send(here, event(), event(event=OTHER, orgUnit=KANI))

    assert (answer.status_code, answer.json["status"]) == (200, "OK")
    assert [error["uid"] for error in answer.json["validationReport"]["errorReports"]] == [OTHER]
    assert (answer.json["stats"]["created"], answer.json["stats"]["ignored"]) == (1, 1)
    assert (stored(here), stored(here, OTHER)) == ({REASON: "OUI"}, None)


def test_with_atomic_mode_all_which_is_the_default_none_is_in() -> None:
    here = event_world()
    bad = event(event=OTHER, orgUnit=KANI)

    answer = send(here, event(), bad, query="async=false&dataElementIdScheme=CODE")

    assert (answer.status_code, answer.json["stats"]["ignored"]) == (409, 2)
    assert here.sandbox.state.events == {}


# --- Again, changed, deleted


def test_an_update_keeps_what_is_left_out_and_null_deletes() -> None:
    here = event_world()
    send(here, event(dataValues=values(REASON="OUI", SIGN="true", FACILITY="KANI")))

    answer = send(here, event(dataValues=values(REASON="OUI", FACILITY=None)))

    assert answer.json["stats"]["updated"] == 1
    assert stored(here) == {REASON: "OUI", SIGN: "true"}


@pytest.mark.parametrize(
    ("strategy", "before", "after"), [("CREATE", [], ["E1030"]), ("UPDATE", ["E1032"], [])]
)
def test_create_and_update_alone(strategy: str, before: list[str], after: list[str]) -> None:
    here = event_world()
    query = f"async=false&dataElementIdScheme=CODE&importStrategy={strategy}"

    assert codes_of(send(here, event(), query=query)) == before
    send(here, event())
    assert codes_of(send(here, event(), query=query)) == after


def test_the_uid_of_a_deleted_event_is_never_free_again() -> None:
    here = event_world()
    send(here, event())

    gone = send(here, {"event": EVENT}, query="async=false&importStrategy=DELETE")

    assert gone.json["stats"]["deleted"] == 1
    assert here.get(f"/api/tracker/events/{EVENT}").status_code == 404
    assert codes_of(send(here, event())) == ["E1082"]
    again = send(here, {"event": EVENT}, query="async=false&importStrategy=DELETE")
    assert codes_of(again) == ["E1082"]


def test_a_completed_event_is_not_opened_again_without_the_authority() -> None:
    here = event_world()
    send(here, event())
    active = event(status="ACTIVE")

    assert codes_of(send(here, active)) == ["E1083"]
    here.sandbox.state.authorities.add("F_UNCOMPLETE_EVENT")
    assert codes_of(send(here, active)) == []


def test_a_completed_event_may_not_change_after_its_days() -> None:
    here = event_world(completeEventsExpiryDays=1)
    send(here, event())
    assert codes_of(send(here, event())) == []

    old = here.sandbox.state.events[EVENT]
    here.sandbox.state.events[EVENT] = old._replace(completed_at="2026-11-08T08:00:00+00:00")
    assert codes_of(send(here, event())) == ["E1043"]


def test_names_go_by_the_schemes_that_the_request_names() -> None:
    here = event_world()
    by_uid = event(dataValues=[{"dataElement": REASON, "value": "OUI"}])
    by_code = event(event=OTHER, orgUnit="KOLA")

    assert codes_of(send(here, by_uid, query="async=false")) == []
    assert codes_of(send(here, by_code, query="async=false&orgUnitIdScheme=CODE&dataElementIdScheme=CODE")) == []  # fmt: skip
    assert here.sandbox.state.events[OTHER].org_unit == KOLA


def test_a_program_may_be_left_to_its_stage_to_name() -> None:
    here = event_world()
    assert codes_of(send(here, event(program=None))) == []
    assert here.sandbox.state.events[EVENT].program == PROGRAM


def test_a_validation_stores_nothing() -> None:
    here = event_world()
    answer = send(here, event(), query="async=false&dataElementIdScheme=CODE&importMode=VALIDATE")
    assert (answer.json["stats"]["created"], stored(here)) == (1, None)


# --- In the background, which is the default


def test_in_the_background_the_answer_is_a_job_whose_report_waits() -> None:
    here = event_world()

    answer = send(here, event(orgUnit=KANI), query="dataElementIdScheme=CODE")

    job = answer.json["response"]
    assert (answer.status_code, job["responseType"]) == (200, "TrackerJob")
    report = here.get(f"{job['location']}/report")
    assert (report.status_code, codes_of(report)) == (200, ["E1029"])
    assert here.get("/api/tracker/jobs/JobNoneNone/report").status_code == 404


# --- Faults and the ledger


def test_the_ledger_has_each_event_before_and_after() -> None:
    here = event_world()
    send(here, event())
    send(here, event(dataValues=values(REASON="OUI", SIGN="true")))
    send(here, event(orgUnit=KANI))

    first, second = here.sandbox.ledger.events
    assert (first.old, second.old, first.event) == (None, first.new, EVENT)
    assert second.new is not None
    assert [row["dataElement"] for row in second.new["dataValues"]] == [REASON, SIGN]
    assert here.sandbox.ledger.requests[0].keys == ((PROGRAM, KOLA, EVENT),)
    shown = here.client.get("/sandbox/ledger").json["events"]
    assert [write["event"] for write in shown] == [EVENT, EVENT]


def test_a_reset_writes_the_event_and_a_crash_does_not() -> None:
    here = event_world()
    here.sandbox.faults.set(Kind.CRASH, 1)
    assert send(here, event()).status_code == 500
    assert stored(here) is None

    here.sandbox.faults.set(Kind.RESET, 1)
    with pytest.raises(ConnectionResetError):
        send(here, event())
    assert stored(here) == {REASON: "OUI"}


# --- The program's metadata


def refused(document: dict[str, Any]) -> set[str]:
    """Return the codes for which a server that has the world's metadata refuses a document."""
    here = world()
    answer = here.client.post("/api/metadata", json=document, headers=AUTH)
    assert here.sandbox.state.programs == {} or answer.status_code == 200
    return {
        error["errorCode"]
        for kind in answer.json["response"]["typeReports"]
        for report in kind["objectReports"]
        for error in report["errorReports"]
    }


def changed(kind: str, **more: Any) -> dict[str, Any]:
    document = program()
    document[kind][0].update(more)
    return document


@pytest.mark.parametrize(
    ("codes", "document"),
    [
        (set(), program()),
        ({"E4000"}, changed("programs", programType=None)),
        ({"E4027"}, changed("programs", programType="EVENT")),
        ({"E4027"}, changed("programs", accessLevel="SHUT")),
        ({"E5002"}, changed("programs", organisationUnits=[{"id": "UnknownUnit"}])),
        ({"E5002"}, changed("programs", programStages=[{"id": STAGE}, {"id": "StageNoneNo"}])),
        ({"E5002"}, changed("programStages", program={"id": "ProgramNone"})),
        ({"E4053"}, changed("programs", programStages=[]) | {"programStages": [{"id": STAGE, "name": "Reference"}]}),
        ({"E5002"}, changed("programStages", programStageDataElements=[{"dataElement": {"id": "ElementNone"}}])),
        ({"E4027"}, changed("programStages", validationStrategy="NEVER")),
        ({"E4000"}, changed("programs", translations=[{"locale": "fr", "property": "NAME"}])),
        ({"E1106"}, changed("programs", translations=[{"locale": "fr", "property": "NAME", "value": word} for word in "ab"])),
        ({"E5002"}, {"options": [{"id": "OptionAaaaa", "name": "A", "code": "A", "optionSet": {"id": "OptionSetNo"}}]}),
        ({"E4028"}, {"options": [{"id": f"OptionAaaa{n}", "name": f"A{n}", "code": "A", "optionSet": {"id": "OptionSetOn"}} for n in "12"]}),
        ({"E4000"}, {"options": [{"id": "OptionAaaaa", "name": "A", "optionSet": {"id": "OptionSetOn"}}]}),
        ({"E4000"}, {"optionSets": [{"id": "OptionSetNo", "name": "A"}]}),
    ],
)  # fmt: skip
def test_a_program_is_imported_as_a_whole_or_not_at_all(
    codes: set[str], document: dict[str, Any]
) -> None:
    assert refused(document) == codes


def test_a_program_is_read_back_with_its_stage_and_the_account_s_rights() -> None:
    here = event_world()
    asked = (
        "fields=access[data[write]],programStages[id,programStageDataElements[dataElement[code]]]"
    )

    found = here.get(f"/api/programs/{PROGRAM}?{asked}").json

    codes = [{"dataElement": {"code": code}} for code in ("REASON", "SIGN", "FACILITY")]
    assert found == {
        "access": {"data": {"write": True}},
        "programStages": [{"id": STAGE, "programStageDataElements": codes}],
    }
    assert FACILITY in here.sandbox.state.stages[STAGE].members
