"""A message with what it means, and what is known of its sender."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.model.report import Key
from gateway.storage.conversations import Conversation
from gateway.storage.inbox import Message
from gateway.storage.number_changes import NumberChange
from gateway.storage.roster import Post, Unit
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.reading import Filled, MonthSaid
from menus.model.roles import Role

REPORTING: Final = frozenset({"", "COR", "POUR"})  # what fills a report; all else is a command
# What is said to the last answer, whichever of her posts it was given to.
ANSWERS: Final = frozenset({"OUI", "NON", "ANNULE", "SUITE"})


@dataclass(frozen=True, slots=True)
class Site:
    """Where a message's numbers belong."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sender: her posts, what she was asked, the sites below her posts.

    `chosen` is the post at the site that she named, where she is the agent of several; `twins`
    are her posts on another telephone of hers.
    """

    posts: Sequence[Post] = ()
    talk: Conversation | None = None
    area: Sequence[Unit] = ()
    chosen: Post | None = None
    twins: Sequence[Post] = ()

    @property
    def own(self) -> list[Post]:
        """The posts at which she may be speaking as the agent."""
        if self.chosen is not None:
            return [self.chosen]
        return [post for post in self.posts if post.role == Role.AGENT]


@dataclass(frozen=True, slots=True)
class Understood:
    """A message with its meaning. `post` is None for a stranger, `posts` are all that she has.
    `joins` are the posts that a stranger's OUI takes over with this phone. `taken_up` tells
    that it was sent before, and waited for the name of its site. `chosen` is the code of a site
    that was chosen from a list, which no name can be taken for.

    `fillings` go into the reports of `site` for `period`; `correction` tells that they were
    sent as a correction. `command` is what else she wants, with `arguments`; `problems` are
    what she must mend.
    """

    message: Message
    post: Post | None
    site: Site | None = None
    fillings: tuple[Filled, ...] = ()
    period: Period | None = None
    command: str = ""
    arguments: tuple[str, ...] = ()
    forms_named: tuple[str, ...] = ()
    month: MonthSaid | None = None
    correction: bool = False
    problems: tuple[Problem, ...] = ()
    personal: bool = False
    posts: tuple[Post, ...] = ()
    taken_up: bool = False
    joins: tuple[NumberChange, ...] = ()
    chosen: str = ""

    @property
    def names_site(self) -> bool:
        """Whether the answer has to say which site it is about: it could be another."""
        own = [post for post in self.posts if post.role == Role.AGENT]
        return self.command == "POUR" or len(own) > 1

    @property
    def supervised(self) -> list[int]:
        """The ids of the units that the sender looks after."""
        return [post.unit_id for post in self.posts if post.role != Role.AGENT]

    @property
    def keys(self) -> list[Key]:
        """The reports that it fills, or names."""
        if self.site is None or self.period is None:
            return []
        forms = [filled.form for filled in self.fillings] or self.forms_named
        return [(self.site.id, form, self.period.code) for form in forms]
