"""What one message means for the reports of the person who sent it. Pure, given the roster.

Reading tells what was typed; here it is decided at which site, for which month, and whether
its sender may say it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from gateway.context import Context
from gateway.conversation.message import ANSWERS, REPORTING, Known, Site, Understood
from gateway.roster.site_names import named, told_apart
from gateway.storage.conversations import QUESTION_LIFETIME, Conversation
from gateway.storage.inbox import Message
from gateway.storage.roster import Post
from menus.model.catalogue import Catalogue
from menus.model.cross_check import Level
from menus.model.period import Period
from menus.model.problem import Problem
from menus.model.reading import Reading
from menus.model.roles import Role
from menus.reading.stock_words import products_said
from menus.rules.calendar import which_month

# Both an agent and a supervisor may say these. Who is both says them as a supervisor.
_FROM_ABOVE: Final = frozenset({"POUR", "ETAT"})
# Commands of an agent that are about one site, which has to be known.
_ABOUT_ONE_SITE: Final = frozenset({"RAS", "ETAT", "RCU", "RUPT", "REF"})


def understand(message: Message, reading: Reading, known: Known, context: Context) -> Understood:
    """What a message means, said by somebody `known` (without posts: a stranger)."""
    if not known.posts:
        return Understood(message, None)
    plain = Understood(
        message,
        _speaks_as(reading, known, context.catalogue),
        command=reading.command,
        arguments=reading.arguments,
        forms_named=reading.forms_named,
        month=reading.month,
        correction=reading.correction,
        problems=reading.problems,
        personal=reading.personal,
        posts=tuple(known.posts),
    )
    refused = _refused(reading, known.posts, context.catalogue)
    if refused is not None:
        return replace(plain, command="", problems=(refused,))
    if reading.command in REPORTING:
        return _report(plain, reading, known, context)
    if (
        plain.post is not None
        and plain.post.role == Role.AGENT
        and reading.command in _ABOUT_ONE_SITE
    ):
        where = _site(reading, known)
        if isinstance(where, Problem):
            return replace(plain, command="", problems=(where,))
    return replace(plain, site=own_site(known), fillings=reading.filled)


def _speaks_as(reading: Reading, known: Known, catalogue: Catalogue) -> Post:
    """At which of her posts she says this: one that may, and that it is most likely about."""
    if reading.command in ANSWERS and known.talk is not None:
        talking = known.talk.post_id
        at = (one for one in (*known.posts, *known.twins) if one.id == talking)
        return next(at, known.posts[0])
    command = catalogue.commands.get(reading.command)
    fitting = [one for one in known.posts if command is None or one.role in command.roles]
    listing = reading.command == "RUPT" and not _names_product(reading, catalogue)
    above = reading.command in _FROM_ABOVE or listing
    order = [one for one in fitting if (one.role != Role.AGENT) is above]
    if not above and known.chosen in order:
        return known.own[0]
    return (order or fitting or [*known.posts])[0]


def _names_product(reading: Reading, catalogue: Catalogue) -> bool:
    said = products_said(reading.arguments, catalogue)
    return bool(said.days or said.near or said.numbers)


def asks_from_above(reading: Reading, known: Known, catalogue: Catalogue) -> bool:
    """Whether this may be a supervisor's word about a site, and not an agent's about her own."""
    if reading.command in REPORTING - {"POUR"} or all(
        one.role == Role.AGENT for one in known.posts
    ):
        return False
    roles = catalogue.commands[reading.command].roles
    return any(role != Role.AGENT for role in roles) and reading.command != "RAS"


def _refused(reading: Reading, posts: Sequence[Post], catalogue: Catalogue) -> Problem | None:
    """Why none of her roles may say this; None when one may."""
    if not reading.command:
        return None
    roles = catalogue.commands[reading.command].roles
    if any(post.role in roles for post in posts):
        return None
    return Problem("not_for_you", Level.REFUSE, values={"command": reading.command})


def _report(plain: Understood, reading: Reading, known: Known, context: Context) -> Understood:
    """A message with numbers: at which site they were counted, and in which month."""
    if not reading.filled and not reading.problems and not reading.command:
        return plain
    where = _site(reading, known)
    if isinstance(where, Problem):
        told = (where,) if reading.filled or reading.command else reading.problems
        return replace(plain, problems=told)
    if reading.inner and reading.inner != "COR":
        return replace(plain, site=where, command=reading.inner)
    sent_on = plain.message.sent_at.astimezone(context.timezone).date()
    month = _month(plain, reading, known, context.catalogue, sent_on)
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
        if found:
            return Problem("site_several", Level.ASK, values={"sites": told_apart(found)})
        return Problem("site_unknown", Level.ASK)
    own = known.own
    if len(own) == 1:
        return Site(own[0].unit_id, own[0].unit_code, own[0].unit_name)
    if not own:
        return Problem("site_needed", Level.ASK)
    names = ", ".join(post.unit_name for post in own)
    return Problem("site_unclear", Level.ASK, values={"sites": names})


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
    if plain.message.sent_at - known.talk.asked_at > QUESTION_LIFETIME:
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
    """The one site at which the sender speaks as the agent, if there is one."""
    own = known.own
    return Site(own[0].unit_id, own[0].unit_code, own[0].unit_name) if len(own) == 1 else None
