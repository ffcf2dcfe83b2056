"""Read `ussd/*.toml` -> the menus and groups of the USSD dialogue."""

from collections.abc import Mapping
from typing import Any, Final

from menus.loading.tables import Folder, Table, names_in, read
from menus.model.catalogue import Form
from menus.model.command import Command
from menus.model.ussd import LISTS, AnswerChoice, Item, Menu, Question, Ussd

GROUPS: Final = "groups.toml"
# More numbers than this in an answer are easily mixed up, and their read-back becomes too long.
MOST_IN_A_GROUP: Final = 5
USUAL_IN_A_GROUP: Final = 4
LARGEST: Final = 999
_OPENS: Final = ("forms",)


def read_ussd(
    folder: Folder, forms: Mapping[str, Form], commands: Mapping[str, Command], faults: list[str]
) -> Ussd:
    """Return all menus, and the groups of every form.

    Faults: two menus for a role, two items of a menu with the same digit, an item without a
    target or with a form or command that is missing or not for its role, and a code in two
    groups or in no form. Required codes without a group get groups of their own, after the
    others. A folder without `ussd` has no dialogues.
    """
    names = list(names_in(folder.joinpath("ussd")))
    if not names:
        return Ussd()
    menus = tuple(
        _menu(read(folder, f"ussd/{name}", faults), forms, commands)
        for name in names
        if name != GROUPS
    )
    roles = [role for menu in menus for role in menu.roles]
    twice = sorted({role for role in roles if roles.count(role) > 1})
    faults.extend(f"ussd: {role} has more than one menu" for role in twice)
    groups = _groups(read(folder, f"ussd/{GROUPS}", faults), forms)
    return Ussd(menus, groups)


def words_of(ussd: Ussd) -> list[str]:
    """Return the keys of all sentences that the menus name."""
    items = [item for menu in ussd.menus for item in menu.items]
    questions = [question for item in items for question in item.questions]
    choices = [choice for question in questions for choice in question.choices]
    return [
        *(item.words for item in items),
        *(question.words for question in questions),
        *(choice.words for choice in choices),
    ]


def _menu(table: Table, forms: Mapping[str, Form], commands: Mapping[str, Command]) -> Menu:
    menu = Menu(table.texts("roles"), tuple(_item(row) for row in table.tables("items")))
    digits = [item.digit for item in menu.items]
    for item, row in zip(menu.items, table.tables("items"), strict=True):
        if digits.count(item.digit) > 1:
            row.fault("digit", f"{item.digit} stands at another item as well")
        _check_target(row, item, menu, forms, commands)
    table.close()
    return menu


def _item(table: Table) -> Item:
    item = Item(
        digit=str(table.number("digit", 1, 9)),
        words=table.text("words"),
        opens=table.text("opens", "") if table.has("opens") else "",
        form=table.text("form") if table.has("form") else "",
        command=table.text("command") if table.has("command") else "",
        questions=tuple(_question(row) for row in table.tables("questions")),
        confirm=table.flag("confirm", False),
    )
    table.close()
    return item


def _check_target(
    row: Table,
    item: Item,
    menu: Menu,
    forms: Mapping[str, Form],
    commands: Mapping[str, Command],
) -> None:
    """Note an item that does not lead to one existing target for the roles of its menu."""
    if sum(map(bool, (item.opens, item.form, item.command))) != 1:
        row.fault("digit", f"{item.digit}: expected one of opens, form, command")
    if item.opens and item.opens not in _OPENS:
        row.fault("opens", f"expected {', '.join(_OPENS)}")
    if item.form and item.form not in forms:
        row.fault("form", f"no form is called {item.form}")
    if item.command and item.command not in commands:
        row.fault("command", f"no command is called {item.command}")
    elif item.command and not set(menu.roles) <= set(commands[item.command].roles):
        row.fault("command", f"{item.command} is not for every role of this menu")


def _question(table: Table) -> Question:
    listed = table.text("list") if table.has("list") else ""
    choices = tuple(_choice(row) for row in table.tables("choices"))
    if listed and listed not in LISTS:
        table.fault("list", f"expected one of {', '.join(LISTS)}")
    asks_number = table.has("low") or table.has("high")
    if sum(map(bool, (listed, choices, asks_number))) != 1:
        table.fault("words", "expected one of list, choices, or low and high")
    question = Question(
        words=table.text("words"),
        choices=choices,
        listed=listed,
        low=table.number("low", 0, LARGEST, 0),
        high=table.number("high", 0, LARGEST, 0),
        many=table.flag("many", False),
    )
    if asks_number and question.low > question.high:
        table.fault("high", "is less than low")
    table.close()
    return question


def _choice(table: Table) -> AnswerChoice:
    choice = AnswerChoice(table.text("words"), table.text("value"))
    table.close()
    return choice


def _groups(table: Table, forms: Mapping[str, Form]) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    rows = table.table("groups")
    # The groups of a form that could not be read would be reported as faults too.
    sound = not any(fault.startswith("forms") for fault in table.faults)
    groups = {
        keyword: tuple(_codes(rows, keyword, row) for row in rows.items(keyword))
        for keyword in rows.content
    }
    for keyword in sorted(groups) if sound else ():
        if keyword in forms:
            _check_codes(rows, forms[keyword], groups[keyword])
        else:
            rows.fault(keyword, "no form is called that")
    table.close()
    return {
        keyword: (*groups.get(keyword, ()), *_rest(form, groups.get(keyword, ())))
        for keyword, form in forms.items()
    }


def _rest(form: Form, groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Return the required codes without a group, grouped.

    So a field is added by editing its form alone.
    """
    named = {code for group in groups for code in group}
    rest = [code for code in form.required if code not in named]
    return tuple(
        tuple(rest[start : start + USUAL_IN_A_GROUP])
        for start in range(0, len(rest), USUAL_IN_A_GROUP)
    )


def _codes(rows: Table, keyword: str, row: Any) -> tuple[str, ...]:
    if not isinstance(row, list) or not all(isinstance(code, str) for code in row):
        rows.fault(keyword, "expected lists of codes")
        return ()
    if not 1 <= len(row) <= MOST_IN_A_GROUP:
        rows.fault(keyword, f"a group has 1 to {MOST_IN_A_GROUP} codes, got {len(row)}")
    return tuple(row)


def _check_codes(rows: Table, form: Form, groups: tuple[tuple[str, ...], ...]) -> None:
    named = [code for group in groups for code in group]
    for code in dict.fromkeys(named):
        if code not in form.codes:
            rows.fault(form.keyword, f"{code} is no code of this form")
        elif named.count(code) > 1:
            rows.fault(form.keyword, f"{code} stands in more than one group")
