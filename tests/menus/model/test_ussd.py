"""Limits of dialogues: what a network shows."""

from menus.model.programme import UssdLimits


def test_a_network_may_show_less_than_others() -> None:
    limits = UssdLimits(septets=160, septets_of_network={"61002": 140})
    assert [limits.room(network) for network in ("61002", "61001", "")] == [140, 160, 160]
