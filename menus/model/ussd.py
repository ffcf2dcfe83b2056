"""What the dialogue by USSD is made of, as `catalogue/ussd/*.toml` says it: menus and groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from menus.model.programme import EMPTY

# What an item may list besides choices of its own: products of the stock, sites below a
# supervisor, months that may be reported.
LISTS: Final = ("products", "sites", "months")


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """One answer to a question: the key of its words, and the word that a command gets."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an item asks before its command can be composed.

    `words` is the key of the sentence. The answer is one of `choices`, or of a `listed` kind
    (see LISTS), or else a number from `low` to `high`, both included. With `many` several
    choices may be given, joined by `*`.
    """

    words: str
    choices: tuple[AnswerChoice, ...] = ()
    listed: str = ""
    low: int = 0
    high: int = 0
    many: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a menu. Its `digit` stays its own, also while it cannot be chosen.

    It opens the list of forms (`opens`), or one `form`, or runs a `command` after its
    `questions`; with `confirm` what was composed is read back first.
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
    """What people of these roles may choose from."""

    roles: tuple[str, ...]
    items: tuple[Item, ...]

    def item(self, digit: str) -> Item | None:
        return next((one for one in self.items if one.digit == digit), None)


@dataclass(frozen=True, slots=True)
class Ussd:
    """All menus, and for each form the groups of codes that one screen asks for."""

    menus: tuple[Menu, ...] = ()
    groups: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=lambda: EMPTY)

    def menu_of(self, role: str) -> Menu:
        """The menu of a role; an empty one where there is none."""
        return next((one for one in self.menus if role in one.roles), Menu((), ()))


NO_DIALOGUES: Final = Ussd()
