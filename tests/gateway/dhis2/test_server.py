"""Tests of how much DHIS2 is asked at a time."""

from dataclasses import replace

from gateway.dhis2.server import REQUESTS, TAIL, rows_to_claim
from tests.gateway.harness import Harness
from tests.gateway.stub_dhis2 import StubDhis2


def test_a_target_asks_as_the_programme_says(harness: Harness) -> None:
    target = StubDhis2().target(harness)
    requests = harness.catalogue.programme.dhis2
    assert target.lease == 60 + TAIL
    assert (target.at_once, target.most_values) == (
        requests.requests_at_once,
        requests.values_per_request,
    )


def test_a_claim_fills_its_requests(harness: Harness) -> None:
    pec = harness.catalogue.forms["PEC"]
    assert len(pec.required) == 13
    assert rows_to_claim(pec, 130) == REQUESTS * 10
    assert rows_to_claim(pec, 1) == REQUESTS
    assert rows_to_claim(replace(pec, fields=()), 5) == REQUESTS * 5
