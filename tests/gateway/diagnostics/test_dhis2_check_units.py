"""Tests of the check of org units: known, assigned, within reach and open."""

from datetime import date
from typing import Any

import pytest

from gateway.diagnostics.dhis2_check_units import Receiver, unit_findings

KOLA = Receiver("KOLA", "KolaSite001")
UNIT = {"path": "/Country/KolaSite001", "dataSets": [{"id": "SetSetSet01"}]}
SPAN = (date(2026, 10, 1), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "1 receive values, all assigned and within reach"),
        ({"dataSets": []}, "not assigned to the data set of PEC: KOLA"),
        ({"path": "/Other/KolaSite001"}, "outside the account's data capture units: KOLA"),
        ({"closedDate": "2026-09-30T00:00:00.000"}, "closed, or not open yet, last month: KOLA"),
        ({"openingDate": "2026-11-01"}, "closed, or not open yet, last month: KOLA"),
    ],
)
def test_a_unit_by_its_fault(changes: dict[str, Any], words: str) -> None:
    found = {KOLA.uid: {**UNIT, **changes}}
    (finding,) = unit_findings([KOLA], found, {"PEC": "SetSetSet01"}, ["/Country"], SPAN)
    assert finding.words.startswith(words)
    assert finding.ok is not bool(changes)


def test_a_unit_that_the_server_does_not_know() -> None:
    (finding,) = unit_findings([KOLA], {}, {}, ["/Country"], SPAN)
    assert finding.words.startswith("unknown to the server: KOLA")


def test_a_unit_is_within_reach_by_its_path_alone() -> None:
    found = {"KolaSite001": {"id": "KolaSite001", "path": "/CountryMali/KolaSite001"}}

    def ok(root: str) -> bool:
        return all(line.ok for line in unit_findings([KOLA], found, {}, [root], SPAN))

    assert ok("/CountryMali")
    assert ok("/CountryMali/KolaSite001")
    assert not ok("/CountryMal")
    assert not ok("/KolaSite001")
