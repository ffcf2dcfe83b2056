"""Tests of the check for referrals: the program is there, writable and assigned, or is told."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.diagnostics.dhis2_check_program import program_findings
from gateway.diagnostics.dhis2_check_units import Receiver
from gateway.transports.dhis2 import Dhis2
from menus.model.catalogue import Catalogue
from tests.gateway.transports.canned import canned, say

KOLA = Receiver("KOLA", "KolaSite001")
READY = {"access": {"data": {"write": True}}, "organisationUnits": [{"id": "KolaSite001"}]}


@pytest.mark.parametrize(
    ("status", "program", "found"),
    [
        (200, READY, [(True, "takes events of referrals")]),
        (404, {}, [(True, "http_404: events of referrals wait")]),
        (200, {**READY, "access": {}}, [(False, "the account has no data write access")]),
        (200, {**READY, "organisationUnits": []}, [(True, "events would be refused for KOLA")]),
    ],
)
def test_the_program_of_referrals(
    catalogue: Catalogue, status: int, program: dict[str, Any], found: list[tuple[bool, str]]
) -> None:
    with canned(say(status, program)) as server, Dhis2(server.url, token="t") as client:
        findings = list(program_findings(client, catalogue, [KOLA]))
    assert [finding.ok for finding in findings] == [ok for ok, _ in found]
    for finding, (_, words) in zip(findings, found, strict=True):
        assert finding.words.startswith(words)


def test_a_catalogue_without_referrals_asks_nothing(catalogue: Catalogue) -> None:
    quiet = replace(catalogue, referrals=replace(catalogue.referrals, reasons={}))
    with canned() as server, Dhis2(server.url, token="t") as client:
        assert list(program_findings(client, quiet, [KOLA])) == []
    assert server.requests == []
