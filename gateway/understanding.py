"""What one message means for the reports of the person who sent it. Pure, given the roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gateway.storage.inbox import Message
from gateway.storage.roster import Post
from menus.grammar import read
from menus.model import Catalogue, Filled, Level, Period, Problem, Reading
from menus.period import which_month

AGENT = "asc"


@dataclass(frozen=True, slots=True)
class House:
    """What understanding needs besides the message: the catalogue, and whose calendar counts."""

    catalogue: Catalogue
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Understood:
    """A message with its meaning. `post` is None for a stranger.

    `fillings` go into the sender's reports of `period`; `problems` are what she must mend.
    """

    message: Message
    post: Post | None
    fillings: tuple[Filled, ...] = ()
    period: Period | None = None
    problems: tuple[Problem, ...] = ()
    personal: bool = False


def understand(message: Message, posts: Sequence[Post], house: House) -> Understood:
    """Reads a message of the person at `posts` (none: a stranger, whose text is not read)."""
    if not posts:
        return Understood(message, None)
    reading = read(message.text, house.catalogue)
    post, problems = _where(reading, posts, house.catalogue)
    if problems or not reading.filled:
        told = problems + reading.problems
        return Understood(message, post, problems=told, personal=reading.personal)
    sent_on = message.sent_at.astimezone(house.timezone).date()
    month = which_month(reading.month, sent_on, house.catalogue.programme)
    if isinstance(month, Problem):
        told = (month, *reading.problems)
        return Understood(message, post, problems=told, personal=reading.personal)
    return Understood(
        message, post, reading.filled, month, reading.problems, personal=reading.personal
    )


def _where(
    reading: Reading, posts: Sequence[Post], catalogue: Catalogue
) -> tuple[Post, tuple[Problem, ...]]:
    """At which post this message was sent; the problems when that cannot be told."""
    if reading.command:
        return posts[0], (_command(reading.command, posts, catalogue),)
    at_sites = [post for post in posts if post.role == AGENT]
    if len(at_sites) == 1:
        return at_sites[0], ()
    if reading.filled:
        return posts[0], (Problem("site_unclear", Level.ASK),)
    return posts[0], ()


def _command(keyword: str, posts: Sequence[Post], catalogue: Catalogue) -> Problem:
    roles = catalogue.commands[keyword].roles
    allowed = any(post.role in roles for post in posts)
    return Problem("not_yet" if allowed else "not_for_you", Level.ASK, values={"command": keyword})
