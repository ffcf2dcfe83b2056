"""Menus and limits of dialogues: what a digit chooses, what a network shows."""

from menus.model.catalogue import Catalogue
from menus.model.programme import UssdLimits


def test_a_digit_chooses_one_item_or_none(catalogue: Catalogue) -> None:
    menu = catalogue.ussd.menu_of("asc")
    assert [menu.item(item.digit) for item in menu.items] == list(menu.items)
    assert menu.item("0") is None


def test_a_network_may_show_less_than_others() -> None:
    limits = UssdLimits(septets=160, septets_of_network={"61002": 140})
    assert [limits.room(network) for network in ("61002", "61001", "")] == [140, 160, 160]
