"""Tests of the routes for events: an import in the background, and reading events back."""

from tests.gateway.sandbox.dhis2.program import EVENT, PROGRAM, event, event_world, send
from tests.gateway.sandbox.dhis2.world import KANI, KOLA


def test_an_import_in_the_background_leaves_its_report() -> None:
    here = event_world()
    answer = send(here, event(), query="atomicMode=OBJECT&dataElementIdScheme=CODE")
    location = answer.json["response"]["location"]
    assert here.get(f"{location}/report").json["stats"]["created"] == 1
    assert here.get("/api/tracker/jobs/Trk99/report").status_code == 404


def test_events_are_read_by_program_and_unit() -> None:
    here = event_world()
    send(here, event())
    assert here.get(f"/api/tracker/events/{EVENT}").json["orgUnit"] == KOLA
    assert here.get("/api/tracker/events/EventNone11").status_code == 404
    found = here.get(f"/api/tracker/events?program={PROGRAM}&orgUnit={KOLA}").json["events"]
    assert [row["event"] for row in found] == [EVENT]
    assert here.get(f"/api/tracker/events?orgUnit={KANI}").json["events"] == []
