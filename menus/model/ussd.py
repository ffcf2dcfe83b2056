"""The menus and groups of the USSD dialogue, as in `catalogue/ussd/*.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.programme import EMPTY

# The lists that a question may offer besides choices of its own: products of the stock, sites
# below a supervisor, months that may be reported.
LISTS: Final = ("products", "sites", "months")


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """An answer to a question: the key of its words, and the argument that a command gets."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that an item asks before its command can be composed.

    `words` is the key of the sentence. The answer is one of `choices`, or an entry of the list
    named by `listed` (see LISTS), or else a number from `low` to `high`, both inclusive. With
    `many` several choices may be given, joined by `*`.
    """

    words: str
    choices: tuple[AnswerChoice, ...] = ()
    listed: str = ""
    low: int = 0
    high: int = 0
    many: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a menu.

    Its `digit` is fixed, also while the item cannot be chosen. It opens the list of forms
    (`opens`), or one `form`, or runs a `command` after its `questions`; with `confirm` the
    composed command is read back first.
    """

    digit: str
    words: str
    opens: str = ""
    form: str = ""
    command: str = ""
    questions: tuple[Question, ...] = ()
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of people with these roles."""

    roles: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Ussd:
    """All menus, and for each form the groups of codes that one screen asks for."""

    menus: tuple[Menu, ...] = ()
    groups: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=lambda: EMPTY)

    def menu_of(self, role: str) -> Menu:
        """Return the menu of a role; an empty menu where there is none."""
        return next((menu for menu in self.menus if role in menu.roles), Menu((), ()))


NO_DIALOGUES: Final = Ussd()
