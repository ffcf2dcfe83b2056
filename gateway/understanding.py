"""What one message means for the reports of the person who sent it. Pure, given the roster.

Reading tells what was typed; here it is decided at which site, for which month, and whether
its sender may say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.report import Key
from gateway.site_names import named
from gateway.storage.conversations import Conversation
from gateway.storage.inbox import Message
from gateway.storage.roster import Post, Unit
from menus.model import Catalogue, Filled, Level, MonthSaid, Period, Problem, Reading
from menus.period import which_month

AGENT: Final = "asc"
MEMORY: Final = timedelta(hours=72)  # for which an answer's question, and its month, hold
REPORTING: Final = frozenset({"", "COR", "POUR"})  # what fills a report; all else is a command


@dataclass(frozen=True, slots=True)
class House:
    """What understanding needs besides the message: the catalogue, and whose calendar counts."""

    catalogue: Catalogue
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Site:
    """Where a message's numbers belong."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a sender: her posts, what she was asked, the sites below her posts."""

    posts: Sequence[Post] = ()
    talk: Conversation | None = None
    area: Sequence[Unit] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A message with its meaning. `post` is None for a stranger.

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

    @property
    def keys(self) -> list[Key]:
        """The reports that it fills, or names."""
        if self.site is None or self.period is None:
            return []
        forms = [filled.form for filled in self.fillings] or self.forms_named
        return [(self.site.id, form, self.period.code) for form in forms]


def understand(message: Message, reading: Reading, known: Known, house: House) -> Understood:
    """What a message means, said by somebody `known` (without posts: a stranger)."""
    if not known.posts:
        return Understood(message, None)
    plain = Understood(
        message,
        _speaks_as(reading, known.posts),
        command=reading.command,
        arguments=reading.arguments,
        forms_named=reading.forms_named,
        month=reading.month,
        correction=reading.correction,
        problems=reading.problems,
        personal=reading.personal,
    )
    refused = _refused(reading, known.posts, house.catalogue)
    if refused is not None:
        return replace(plain, command="", problems=(refused,))
    if reading.command in REPORTING:
        return _report(plain, reading, known, house)
    return replace(plain, site=own_site(known), fillings=reading.filled)


def _speaks_as(reading: Reading, posts: Sequence[Post]) -> Post:
    """At which of her posts she says this: as a supervisor for another site, else as an agent."""
    supervises = reading.command == "POUR"
    fitting = [post for post in posts if (post.role != AGENT) is supervises]
    return (fitting or list(posts))[0]


def _refused(reading: Reading, posts: Sequence[Post], catalogue: Catalogue) -> Problem | None:
    """Why none of her roles may say this; None when one may."""
    if not reading.command:
        return None
    roles = catalogue.commands[reading.command].roles
    if any(post.role in roles for post in posts):
        return None
    return Problem("not_for_you", Level.REFUSE, values={"command": reading.command})


def _report(plain: Understood, reading: Reading, known: Known, house: House) -> Understood:
    """A message with numbers: at which site they were counted, and in which month."""
    if not reading.filled and not reading.problems and not reading.command:
        return plain
    where = _site(reading, known)
    if isinstance(where, Problem):
        told = (where,) if reading.filled or reading.command else reading.problems
        return replace(plain, problems=told)
    if reading.inner and reading.inner != "COR":
        return replace(plain, site=where, command=reading.inner)
    sent_on = plain.message.sent_at.astimezone(house.timezone).date()
    month = _month(plain, reading, known, house.catalogue, sent_on)
    if isinstance(month, Problem):
        told = (month, *reading.problems) if reading.filled else reading.problems
        return replace(plain, site=where, problems=told)
    return replace(plain, site=where, period=month, fillings=reading.filled)


def _site(reading: Reading, known: Known) -> Site | Problem:
    """Whose numbers these are: the site named by a supervisor, else the sender's own."""
    if reading.command == "POUR":
        found = named(known.area, reading.arguments)
        if len(found) == 1:
            return Site(found[0].id, found[0].code, found[0].name)
        names = tuple(site.name for site in found)
        if names:
            return Problem("site_several", Level.ASK, values={"sites": names})
        return Problem("site_unknown", Level.ASK)
    own = [post for post in known.posts if post.role == AGENT]
    if len(own) == 1:
        return Site(own[0].unit_id, own[0].unit_code, own[0].unit_name)
    supervisor = any(post.role != AGENT for post in known.posts)
    return Problem("site_needed" if supervisor else "site_unclear", Level.ASK)


def _month(
    plain: Understood, reading: Reading, known: Known, catalogue: Catalogue, sent_on: date
) -> Period | Problem:
    """The month meant. A supervisor may go further back than an agent.

    Without a month, an answer goes where the last message went: codes alone or a correction
    at any time, part of a named form when no month may be assumed.
    """
    programme = catalogue.programme
    if reading.command == "POUR":
        programme = replace(programme, months_back=programme.months_back_for_supervisors)
    month = which_month(reading.month, sent_on, programme)
    if reading.month is not None or known.talk is None:
        return month
    if plain.message.sent_at - known.talk.asked_at > MEMORY:
        return month
    alone = reading.correction or not reading.forms_named
    if alone or (isinstance(month, Problem) and _is_part(reading, catalogue)):
        return _touched(reading, known.talk) or month
    return month


def _is_part(reading: Reading, catalogue: Catalogue) -> bool:
    """Whether this is less than any whole form."""
    return not any(
        set(catalogue.forms[filled.form].required) <= filled.values.keys()
        for filled in reading.filled
    )


def _touched(reading: Reading, talk: Conversation) -> Period | None:
    """The month in which the last message touched these forms, if there is one."""
    touched = {form: month for _, form, month in talk.touched}
    forms = {filled.form for filled in reading.filled} or set(reading.forms_named)
    months = {touched[form] for form in forms if form in touched}
    return Period.parse(months.pop()) if len(months) == 1 else None


def own_site(known: Known) -> Site | None:
    """The one site at which the sender is the agent, if there is one."""
    own = [post for post in known.posts if post.role == AGENT]
    return Site(own[0].unit_id, own[0].unit_code, own[0].unit_name) if len(own) == 1 else None
