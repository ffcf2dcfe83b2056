"""The menu of a role."""

import pytest

from menus.model.ussd import NO_DIALOGUES, Item, Menu, Ussd

AGENTS = Menu(("asc",), (Item("1", "ussd_report", opens="forms"),))
SUPERVISORS = Menu(("dtc", "district"), (Item("2", "ussd_missing", command="MANQ"),))
NONE = Menu((), ())


@pytest.mark.parametrize(
    ("role", "menu"),
    [("asc", AGENTS), ("dtc", SUPERVISORS), ("district", SUPERVISORS), ("cook", NONE)],
)
def test_each_role_has_its_menu(role: str, menu: Menu) -> None:
    assert Ussd((AGENTS, SUPERVISORS)).menu_of(role) == menu
    assert NO_DIALOGUES.menu_of(role) == NONE
