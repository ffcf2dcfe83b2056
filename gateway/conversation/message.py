"""A message with its meaning, and what is known of its sender."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.model.report import Key
from gateway.storage.conversations import Conversation
from gateway.storage.inbox import Message
from gateway.storage.number_changes import NumberChange
from gateway.storage.roster import Post, Unit
from menus.model.arguments import Arguments
from menus.model.command import POUR
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.reading import Filled, MonthSaid
from menus.model.roles import Role

_Kind = TypeVar("_Kind", bound=Arguments)
FRENCH = "fr"


@dataclass(frozen=True, slots=True)
class Site:
    """The site to which a message's numbers belong."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sender: the posts, the conversation, the sites below the posts (`area`).

    `chosen` is the post at the site that was named, where the sender is the agent of several;
    `twins` are the sender's posts on another telephone.
    """

    posts: Sequence[Post] = ()
    conversation: Conversation | None = None
    area: Sequence[Unit] = ()
    chosen: Post | None = None
    twins: Sequence[Post] = ()

    @property
    def own(self) -> list[Post]:
        """Return the posts at which the sender may be speaking as the agent."""
        if self.chosen is not None:
            return [self.chosen]
        return [post for post in self.posts if post.role == Role.AGENT]


@dataclass(frozen=True, slots=True)
class Understood:
    """A message with its meaning.

    `post` is the post of the sender that it is about, None for a stranger; `posts` are all of
    the sender's. `joins` are the posts that a stranger's OUI takes over with this phone.
    `taken_up` tells that it was sent before, and waited for the name of its site.

    `fillings` go into the reports of `site` for `period`; `correction` tells that they were
    sent as a correction. `command` is the keyword, with its `arguments`; `problems` are what the
    sender must correct.
    """

    message: Message
    post: Post | None
    site: Site | None = None
    fillings: tuple[Filled, ...] = ()
    period: Period | None = None
    command: str = ""
    arguments: Arguments | None = None
    forms_named: tuple[str, ...] = ()
    month: MonthSaid | None = None
    correction: bool = False
    problems: tuple[Problem, ...] = ()
    personal: bool = False
    posts: tuple[Post, ...] = ()
    taken_up: bool = False
    joins: tuple[NumberChange, ...] = ()

    @property
    def language(self) -> str:
        """Return the language of the answer; French for strangers."""
        return self.post.language if self.post is not None else FRENCH

    @property
    def names_site(self) -> bool:
        """Return whether the answer has to name its site, since it could be another."""
        own = [post for post in self.posts if post.role == Role.AGENT]
        return self.command == POUR or len(own) > 1

    @property
    def by_supervisor(self) -> bool:
        """Return whether the sender writes as a supervisor."""
        return self.post is not None and self.post.role != Role.AGENT

    @property
    def supervised_units(self) -> list[int]:
        """Return the ids of the units that the sender supervises."""
        return [post.unit_id for post in self.posts if post.role != Role.AGENT]

    @property
    def keys(self) -> list[Key]:
        """Return the reports that the message fills, or names."""
        if self.site is None or self.period is None:
            return []
        forms = [filled.form for filled in self.fillings] or self.forms_named
        return [(self.site.id, form, self.period.code) for form in forms]

    def arguments_as(self, kind: type[_Kind]) -> _Kind:
        """Return the arguments, or those of a keyword that stands alone."""
        return self.arguments if isinstance(self.arguments, kind) else kind()
