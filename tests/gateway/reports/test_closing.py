"""A report is closed to its agent once validated, or forwarded and past the day of changes."""

from datetime import UTC, datetime

import pytest

from gateway.context import Context
from gateway.model.report import Report
from gateway.reports.closing import is_closed
from menus.model.catalogue import Catalogue
from tests.gateway.harness import BAMAKO, NOON, OCTOBER

LAST_DAY = datetime(2026, 11, 15, 23, 59, tzinfo=UTC)
DAY_AFTER = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("forwarded", "validated", "sent_at", "closed"),
    [
        (None, None, NOON, False),
        (None, None, DAY_AFTER, False),
        (1, None, LAST_DAY, False),
        (1, None, DAY_AFTER, True),
        (None, NOON, NOON, True),
    ],
    ids=["open", "never forwarded", "on the 15th", "after the 15th", "validated"],
)
def test_when_a_report_is_closed(
    catalogue: Catalogue,
    forwarded: int | None,
    validated: datetime | None,
    sent_at: datetime,
    closed: bool,
) -> None:
    report = Report(
        site_id=1,
        form="PEC",
        period=OCTOBER,
        receipt="2UQV",
        received_at=NOON,
        changed_at=NOON,
        version=1,
        forwarded_version=forwarded,
        validated_at=validated,
    )
    assert is_closed(Context(catalogue, BAMAKO), report, sent_at) is closed
