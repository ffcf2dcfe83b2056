"""Reports of the harness's sites, stored directly by the tests."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.model.report import Report
from gateway.storage import reports
from tests.gateway.harness import NOON, OCTOBER, Harness

VALUES: Mapping[str, int] = {"VUS": 45}


def store(
    harness: Harness, site: str, form: str = "PEC", period: str = OCTOBER, **columns: Any
) -> Report:
    """Store a complete report of a site, with the given columns; return it with its id."""
    receipt = f"{form[0]}{site[:2]}{period[-2:]}2"
    plain = Report(
        harness.unit_id(site), form, period, receipt, NOON, NOON, version=1, complete=True,
        values=VALUES, stamps=dict.fromkeys(VALUES, (1_793_779_200_123, 1)),
    )  # fmt: skip
    report = replace(plain, **columns)
    with harness.engine.begin() as connection:
        ids = reports.save(connection, [report], [])
    return report.with_id(ids[report.key])
