"""Tests of the shapes of metadata: when an input period is open."""

from datetime import timedelta

import pytest

from gateway.sandbox.dhis2.model import InputPeriod
from tests.gateway.sandbox.dhis2.world import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("window", "is_open"),
    [
        (InputPeriod(None, None), True),
        (InputPeriod(NOW, NOW), True),
        (InputPeriod(NOW + DAY, None), False),
        (InputPeriod(None, NOW - DAY), False),
    ],
)
def test_an_input_period(window: InputPeriod, is_open: bool) -> None:
    assert window.holds(NOW) is is_open
