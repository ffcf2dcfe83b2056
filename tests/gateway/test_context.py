"""The programme's clock: a moment as its local time, date and month."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.context import Context
from menus.model.catalogue import Catalogue
from menus.model.period import Period


@pytest.mark.parametrize(
    ("zone", "local", "day"),
    [
        ("Africa/Bamako", "2026-12-31T23:30:00+00:00", date(2026, 12, 31)),
        ("Africa/Lagos", "2027-01-01T00:30:00+01:00", date(2027, 1, 1)),
        ("America/New_York", "2026-12-31T18:30:00-05:00", date(2026, 12, 31)),
    ],
)
def test_a_moment_is_read_on_the_programmes_clock(
    catalogue: Catalogue, zone: str, local: str, day: date
) -> None:
    context = Context(catalogue, ZoneInfo(zone))
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert context.local(moment).isoformat() == local
    assert context.today(moment) == day
    assert context.month(moment) == f"{day:%Y%m}"
    assert context.period(moment) == Period(day.year, day.month)
