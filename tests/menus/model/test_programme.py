"""Windows of a day, and the room of a USSD screen."""

from datetime import time

import pytest

from menus.model.programme import UssdLimits, Window

NIGHT = Window(time(20), time(7))
PRAYER = Window(time(13), time(15))


@pytest.mark.parametrize(
    ("window", "at", "holds"),
    [
        (PRAYER, time(12, 59), False),
        (PRAYER, time(13), True),
        (PRAYER, time(14, 59), True),
        (PRAYER, time(15), False),
        (NIGHT, time(19, 59), False),
        (NIGHT, time(20), True),
        (NIGHT, time(0), True),
        (NIGHT, time(6, 59), True),
        (NIGHT, time(7), False),
    ],
)
def test_a_window_holds_its_start_and_not_its_end(window: Window, at: time, holds: bool) -> None:
    assert window.holds(at) is holds


@pytest.mark.parametrize(("network", "septets"), [("61002", 140), ("61001", 160), ("", 160)])
def test_a_network_may_show_less(network: str, septets: int) -> None:
    assert UssdLimits(septets_of_network={"61002": 140}).room(network) == septets
