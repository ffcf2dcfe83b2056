"""How a report stands, in a few words of the sender's language."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.commands.status_text import state_of
from gateway.context import Context
from gateway.model.report import Report, Waiting, Why
from menus.model.catalogue import Catalogue
from tests.gateway.harness import BAMAKO, NOON, OCTOBER, PEC_VALUES

BLANK = Report(1, "PEC", OCTOBER, "2UQV", NOON, NOON)
BEGUN = replace(BLANK, version=1, values={**PEC_VALUES}, complete=False)
WHOLE = replace(BEGUN, complete=True)
LACKING = {code: value for code, value in PEC_VALUES.items() if code not in ("RFS", "DCD")}
FORWARDED = replace(
    WHOLE, forwarded_version=1, forwarded_at=datetime(2026, 11, 5, 9, 5, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (None, "PEC rien"),
        (BLANK, "PEC rien"),
        (
            replace(BLANK, pending={"VUS": Waiting(160, None, (1, 1), Why.DOUBT)}),
            "PEC incomplet, manque VUS FIE TDR POS CTA GRV ART IRA AMX DIA SRZ RFS DCD",
        ),
        (replace(BEGUN, values=LACKING), "PEC incomplet, manque RFS DCD"),
        (WHOLE, "PEC complet, sera transmis"),
        (replace(WHOLE, late=True), "PEC complet, sera transmis (en retard)"),
        (FORWARDED, "PEC dans DHIS2 05/11 09h05"),
        (
            replace(FORWARDED, values=LACKING, complete=False),
            "PEC dans DHIS2 05/11 09h05, manque RFS DCD",
        ),
        (replace(WHOLE, withdrawn=True), "PEC annule"),
        (
            replace(WHOLE, refused_version=1, refusals={"VUS": "E7641"}),
            "PEC refuse par DHIS2: mois pas ouvert",
        ),
    ],
)
def test_how_a_report_stands(catalogue: Catalogue, report: Report | None, state: str) -> None:
    form = catalogue.forms["PEC"]
    assert state_of(Context(catalogue, BAMAKO), "fr", form, report, NOON) == state
