"""Tests of the server's own verdict: whether the month is open, and what a dry run refuses."""

from typing import Any

import pytest

from gateway.dhis2.cells import cells_of
from gateway.diagnostics.dhis2_check_units import Receiver
from gateway.diagnostics.dhis2_dry_run import dry_run, lock_state
from gateway.transports.dhis2 import Dhis2
from menus.model.catalogue import Catalogue
from menus.model.period import Period
from tests.gateway.transports.canned import canned, say

KOLA, OCTOBER = Receiver("KOLA", "KolaSite001"), Period(2026, 10)


@pytest.mark.parametrize(
    ("status", "document", "may_be_closed", "ok", "words"),
    [
        (200, {"lockStatus": "OPEN"}, False, True, "open"),
        (200, {"lockStatus": "LOCKED"}, False, False, "closed at KOLA (locked)"),
        (200, {"lockStatus": "APPROVED"}, True, True, "closed at KOLA (approved)"),
        (404, {}, False, True, "whether it is open cannot be told (http_404)"),
    ],
)
def test_the_lock_state_of_a_month(
    catalogue: Catalogue, *, status: int, document: Any, may_be_closed: bool, ok: bool, words: str
) -> None:
    form = catalogue.forms["PEC"]
    with canned(say(status, document)) as server, Dhis2(server.url, token="t") as client:
        found = lock_state(client, form, [KOLA], OCTOBER, may_be_closed=may_be_closed)
    assert found.ok is ok
    assert found.words.startswith(words)


def summary(status: str, *conflicts: dict[str, Any]) -> dict[str, Any]:
    rejected = [index for conflict in conflicts for index in conflict["indexes"]]
    response = {
        "responseType": "ImportSummary", "status": status,
        "conflicts": list(conflicts), "rejectedIndexes": rejected,
    }  # fmt: skip
    return {"status": status, "response": response}


@pytest.mark.parametrize(
    ("document", "may_be_closed", "ok", "words"),
    [
        (
            summary("WARNING", {"errorCode": "E7640", "value": "closed", "indexes": [0]}),
            True, True, "KOLA: E7640",
        ),
        (
            summary("WARNING", {"errorCode": "E7619", "value": "bad", "indexes": [0]}),
            True, False, "KOLA: E7619",
        ),
        (
            summary("ERROR", {"errorCode": "E8010", "value": "no", "indexes": [0, 1]}),
            False, False, "KOLA: E8010",
        ),
    ],
)  # fmt: skip
def test_a_dry_run_that_is_refused(
    catalogue: Catalogue, document: Any, may_be_closed: bool, ok: bool, words: str
) -> None:
    form = catalogue.forms["PEC"]
    with canned(say(200, document)) as server, Dhis2(server.url, token="t") as client:
        found = dry_run(client, form, KOLA, OCTOBER, may_be_closed=may_be_closed)
    assert found.ok is ok
    assert found.words.partition(" at ")[2].startswith(words)
    assert server.requests[0].params["dryRun"] == "true"


def test_a_dry_run_that_is_accepted(catalogue: Catalogue) -> None:
    form = catalogue.forms["PEC"]
    with canned(say(200, summary("SUCCESS"))) as server, Dhis2(server.url, token="t") as client:
        found = dry_run(client, form, KOLA, OCTOBER, may_be_closed=False)
    assert found.ok
    assert found.words == f"the server would take all {len(cells_of(form))} values"
